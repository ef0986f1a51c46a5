// Any two schemas can be compared: nothing goes unclassified, and a schema against itself is silent.

use lymph_diff::{Policy, diff};
use lymph_idl::{Schema, parse_str};

/// Between the two sides of an input.
const SEPARATOR: &str = "\n=====\n";

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (old, new) = text.split_once(SEPARATOR).unwrap_or((text, text));
    let (Ok(old), Ok(new)) = (parse_str("old.lymph", old), parse_str("new.lymph", new)) else { return };
    compare(&old, &old, true);
    compare(&old, &new, false);
    compare(&new, &old, false);
}

fn compare(old: &Schema, new: &Schema, is_same: bool) {
    let report = diff(old, new, &Policy::default());
    assert!(report.unclassified.is_empty(), "{:?}", report.unclassified);
    let told: Vec<_> = report.findings.iter().map(|finding| (&finding.id, &finding.path)).collect();
    assert!(!is_same || told.is_empty(), "{told:?}");
}
