//! Every version of a schema can be taken out of it, stands on its own or says why not, and is its own slice.
#![no_main]

#[path = "../../idl/tests/fuzzed/slice.rs"]
mod slice;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| slice::check(bytes));
