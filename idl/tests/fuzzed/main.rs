//! What `cargo xtask fuzz` found worth keeping (`corpus`), read as the fuzzer reads it.
//!
//! `FUZZ_ROUNDS=100 cargo test --test fuzzed` changes each input by chance as well.

mod format;
#[path = "../../../fuzz/mutation.rs"]
mod mutation;
mod parse;
mod slice;

#[test]
fn any_bytes_can_be_read() {
    mutation::each("parse", 0, parse::check);
}

#[test]
fn formatting_changes_nothing_twice() {
    mutation::each("format", 0, format::check);
}

#[test]
fn slices_stand_on_their_own() {
    mutation::each("slice", 0, slice::check);
}
