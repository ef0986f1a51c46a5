//! What is formatted stays so, means the same, and keeps its comments.
#![no_main]

#[path = "../../idl/tests/fuzzed/format.rs"]
mod format;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| format::check(bytes));
