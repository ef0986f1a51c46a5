//! Whatever a file holds, reading it ends, and every place it names is inside the file.
#![no_main]

#[path = "../../idl/tests/fuzzed/parse.rs"]
mod parse;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parse::check(bytes));
