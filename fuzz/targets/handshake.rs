//! Whatever a peer says in its handshake, a connection survives, and says and keeps little.
#![no_main]

#[path = "../../zmtp/tests/fuzzed/handshake.rs"]
mod handshake;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| handshake::check(bytes));
