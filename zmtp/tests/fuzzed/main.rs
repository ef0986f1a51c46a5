//! Whatever bytes a peer sends: inputs that lead far (`corpus`), each changed by chance in many ways.
//!
//! `FUZZ_ROUNDS=100000 cargo test --test fuzzed` tries longer than ordinary runs do, and `cargo xtask
//! fuzz handshake traffic` looks for other inputs.

mod handshake;
#[path = "../../../fuzz/mutation.rs"]
mod mutation;
mod traffic;

#[test]
fn handshakes() {
    mutation::each("handshake", 20, handshake::check);
}

#[test]
fn messages() {
    mutation::each("traffic", 20, traffic::check);
}
