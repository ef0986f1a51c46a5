//! Whatever peers write to the socket of a service, whoever behaves is answered, and who goes is let go.
#![no_main]

#[path = "../../runtime/tests/fuzzed/input.rs"]
mod input;
#[path = "../../runtime/tests/fuzzed/live.rs"]
mod live;
#[path = "../../runtime/tests/calls/service.rs"]
#[allow(dead_code, reason = "others call it in more ways")]
mod service;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| live::check(bytes));
