//! What holds for every pair of schemas, on schemas and edits made up by chance.

#[path = "properties/edit.rs"]
mod edit;
#[path = "properties/schema.rs"]
mod schema;
#[path = "properties/swap.rs"]
mod swap;

use edit::{Edit, edit};
use lymph_diff::{Policy, Report, diff};
use lymph_idl::Schema;
use proptest::prelude::*;
use schema::{Package, package};
use swap::{breaks, is_one_way, swapped};

fn parse(text: &str) -> Schema {
    lymph_idl::parse_str("made.lymph", text).unwrap_or_else(|failure| panic!("{text}\n{failure}"))
}

fn compare(old: &Schema, new: &Schema) -> Report {
    diff(old, new, &Policy::default())
}

/// What a report says, without where in the text it says it.
fn said(report: &Report) -> Vec<(String, String, String, String)> {
    let said = report.findings.iter().map(|finding| {
        let level = finding.level.name().to_owned();
        (finding.id.clone(), finding.path.clone(), finding.fingerprint.clone(), level)
    });
    let mut said: Vec<_> = said.collect();
    said.sort();
    said
}

fn told(report: &Report) -> Vec<(&str, &str)> {
    report.findings.iter().map(|finding| (&*finding.id, &*finding.path)).collect()
}

/// Both sides of an edit as texts; `None` when the edit left nothing that is right.
fn sides(package: &Package, edit: &Edit) -> Option<(String, String)> {
    let (old, new) = (package.text("1.0.0"), edit.apply(package).text("1.1.0"));
    lymph_idl::parse_str("made.lymph", new.as_str()).is_ok().then_some((old, new))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn a_schema_against_itself_is_silent(package in package()) {
        let schema = parse(&package.text("1.0.0"));
        let report = compare(&schema, &schema);
        prop_assert!(report.findings.is_empty(), "{:?}", told(&report));
        prop_assert!(report.unclassified.is_empty(), "{:?}", report.unclassified);
    }

    #[test]
    fn nothing_is_unclassified_after_an_edit(package in package(), edit in edit()) {
        let Some((old, new)) = sides(&package, &edit) else { return Ok(()) };
        let report = compare(&parse(&old), &parse(&new));
        prop_assert!(report.unclassified.is_empty(), "{edit:?}\n{old}\n{new}\n{:?}", report.unclassified);
        let is_silent = report.findings.iter().all(|finding| finding.id == "bump-too-large");
        let is_change = old.replace("1.0.0", "1.1.0") != new;
        prop_assert!(!is_silent || !is_change || edit.may_mean_nothing(), "{edit:?}\n{old}\n{new}");
    }

    #[test]
    fn swapping_the_sides_swaps_what_breaks(package in package(), edit in edit()) {
        let Some((old, new)) = sides(&package, &edit) else { return Ok(()) };
        // One version, so that nothing is newer than the other side.
        let (old, new) = (parse(&old), parse(&new.replace("1.1.0", "1.0.0")));
        let (there, back) = (compare(&old, &new), compare(&new, &old));
        if !is_one_way(&there) && !is_one_way(&back) {
            prop_assert_eq!(breaks(&there), swapped(breaks(&back)), "{:?} back {:?}", told(&there), told(&back));
        }
    }

    #[test]
    fn layout_never_changes_a_verdict(package in package(), edit in edit()) {
        let Some((old, new)) = sides(&package, &edit) else { return Ok(()) };
        let plain = compare(&parse(&old), &parse(&new));
        let spread = |text: &str| text.replace(['\n', ' '], "\n  ").replace(',', " // …\n ,");
        let formatted = lymph_idl::format("made.lymph", &new).expect("it parses");
        for other in [spread(&new), formatted] {
            prop_assert_eq!(said(&plain), said(&compare(&parse(&old), &parse(&other))));
        }
        prop_assert_eq!(said(&plain), said(&compare(&parse(&spread(&old)), &parse(&new))));
    }
}

#[test]
fn most_edits_leave_something_that_is_right() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let made = (0..300).filter_map(|_| {
        let tree = (package(), edit()).new_tree(&mut runner).expect("nothing is rejected");
        let (package, edit) = proptest::strategy::ValueTree::current(&tree);
        sides(&package, &edit)
    });
    let changed = made.filter(|(old, new)| old.replace("1.0.0", "1.1.0") != *new);
    let count = changed.count();
    assert!(count > 100, "{count}");
}
