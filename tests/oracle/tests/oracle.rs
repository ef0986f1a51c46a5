//! Whatever the rules of `lymph_diff` say of values happens to them in generated code of both sides.

use std::collections::BTreeSet;

use lymph_diff::{Consequence, Effect, Policy, RULES, diff};
use lymph_oracle::codec::Pair;
use lymph_oracle::fixture;
use lymph_oracle::judge::{Beyond, Direction, Judgement, judge};
use lymph_oracle::operation::Version;
use lymph_oracle::pairs::PAIRS;

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

fn judge_all(beyond: &[Beyond]) -> Vec<Judgement> {
    PAIRS.iter().map(|pair| judge_pair(pair, fixture::load(pair.case, "new"), beyond)).collect()
}

/// Holds what `lymph_diff` says of a change from the case's old side to `said` against what happens in the
/// case itself.
fn judge_pair(pair: &'static Pair, said: lymph_idl::Schema, beyond: &[Beyond]) -> Judgement {
    let (old, new) = (fixture::load(pair.case, "old"), fixture::load(pair.case, "new"));
    let report = diff(&old, &said, &Policy::default());
    let old = Version { schema: &old, codecs: &pair.old };
    let new = Version { schema: &new, codecs: &pair.new };
    judge(pair.case, old, new, &report, beyond)
}

#[test]
fn what_is_said_is_what_happens() {
    let all = judge_all(BEYOND);
    let wrong: Vec<_> = all.iter().flat_map(|it| it.disagreements.iter().cloned()).collect();
    assert!(wrong.is_empty(), "{} disagreements\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_exception_is_needed() {
    let all = judge_all(BEYOND);
    let needed: BTreeSet<usize> = all.iter().flat_map(|it| it.needed.iter().copied()).collect();
    let idle = BEYOND.iter().enumerate().filter(|(place, _)| !needed.contains(place));
    let idle: Vec<_> = idle.map(|(_, it)| format!("{}: {}", it.rule, it.because)).collect();
    assert!(idle.is_empty(), "not needed: {idle:?}");
}

#[test]
fn every_rule_of_values_is_put_to_the_test_wherever_they_travel() {
    let all = judge_all(BEYOND);
    let tested: BTreeSet<&str> = all.iter().flat_map(|it| &it.tested).map(String::as_str).collect();
    let shapes = RULES.iter().filter(|rule| matches!(rule.consequence, Consequence::Shape { .. }));
    let missed: Vec<_> = shapes.flat_map(|rule| rule.ids()).filter(|id| !tested.contains(&**id)).collect();
    assert!(missed.is_empty(), "no operation of any case shows {missed:?}");
}

/// A report that says nothing of a change.
#[test]
fn it_complains_of_what_is_not_said() {
    let pair = PAIRS.iter().find(|pair| pair.case == "int-narrowed").expect("the rule has a case");
    let silent = judge_pair(pair, fixture::load(pair.case, "old"), BEYOND);
    let complaints = silent.disagreements;
    assert_eq!(complaints.len(), 4, "{complaints:?}");
    let expected = "\
int-narrowed: param of `Shapes.send`, old writer, new reader
  said     ✓ fine (no finding)
  happened ✗ᵛ breaks-some with 19 values
    {\"value\": {\"member\": 65536}}
      refused: `value.member`: 65536 is out of range for u16";
    assert_eq!(complaints[0], expected);
}

#[test]
fn it_complains_of_each_rule_that_says_something_else() {
    for rule in RULES {
        let Consequence::Shape { backward, forward, .. } = rule.consequence else { continue };
        let pair = PAIRS.iter().find(|pair| pair.case == rule.id).expect("the rule has a case");
        for (direction, said) in [(Direction::Backward, backward), (Direction::Forward, forward)] {
            let applies = |it: &&Beyond| it.rule == rule.id && it.direction.is_none_or(|it| it == direction);
            let right = BEYOND.iter().find(applies).map_or(said, |it| it.shows);
            let shows = if right == Effect::Breaks { Effect::Fine } else { Effect::Breaks };
            let wrong = Beyond { rule: rule.id, direction: Some(direction), shows, because: "" };
            let judgement = judge_pair(pair, fixture::load(pair.case, "new"), &[wrong]);
            assert!(!judgement.disagreements.is_empty(), "{} could say {shows:?} {direction:?}", rule.id);
        }
    }
}
