//! Whatever a peer says after its handshake, in whatever pieces, is read as it was written or refused.
#![no_main]

#[path = "../../zmtp/tests/fuzzed/handshake.rs"]
#[allow(dead_code, reason = "what it checks has a target of its own")]
mod handshake;
#[path = "../../zmtp/tests/fuzzed/traffic.rs"]
mod traffic;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| traffic::check(bytes));
