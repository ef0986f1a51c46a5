//! Whatever a client says to a hub or a hub to its client, the other one answers once, and serves others.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lymph::fuzzed::hub(bytes));
