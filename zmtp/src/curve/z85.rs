//! Z85: four bytes as five printable characters. Source: 32/Z85 of rfc.zeromq.org.

/// The digits, by their value.
const DIGITS: &[u8; 85] =
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/// Writes `bytes`, whose length must be a multiple of four.
pub(super) fn encode(bytes: &[u8]) -> String {
    debug_assert!(bytes.len().is_multiple_of(4), "{} bytes have no Z85 text", bytes.len());
    let mut text = String::with_capacity(bytes.len() / 4 * 5);
    for chunk in bytes.chunks_exact(4) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        for power in [85 * 85 * 85 * 85, 85 * 85 * 85, 85 * 85, 85, 1] {
            text.push(char::from(DIGITS[(word / power % 85) as usize]));
        }
    }
    text
}

/// What text is not Z85 for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mistake {
    /// A character that is no digit, and its place, counted in characters from 0.
    NotADigit(usize, char),
    /// Five digits from this place on stand for more than four bytes can hold.
    TooLarge(usize),
}

/// Reads five characters into each four bytes of `bytes`; the caller has checked that the lengths
/// fit. On an error `bytes` holds some of the text.
pub(super) fn decode(text: &str, bytes: &mut [u8]) -> Result<(), Mistake> {
    let mut word = 0_u64;
    let mut words = bytes.chunks_exact_mut(4);
    for (at, character) in text.chars().enumerate() {
        let digit = DIGITS.iter().position(|digit| char::from(*digit) == character);
        word = word * 85 + digit.ok_or(Mistake::NotADigit(at, character))? as u64;
        if at % 5 == 4 {
            let whole = u32::try_from(word).map_err(|_| Mistake::TooLarge(at - 4))?;
            if let Some(bytes) = words.next() {
                bytes.copy_from_slice(&whole.to_be_bytes());
            }
            word = 0;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn example_of_the_specification() {
        let bytes = [0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B];
        assert_eq!(encode(&bytes), "HelloWorld");
        let mut read = [0; 8];
        assert_eq!(decode("HelloWorld", &mut read), Ok(()));
        assert_eq!(read, bytes);
    }

    #[test]
    fn mistakes_have_a_place() {
        let mut read = [0; 8];
        assert_eq!(decode("Hello orld", &mut read), Err(Mistake::NotADigit(5, ' ')));
        assert_eq!(decode("Héllo", &mut read), Err(Mistake::NotADigit(1, 'é')));
        assert_eq!(decode("00000#####", &mut read), Err(Mistake::TooLarge(5)));
    }

    #[test]
    fn largest_word_is_read() {
        let mut read = [0; 4];
        assert_eq!(decode(&encode(&[0xFF; 4]), &mut read), Ok(()));
        assert_eq!(read, [0xFF; 4]);
    }
}
