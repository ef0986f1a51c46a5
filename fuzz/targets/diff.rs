//! Any two schemas can be compared: nothing goes unclassified, and a schema against itself is silent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lymph_diff::{Policy, diff};
use lymph_idl::{Schema, parse_str};

/// Between the two sides of an input.
const SEPARATOR: &str = "\n=====\n";

fuzz_target!(|text: &str| {
    let (old, new) = text.split_once(SEPARATOR).unwrap_or((text, text));
    let (Ok(old), Ok(new)) = (parse_str("old.lymph", old), parse_str("new.lymph", new)) else { return };
    check(&old, &old, true);
    check(&old, &new, false);
    check(&new, &old, false);
});

fn check(old: &Schema, new: &Schema, is_same: bool) {
    let report = diff(old, new, &Policy::default());
    assert!(report.unclassified.is_empty(), "{:?}", report.unclassified);
    let told: Vec<_> = report.findings.iter().map(|finding| (&finding.id, &finding.path)).collect();
    assert!(!is_same || told.is_empty(), "{told:?}");
}
