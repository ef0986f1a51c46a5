//! Whatever peers send to a process, it answers whom it must, and believes none but those it asked.
#![no_main]

#[path = "../../runtime/tests/fuzzed/arrivals.rs"]
mod arrivals;
#[path = "../../runtime/tests/fuzzed/input.rs"]
mod input;
#[path = "../../runtime/tests/calls/service.rs"]
#[allow(dead_code, reason = "others call it in more ways")]
mod service;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| arrivals::check(bytes));
