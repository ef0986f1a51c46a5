//! Whatever bytes claim to be a message, its headers or its body: inputs that lead far (`corpus`), each
//! changed by chance in many ways.
//!
//! `FUZZ_ROUNDS=100000 cargo test --test fuzzed` tries longer than ordinary runs do.

mod message;
#[path = "../../../zmtp/tests/fuzzed/mutation.rs"]
mod mutation;

#[test]
fn messages() {
    mutation::each("", 50, message::check);
}
