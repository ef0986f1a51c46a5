//! Measures reading a schema: `cargo run --release -p lymph-scale --example load -- 5000 2000`.
//!
//! Without numbers, several sizes, to see that time grows with the text; peak memory is that of the first
//! one, since it never shrinks. Each time is the best of a few.

use std::env;
use std::hint::black_box;

use lymph_idl::{Limits, Memory, Options, Schema, load_with, tokens};
use lymph_scale::{busy_millis, peak_memory, schema};

const ROUNDS: usize = 7;

fn main() {
    let numbers: Vec<usize> = env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [types, methods] => measure(types, methods),
        _ => [(5_000, 2_000), (10_000, 4_000), (50_000, 20_000)].into_iter().for_each(|(t, m)| measure(t, m)),
    }
}

fn measure(types: usize, methods: usize) {
    let text = schema(types, methods, 1);
    let mut limits = Limits::default();
    limits.file_bytes = 64 << 20;
    let options = Options::new().limits(limits);
    let load = |text: &str| -> Schema {
        let files = Memory::new().file("large.lymph", text);
        load_with(["large.lymph"], &options, &files).unwrap_or_else(|failure| panic!("{failure}"))
    };
    // Before anything else is held.
    drop(load(&text));
    let peak = peak_memory();
    let broken = format!("{text}\nstruct Unfinished {{ a: ");
    let formatted = best(|| drop(lymph_idl::format("large.lymph", &text)));
    let checked = best(|| {
        let files = Memory::new().file("large.lymph", broken.as_str());
        drop(lymph_idl::analyze(["large.lymph"], &options, &files));
    });
    eprintln!("{types} types, {methods} methods, {:.1} MB of text: {peak}", text.len() as f64 / 1e6);
    eprintln!(
        "{:>9.1} ms  text to tokens",
        best(|| {
            black_box(tokens(&text).count());
        })
    );
    eprintln!("{:>9.1} ms  text to model", best(|| drop(load(&text))));
    eprintln!("{checked:>9.1} ms  analysis of a half-written text");
    eprintln!("{formatted:>9.1} ms  formatting");
}

/// Milliseconds of processor that the quickest round took.
fn best(mut run: impl FnMut()) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let start = busy_millis();
        run();
        busy_millis() - start
    });
    rounds.fold(f64::INFINITY, f64::min)
}
