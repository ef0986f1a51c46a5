//! Whatever comes as a message, its headers and its body are read as they were written or refused.
#![no_main]

#[path = "../../runtime/tests/fuzzed/message.rs"]
mod message;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| message::check(bytes));
