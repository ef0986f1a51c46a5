//! Quick hashes for tables that every message is looked up in.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::Endpoint;

/// A table by endpoint, which knows its own hash.
pub(crate) type ByEndpoint<T> = HashMap<Endpoint, T, BuildHasherDefault<Known>>;

/// Takes a hash as it is.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Known(u64);

impl Hasher for Known {
    fn write(&mut self, _: &[u8]) {
        unreachable!("endpoints write one number")
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// For tables whose names this process chooses; strangers only ask for them.
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

    fn write_usize(&mut self, number: usize) {
        self.add(number as u64);
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(byte.into());
    }

    fn finish(&self) -> u64 {
        // Tables look at the lowest bits and at the highest seven.
        self.0 ^ self.0 >> 32
    }
}
