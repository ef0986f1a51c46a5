//! A quick hash for tables whose names this process chooses; strangers only ask for them.

use std::hash::{BuildHasherDefault, Hasher};

/// Builds [`Quick`] hashers.
pub(crate) type QuickHash = BuildHasherDefault<Quick>;

/// Multiplies eight bytes at a time into each other.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Quick(u64);

/// Odd, and as many bits set as not.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl Quick {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    }
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.add(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.add(u64::from_le_bytes(last));
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(byte.into());
    }

    fn finish(&self) -> u64 {
        // Tables look at the lowest bits and at the highest seven.
        self.0 ^ self.0 >> 32
    }
}
