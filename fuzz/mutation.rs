// Inputs, and what becomes of them by chance, which is the same chance each time.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Values that lengths and flags break at.
const EDGES: [u8; 8] = [0, 1, 2, 4, 0x7f, 0x80, 0xfe, 0xff];

/// Gives every input of `corpus/folder` to `check`, then `rounds` times something made of it.
pub(crate) fn each(folder: &str, rounds: u64, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzzed/corpus").join(folder);
    let entries = fs::read_dir(&folder).expect("the corpus is there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.sort();
    let inputs: Vec<_> = paths.iter().map(|path| fs::read(path).expect("it can be read")).collect();
    assert!(inputs.len() > 20, "{} inputs in {}", inputs.len(), folder.display());
    let asked = std::env::var("FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for round in 0..=asked.unwrap_or(rounds) {
        for input in &inputs {
            let mut bytes = input.clone();
            if round > 0 {
                let other = &inputs[chance.below(inputs.len())];
                (0..=chance.below(4)).for_each(|_| change(&mut bytes, other, &mut chance));
            }
            let checked = catch_unwind(AssertUnwindSafe(|| check(&bytes)));
            assert!(checked.is_ok(), "see above for b\"{}\"", bytes.escape_ascii());
        }
    }
}

/// Changes one thing.
fn change(bytes: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    let at = chance.below(bytes.len().max(1));
    match chance.below(7) {
        _ if bytes.is_empty() => bytes.extend_from_slice(other),
        0 => bytes[at] ^= 1 << chance.below(8),
        1 => bytes[at] = EDGES[chance.below(EDGES.len())],
        2 => bytes.truncate(at),
        3 => drop(bytes.remove(at)),
        4 => bytes.insert(at, EDGES[chance.below(EDGES.len())]),
        5 => bytes.extend_from_within(at..),
        _ => {
            bytes.truncate(at);
            bytes.extend_from_slice(&other[chance.below(other.len())..]);
        }
    }
    bytes.truncate(8192);
}

/// Xorshift, since nothing here needs more.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % end.max(1)
    }
}
