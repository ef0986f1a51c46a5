//! Reading maps whose keys are names.

use super::head::is_str;
use super::{DecodeError, Decoder};

/// The entries of a map, one by one.
#[derive(Debug)]
pub struct Fields {
    left: usize,
}

impl<'de> Decoder<'de> {
    /// Reads the header of a map whose keys are names.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when no map follows.
    pub fn fields(&mut self) -> Result<Fields, DecodeError> {
        Ok(Fields { left: self.map()? })
    }

    /// Reads the header of a map that mostly has `names` for keys, and mostly in this order.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when no map follows.
    pub fn record(&mut self, names: &'static [&'static str]) -> Result<Record<'de>, DecodeError> {
        Ok(Record { fields: self.fields()?, names, expected: 0, unknown: "" })
    }
}

impl Fields {
    /// The next key; its value must be read or skipped before the next call. Entries whose key is
    /// no text are passed over. `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when the bytes are no MessagePack.
    pub fn next<'de>(&mut self, decoder: &mut Decoder<'de>) -> Result<Option<&'de str>, DecodeError> {
        while self.left > 0 {
            self.left -= 1;
            if is_str(decoder.peek()?) {
                return decoder.str().map(Some);
            }
            decoder.skip()?;
            decoder.skip()?;
        }
        Ok(None)
    }
}

/// The entries of a map whose keys are known, one by one.
#[derive(Debug)]
pub struct Record<'de> {
    fields: Fields,
    names: &'static [&'static str],
    /// Which name comes next if the writer keeps the order.
    expected: usize,
    /// The last key that is none of them.
    unknown: &'de str,
}

impl<'de> Record<'de> {
    /// The next key, by its place among the names; behind them all when it is none of them. Otherwise as
    /// [`Fields::next`].
    ///
    /// # Errors
    ///
    /// [`DecodeError`] when the bytes are no MessagePack.
    pub fn next(&mut self, decoder: &mut Decoder<'de>) -> Result<Option<usize>, DecodeError> {
        let index = self.expected;
        if self.fields.left > 0
            && let Some(name) = self.names.get(index)
            && decoder.pass_name(name)?
        {
            self.fields.left -= 1;
            self.expected += 1;
            return Ok(Some(index));
        }
        self.find(decoder)
    }

    fn find(&mut self, decoder: &mut Decoder<'de>) -> Result<Option<usize>, DecodeError> {
        let Some(name) = self.fields.next(decoder)? else { return Ok(None) };
        // What is left out is behind the expected one, what is out of order may be anywhere.
        let (before, behind) = self.names.split_at(self.expected);
        let place = |names: &[&str]| names.iter().position(|known| *known == name);
        let index = place(behind).map(|index| before.len() + index).or_else(|| place(before));
        match index {
            Some(index) => self.expected = index + 1,
            None => self.unknown = name,
        }
        Ok(Some(index.unwrap_or(self.names.len())))
    }

    /// The error that `type_name` has no field with the key that came last.
    #[must_use]
    pub fn unknown(&self, type_name: &str) -> DecodeError {
        DecodeError::unknown_field(type_name, self.unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Encode, to_bytes};

    const NAMES: &[&str] = &["a", "bb", "a name that is longer than thirty-one bytes", "d"];

    /// Reads a map with these keys; checks which names they are.
    fn check(keys: &[impl Encode], expected: &[usize]) {
        let mut bytes = vec![0x80 | keys.len() as u8];
        for key in keys {
            bytes.extend_from_slice(&to_bytes(key));
            bytes.push(0xc0);
        }
        let mut decoder = Decoder::new(&bytes);
        let mut record = decoder.record(NAMES).expect("a map");
        let mut found = Vec::new();
        while let Some(index) = record.next(&mut decoder).expect("keys") {
            decoder.skip().expect("a value");
            found.push(index);
        }
        assert_eq!(found, expected);
        decoder.finish().expect("nothing is left");
    }

    #[test]
    fn keys_are_found_in_any_order() {
        check(NAMES, &[0, 1, 2, 3]);
        check(&["d", NAMES[2], "bb", "a"], &[3, 2, 1, 0]);
        check(&["bb", "d"], &[1, 3]);
        check(&["d", "d", "a", "a"], &[3, 3, 0, 0]);
        check(&["a", "b", "bbb", "", "bb"], &[0, 4, 4, 4, 1]);
        check(&[1, 2, 3], &[]);
        check(&[""; 0], &[]);
    }

    #[test]
    fn a_key_in_another_encoding_is_the_same_key() {
        let mut decoder = Decoder::new(b"\x82\xd9\x01a\xc0\xda\x00\x02bb\xc0");
        let mut record = decoder.record(NAMES).expect("a map");
        for index in [0, 1] {
            assert_eq!(record.next(&mut decoder).expect("a key"), Some(index));
            decoder.skip().expect("a value");
        }
        assert_eq!(record.next(&mut decoder).expect("the end"), None);
    }

    #[test]
    fn keys_that_are_cut_off_are_no_keys() {
        let mut decoder = Decoder::new(b"\x81\xa2b");
        let mut record = decoder.record(&["bb"]).expect("a map");
        record.next(&mut decoder).expect_err("it ends early");
    }

    #[test]
    fn the_key_that_is_unknown_is_named() {
        let mut decoder = Decoder::new(b"\x82\xa1a\xc0\xa1x\xc0");
        let mut record = decoder.record(NAMES).expect("a map");
        while let Some(index) = record.next(&mut decoder).expect("keys") {
            assert!(index == 0 || record.unknown("T") == DecodeError::unknown_field("T", "x"));
            decoder.skip().expect("a value");
        }
    }
}
