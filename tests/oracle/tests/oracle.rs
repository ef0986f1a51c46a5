//! Whatever the rules of `lymph_diff` say of values happens to them in generated code of both sides.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use lymph_diff::{Consequence, Effect, Policy, RULES, diff};
use lymph_oracle::case::Case;
use lymph_oracle::direction::Direction;
use lymph_oracle::exceptions::Beyond;
use lymph_oracle::judge::{Judge, Judgement};
use lymph_oracle::values::{judge, shown};

/// What rules say of meaning that is in no bytes. Whatever is here, code cannot hold to account.
const BEYOND: &[Beyond] = &[
    Beyond {
        rule: "default-changed",
        direction: Some(Direction::Forward),
        shows: Effect::Fine,
        because: "generated writers send their default; one that leaves it to the old reader is not seen here",
    },
    Beyond {
        rule: "renamed-optional",
        direction: Some(Direction::Forward),
        shows: Effect::Fine,
        because: "the old reader passes over the new name as over any that was added",
    },
    Beyond {
        rule: "variant-renamed-open",
        direction: Some(Direction::Forward),
        shows: Effect::Fine,
        because: "the old reader keeps the new name as any that was added",
    },
    Beyond {
        rule: "reserved-name-reused",
        direction: Some(Direction::Forward),
        shows: Effect::Fine,
        because: "the peers that it breaks are older than both sides",
    },
    Beyond {
        rule: "reserved-variant-reused",
        direction: None,
        shows: Effect::Fine,
        because: "the peers that it misleads are older than both sides",
    },
    Beyond {
        rule: "unknown-fallback-changed",
        direction: None,
        shows: Effect::Fine,
        because: "only a writer newer than both sides sends names that they read as their fallbacks",
    },
];

const JUDGE: Judge = Judge { judge, beyond: BEYOND, apart: &[] };
static JUDGEMENT: LazyLock<Judgement> = LazyLock::new(|| JUDGE.of_all());

#[test]
fn what_is_said_is_what_happens() {
    let wrong = JUDGE.wrong(&JUDGEMENT);
    assert!(wrong.is_empty(), "{} disagreements\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_exception_is_needed() {
    let idle = JUDGE.idle(&JUDGEMENT);
    assert!(idle.is_empty(), "not needed: {idle:#?}");
}

#[test]
fn every_rule_of_values_is_put_to_the_test_wherever_they_travel() {
    let tested: BTreeSet<&str> = Case::all().iter().flat_map(shown).collect();
    let shapes = RULES.iter().filter(|rule| matches!(rule.consequence, Consequence::Shape { .. }));
    let missed: Vec<_> = shapes.flat_map(|rule| rule.ids()).filter(|id| !tested.contains(&**id)).collect();
    assert!(missed.is_empty(), "no operation of any case shows {missed:?}");
}

/// A report that says nothing of a change.
#[test]
fn it_complains_of_what_is_not_said() {
    let case = Case::of("int-narrowed");
    let silence = diff(case.old.schema, case.old.schema, &Policy::default());
    let complaints = JUDGE.of(case, &silence).disagreements;
    assert_eq!(complaints.len(), 4, "{complaints:?}");
    let expected = "\
int-narrowed: param of `Shapes.send`, old writer, new reader
  said     ✓ fine (no finding)
  happened ✗ᵛ breaks-some with 19 values
    {\"value\": {\"member\": 65536}}
      refused: `value.member`: 65536 is out of range for u16";
    assert_eq!(complaints[0].text, expected);
}

#[test]
fn it_complains_of_each_rule_that_says_something_else() {
    let unnoticed = JUDGE.unnoticed(|it| matches!(it, Consequence::Shape { .. }));
    assert!(unnoticed.is_empty(), "{unnoticed:#?} could say something else");
}
