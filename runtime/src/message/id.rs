//! Names of messages and traces: 32 hex digits, as those that Python's peers make of UUIDs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

/// The digits.
pub(crate) type Id = [u8; 32];

/// A new message or trace id: 128 random bits as 32 hex digits.
#[must_use]
pub fn new_id() -> Arc<str> {
    text(&random_id()).into()
}

/// As [`new_id`], where it stands.
pub(crate) fn random_id() -> Id {
    digits(rand::random())
}

/// The id of a request whose reply belongs into `slot`.
///
/// A reply is believed when it names this id: 96 of its bits are random, come from a generator that
/// cannot be predicted, and are told to nobody but the peer that is asked.
pub(crate) fn request_id(slot: u32) -> Id {
    digits(u128::from(slot) << 96 | rand::random::<u128>() >> 32)
}

/// The slot that [`request_id`] was made for; of any other text, something or nothing.
pub(crate) fn slot_of(id: &[u8]) -> Option<usize> {
    let digits = id.first_chunk()?;
    let digits = u64::from_be_bytes(*digits);
    // Letters are those with bit 6: `a` is 0x61.
    let mut bits = (digits & 0x0f0f_0f0f_0f0f_0f0f) + ((digits >> 6) & 0x0101_0101_0101_0101) * 9;
    bits = (bits | bits >> 4) & 0x00ff_00ff_00ff_00ff;
    bits = (bits | bits >> 8) & 0x0000_ffff_0000_ffff;
    bits = (bits | bits >> 16) & 0xffff_ffff;
    usize::try_from(bits).ok()
}

/// The id of a message that nobody answers: unlike any other, and easily guessed.
pub(crate) fn unanswered_id() -> Id {
    static PROCESS: LazyLock<Id> = LazyLock::new(random_id);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let (mut id, count) = (*PROCESS, COUNT.fetch_add(1, Ordering::Relaxed));
    id[16..24].copy_from_slice(&eight_digits((count >> 32) as u32).to_be_bytes());
    id[24..].copy_from_slice(&eight_digits(count as u32).to_be_bytes());
    id
}

fn text(id: &Id) -> &str {
    std::str::from_utf8(id).expect("hex digits")
}

fn digits(bits: u128) -> Id {
    let mut digits = [0; 32];
    for (eight, bits) in digits.chunks_exact_mut(8).zip([bits >> 96, bits >> 64, bits >> 32, bits]) {
        eight.copy_from_slice(&eight_digits(bits as u32).to_be_bytes());
    }
    digits
}

/// All eight at once: the nibbles are spread over the bytes, then each becomes a digit or letter.
fn eight_digits(bits: u32) -> u64 {
    let mut nibbles = u64::from(bits);
    nibbles = (nibbles | nibbles << 16) & 0x0000_ffff_0000_ffff;
    nibbles = (nibbles | nibbles << 8) & 0x00ff_00ff_00ff_00ff;
    nibbles = (nibbles | nibbles << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    let letters = ((nibbles + 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101;
    nibbles + 0x3030_3030_3030_3030 + letters * u64::from(b'a' - b'9' - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_that_formatting_writes() {
        for bits in [0, 1, 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210, u128::MAX] {
            assert_eq!(text(&digits(bits)), format!("{bits:032x}"));
        }
    }

    #[test]
    fn a_request_leads_back_to_its_slot() {
        for slot in [0, 1, 0x9a_bcde, u32::MAX] {
            let id = request_id(slot);
            assert_eq!(slot_of(&id), Some(slot as usize));
            assert_ne!(id, request_id(slot));
        }
    }

    #[test]
    fn text_that_is_no_id_leads_nowhere_or_anywhere() {
        assert_eq!(slot_of(b"short"), None);
        for text in ["ÄÖÜßäöüß", "zzzzzzzz", "~~~~~~~~~"] {
            _ = slot_of(text.as_bytes());
        }
    }
}
