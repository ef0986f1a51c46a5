//! Any two schemas can be compared: nothing goes unclassified, and a schema against itself is silent.
#![no_main]

#[path = "../../diff/tests/fuzzed/diff.rs"]
mod diff;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| diff::check(bytes));
