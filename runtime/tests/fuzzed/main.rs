//! Whatever bytes claim to be a message, its headers or its body, and whatever peers send to a process:
//! inputs that lead far (`corpus`), each changed by chance in many ways.
//!
//! `FUZZ_ROUNDS=100000 cargo test --test fuzzed` tries longer than ordinary runs do, and `cargo xtask
//! fuzz message arrivals live` looks for other inputs.

mod arrivals;
mod input;
#[cfg(feature = "zmtp")]
mod live;
mod message;
#[path = "../../../fuzz/mutation.rs"]
mod mutation;
#[path = "../calls/service.rs"]
#[allow(dead_code, reason = "others call it in more ways")]
mod service;

#[test]
fn messages() {
    mutation::each("message", 50, message::check);
}

#[test]
fn processes() {
    mutation::each("arrivals", 20, arrivals::check);
}

#[cfg(feature = "zmtp")]
#[test]
fn services_on_sockets() {
    mutation::each("live", 5, live::check);
}
