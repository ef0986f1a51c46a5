//! What `cargo xtask fuzz` found worth keeping (`corpus`), compared as the fuzzer compares it.
//!
//! `FUZZ_ROUNDS=100 cargo test --test fuzzed` changes each input by chance as well.

mod diff;
#[path = "../../../fuzz/mutation.rs"]
mod mutation;

#[test]
fn any_two_schemas_can_be_compared() {
    mutation::each("diff", 0, diff::check);
}
