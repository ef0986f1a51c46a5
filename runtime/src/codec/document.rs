//! What was encoded, without a copy of the large bytes in it.

use std::borrow::Cow;

use bytes::Bytes;

/// Bytes from which on a value, or a whole document, is shared instead of copied.
pub(crate) const SHARE_FROM: usize = 8 << 10;

/// One encoded document in parts that follow each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    first: Vec<u8>,
    rest: Vec<Bytes>,
}

impl Document {
    /// What `out` holds, with each of `shared` before the byte that its number says.
    pub(super) fn new(mut out: Vec<u8>, shared: Vec<(usize, Bytes)>) -> Self {
        let Some((begin, _)) = shared.first() else { return out.into() };
        let (mut at, mut behind) = (*begin, Bytes::from(out.split_off(*begin)));
        let mut rest = Vec::with_capacity(2 * shared.len());
        for (place, bytes) in shared {
            rest.extend([behind.split_to(place - at), bytes]);
            at = place;
        }
        rest.push(behind);
        rest.retain(|part| !part.is_empty());
        Self { first: out, rest }
    }

    /// The first part, which has room behind it, and those that had better not be copied.
    pub(crate) fn into_parts(mut self) -> (Vec<u8>, Vec<Bytes>) {
        if self.first.len() >= SHARE_FROM {
            self.rest.insert(0, std::mem::take(&mut self.first).into());
        }
        (self.first, self.rest)
    }

    /// The whole in one piece.
    #[must_use]
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        join(&self.first, &self.rest)
    }
}

impl From<Vec<u8>> for Document {
    fn from(whole: Vec<u8>) -> Self {
        Self { first: whole, rest: Vec::new() }
    }
}

/// Parts in one piece.
pub(crate) fn join<'a>(first: &'a [u8], rest: &[Bytes]) -> Cow<'a, [u8]> {
    if rest.is_empty() {
        return first.into();
    }
    let mut whole = first.to_vec();
    for part in rest {
        whole.extend_from_slice(part);
    }
    whole.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Bin, Encode, from_shared, to_bytes, to_document};

    fn check(value: &impl Encode, parts: usize) {
        let document = to_document(value, 0).expect("nothing foreign is in it");
        assert_eq!(document.bytes(), &to_bytes(value)[..]);
        let (first, rest) = document.into_parts();
        assert_eq!(rest.len(), parts, "{first:?}");
        assert!(first.len() < SHARE_FROM);
    }

    #[test]
    fn large_bytes_are_parts_of_their_own() {
        let large = Bytes::from(vec![7; SHARE_FROM]);
        let small = large.slice(16..);
        check(&small, 0);
        check(&large, 1);
        check(&vec![large.clone()], 1);
        check(&vec![large.clone(), large.clone(), small.clone(), large.clone()], 5);
        check(&(vec![small.clone(), large.clone(), small.clone()]), 2);
        check(&"x".repeat(SHARE_FROM), 1);
        let shared = to_document(&large, 0).expect("nothing foreign is in it").into_parts().1;
        assert_eq!(shared[0].as_ptr(), large.as_ptr());
    }
    #[test]
    fn what_callers_lend_is_shared_where_it_can_be() {
        let large = Bytes::from(vec![7; SHARE_FROM]);
        check(&Bin::from(&large), 1);
        check(&vec![Bin::from(&large[..]), Bin::from(b"small")], 1);
        let lent = to_document(&Bin::from(&large), 0).expect("nothing foreign is in it").into_parts().1;
        assert_eq!(lent[0].as_ptr(), large.as_ptr());
        let copied = to_document(&Bin::from(&large[..]), 0).expect("nothing foreign is in it").into_parts().1;
        assert_ne!(copied[0].as_ptr(), large.as_ptr());
    }

    #[test]
    fn what_is_read_shares_the_message_if_it_is_most_of_it() {
        let (large, small) = (Bytes::from(vec![7; SHARE_FROM]), Bytes::from_static(b"small"));
        let shares = |values: &[Bytes]| {
            let document = to_bytes(values);
            let read: Vec<Bytes> = from_shared(&document, Some(&document)).expect("it was written");
            assert_eq!(read, values);
            let within = document.as_ptr_range();
            read.iter().map(|bytes| within.contains(&bytes.as_ptr())).collect::<Vec<_>>()
        };
        assert_eq!(shares(&[large.clone(), small.clone()]), [true, false]);
        assert_eq!(shares(std::slice::from_ref(&small)), [false]);
        assert_eq!(shares(&[large.clone(), large.clone(), large]), [false; 3]);
    }
}
