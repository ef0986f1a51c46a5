//! Whatever a peer says of itself, it is answered nowhere but where it has a right to be.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lymph::fuzzed::claim(bytes));
