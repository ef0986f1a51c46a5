//! What holds for every pair out of lists of declarations, each compared with each.

#[path = "properties/swap.rs"]
mod swap;

use std::collections::BTreeSet;

use lymph_diff::{Consequence, Policy, RULES, Report, diff};
use lymph_idl::Schema;
use swap::{breaks, is_one_way, swapped};

/// Types of a member, with what stands behind them.
const MEMBERS: &[&str] = &[
    "string",
    "string?",
    "patch<string>",
    "string = \"a\"",
    "string = \"b\"",
    "string(1..=5)",
    "string(2..=9)",
    "string(pattern = \"a\")",
    "string(pattern = \"b\")",
    "bytes",
    "bool",
    "u16",
    "u16(1..=500)",
    "u16 = 10",
    "patch<u16>",
    "i32",
    "u32?",
    "i64",
    "f32",
    "f64",
    "f64?",
    "any",
    "any?",
    "uuid",
    "datetime",
    "decimal",
    "duration",
    "list<string>",
    "list<string?>",
    "set<string>",
    "list<u16>",
    "map<string, u16>",
    "map<string, u32>",
    "Open",
    "Closed?",
    "Closed",
    "WithFallback",
    "Either",
    "OneOf",
    "Record",
    "list<Record>",
    "Name",
    "Maybe",
    "map<uuid, Name>",
];

/// What members can be of.
const DECLARED: &str = "
    enum Open { one, two }
    closed enum Closed { one, two }
    enum WithFallback { one, @fallback two }
    union Either { name: string, number: u16 }
    closed union OneOf { name: string, number: u16 }
    struct Record { name: string }
    type Name = string(1..=5);
    type Maybe = string?;
";

/// Declarations of one name.
const DECLARATIONS: &[&str] = &[
    "struct Holder {}",
    "struct Holder { a: string }",
    "struct Holder { a: string? }",
    "struct Holder { b: string }",
    "struct Holder { b: string? }",
    "struct Holder { @was(\"a\") b: string }",
    "struct Holder { @was(\"a\") b: string? }",
    "struct Holder { @wire(\"a\") b: string }",
    "struct Holder { a: string, b: string }",
    "struct Holder { b: string, a: string }",
    "struct Holder { a: string, b: string? }",
    "struct Holder { a: string, b: string = \"x\" }",
    "struct Holder { a: string, reserved \"b\"; }",
    "struct Holder { b: Either }",
    "struct Holder { a: string, next: list<Holder> }",
    "closed struct Holder { a: string }",
    "closed struct Holder { a: string? }",
    "closed struct Holder { @was(\"a\") b: string }",
    "closed struct Holder { b: string? }",
    "closed struct Holder { a: string, b: string? }",
    "closed struct Holder { a: string, b: string }",
    "enum Holder { a }",
    "enum Holder { b }",
    "enum Holder { @was(\"a\") b }",
    "enum Holder { @wire(\"a\") b }",
    "enum Holder { a, b }",
    "enum Holder { b, a }",
    "enum Holder { a, reserved \"b\"; }",
    "enum Holder { @fallback a, b }",
    "enum Holder { a, @fallback b }",
    "enum Holder { a, @fallback b, c }",
    "closed enum Holder { a }",
    "closed enum Holder { b }",
    "closed enum Holder { @was(\"a\") b }",
    "closed enum Holder { a, b }",
    "union Holder { a: string }",
    "union Holder { a: string, b: u16 }",
    "union Holder { b: string }",
    "closed union Holder { a: string }",
    "closed union Holder { a: string, b: u16 }",
    "closed union Holder { a: bytes }",
    "type Holder = string;",
    "type Holder = u16(1..=5);",
    "type Holder = list<Record>;",
    "type Holder = Record;",
    "type Holder = string?;",
];

fn parse(declared: &str) -> Schema {
    let text = format!(
        "package pairs @ 1.0.0;
        interface Shapes {{
            rpc send(value: Holder);
            rpc receive() -> Holder;
            rpc fail() raises Failed;
        }}
        event happened {{ value: Holder }}
        error Failed {{ value: Holder }}
        {DECLARED}
        {declared}"
    );
    lymph_idl::parse_str("pairs.lymph", text).unwrap_or_else(|failure| panic!("{declared}:\n{failure}"))
}

/// Every report of one declaration compared with another, with both.
fn all(declarations: &[String], mut see: impl FnMut((&str, &str), &Report, &Report)) {
    let schemas: Vec<Schema> = declarations.iter().map(|declared| parse(declared)).collect();
    let compare = |old: &Schema, new: &Schema| diff(old, new, &Policy::default());
    for (place, new) in schemas.iter().enumerate() {
        for (other, old) in schemas.iter().enumerate().take(place + 1) {
            see((&declarations[other], &declarations[place]), &compare(old, new), &compare(new, old));
        }
    }
}

fn members() -> Vec<String> {
    MEMBERS.iter().map(|ty| format!("struct Holder {{ member: {ty} }}")).collect()
}

fn declarations() -> Vec<String> {
    DECLARATIONS.iter().map(|&declared| declared.to_owned()).collect()
}

fn check(declarations: &[String]) {
    all(declarations, |(old, new), there, back| {
        let told = |report: &Report| report.findings.iter().map(|it| it.id.clone()).collect::<Vec<_>>();
        let shown = format!("{old} -> {new}: {:?}, back {:?}", told(there), told(back));
        for report in [there, back] {
            assert!(report.unclassified.is_empty(), "{shown} {:?}", report.unclassified);
            assert_eq!(report.findings.is_empty(), old == new, "{shown}");
        }
        if !is_one_way(there) && !is_one_way(back) {
            assert_eq!(breaks(there), swapped(breaks(back)), "{shown}");
        }
    });
}

#[test]
fn members_of_all_types() {
    check(&members());
}

#[test]
fn declarations_of_all_kinds() {
    check(&declarations());
}

#[test]
fn together_they_make_every_rule_speak() {
    let mut told = BTreeSet::new();
    for declarations in [members(), declarations()] {
        all(&declarations, |_, there, back| {
            told.extend(there.findings.iter().chain(&back.findings).map(|finding| finding.rule.id));
        });
    }
    let of_shapes = RULES.iter().filter(|rule| matches!(rule.consequence, Consequence::Shape { .. }));
    let missed: Vec<_> = of_shapes.map(|rule| rule.id).filter(|id| !told.contains(id)).collect();
    // They need a new major, or two packages.
    assert_eq!(missed, ["field-alias-removed", "variant-alias-removed", "type-moved"]);
}
