//! Every way to declare a method, a handler or an event against every other: whatever differs is told, and
//! nothing is left to the net under the rules.

use lymph_diff::{EventPolicy, Policy, diff};
use lymph_idl::Schema;

const METHODS: &[&str] = &[
    "",
    "rpc m();",
    "rpc m(a: string);",
    "rpc m(a: string) -> u32;",
    "rpc m(a: string) -> u32?;",
    "rpc m(a: string) -> list<u32>;",
    "rpc m(a: string) -> Page;",
    "rpc m(a: string) raises Gone;",
    "rpc m(a: string) raises Busy;",
    "rpc m(a: string) raises Gone, Busy;",
    "rpc m(a: string) raises Busy, Gone;",
    "rpc m(a: string) raises Gone, @since(1.2) Busy;",
    "rpc m(a: string) raises Gone, @acme.rare Busy;",
    "@timeout(1s) rpc m(a: string);",
    "@timeout(3s) rpc m(a: string);",
    "@timeout(5s) rpc m(a: string);",
    "@idempotent rpc m(a: string);",
    "@raw rpc m(a: string);",
    "@internal rpc m(a: string);",
    "@http(GET, \"/m\") rpc m(a: string);",
    "@http(POST, \"/m\", status = 201) rpc m(a: string);",
    "@http(GET, \"/m/{a}\") rpc m(a: string);",
    "@http(GET, \"/n/{a}\") rpc m(a: string);",
    "@since(1.1) rpc m(a: string);",
    "@unstable rpc m(a: string);",
    "@deprecated(1.1, \"no\") rpc m(a: string);",
    "@deprecated(1.2, \"no\") rpc m(a: string);",
    "@acme.owner(\"us\") rpc m(a: string);",
    "/// Says what it does.\nrpc m(a: string);",
    "@wire(\"n\") rpc m(a: string);",
    "@was(\"m\") rpc n(a: string);",
    "@wire(\"m\") rpc n(a: string);",
    "@was(\"n\") rpc m(a: string);",
    "@was(\"n\") @was(\"o\") rpc m(a: string);",
    "@was(\"o\") @was(\"n\") rpc m(a: string);",
    "rpc n(a: string);",
    "oneway m(a: string);",
    "task m(a: string);",
    "@retry(3) task m(a: string);",
    "@sequential task m(a: string);",
    "@durable(false) task m(a: string);",
    "@was(\"m\") task n(a: string);",
];

const HANDLERS: &[&str] = &[
    "",
    "on seen as h;",
    "on lost as h;",
    "on a.* as h;",
    "on b.* as h;",
    "on seen as i;",
    "@wire(\"i\") on seen as h;",
    "@retry(3) on seen as h;",
    "@durable(false) on seen as h;",
    "@sequential on seen as h;",
    "@broadcast on seen as h;",
    "@broadcast on seen as i;",
    "@broadcast @durable(false) on seen as h;",
    "@queue(\"q\") on seen as h;",
    "@queue(\"q\") on seen as i;",
    "@queue(\"q\") @sequential on seen as h;",
    "@queue(\"q\") @durable(false) on seen as h;",
    "@queue(\"q\") @durable(false) @sequential on seen as h;",
    "@serial(key = id, partitions = 4) on seen as h;",
    "@serial(key = id, partitions = 8) on seen as h;",
    "@serial(key = who, partitions = 4) on seen as h;",
    "@serial(key = id, partitions = 4) @durable(false) on seen as h;",
    "@since(1.1) on seen as h;",
    "@deprecated(1.1, \"no\") on seen as h;",
    "@acme.owner(\"us\") on seen as h;",
    "/// Says what it does.\non seen as h;",
    "emits seen;",
    "emits lost;",
    "emits seen; emits lost;",
    "emits lost; emits seen;",
    "@since(1.1) emits seen;",
    "@acme.rare emits seen;",
];

const EVENTS: &[&str] = &[
    "",
    "event e { id: uuid }",
    "event e { id: string }",
    "event e {}",
    "@ttl(1s) event e { id: uuid }",
    "@ttl(2s) event e { id: uuid }",
    "@since(1.1) event e { id: uuid }",
    "@unstable event e { id: uuid }",
    "@deprecated(1.1, \"no\") event e { id: uuid }",
    "@acme.owner(\"us\") event e { id: uuid }",
    "/// Says what happened.\nevent e { id: uuid }",
    "@wire(\"f\") event e { id: uuid }",
    "@wire(\"e\") event f { id: uuid }",
    "@was(\"f\") event e { id: uuid }",
    "@was(\"e\") event f { id: uuid }",
    "event f { id: uuid }",
    "event f { other: u8 }",
];

const INTERFACES: &[&str] = &[
    "",
    "interface I { rpc m(a: string); on seen as h; }",
    "interface J { rpc m(a: string); on seen as h; }",
    "interface J { rpc n(a: u8); }",
    "@wire(\"J\") interface I { rpc m(a: string); on seen as h; }",
    "@wire(\"I\") interface J { rpc m(a: string); on seen as h; }",
    "@was(\"J\") interface I { rpc m(a: string); on seen as h; }",
    "@was(\"I\") interface J { rpc m(a: string); on seen as h; }",
    "@since(1.1) interface I { rpc m(a: string); on seen as h; }",
    "@unstable interface I { rpc m(a: string); on seen as h; }",
    "@deprecated(1.1, \"no\") interface I { rpc m(a: string); on seen as h; }",
    "@acme.owner(\"us\") interface I { rpc m(a: string); on seen as h; }",
    "interface I { rpc m(a: string); } interface J { on seen as h; }",
    "interface J { rpc m(a: string); } interface I { on seen as h; }",
];

/// What each declaration may name.
const AROUND: &str = "
    event seen { id: uuid, who: string }
    event lost { id: uuid, why: string }
    interface Other { rpc stays(); }
    struct Page { items: list<u32> }
    error Gone { what: string }
    error Busy {}
";

fn schema(version: &str, declaration: &str) -> Schema {
    let text = format!("package declarations @ {version};\n{AROUND}\n{declaration}\n");
    lymph_idl::parse_str("declarations.lymph", text)
        .unwrap_or_else(|failure| panic!("{declaration}\n{failure}"))
}

/// Whether two declarations differ at most in the order of what has none: lines and former names.
fn say_the_same(old: &str, new: &str) -> bool {
    let parts = |text: &str| {
        let mut parts: Vec<String> =
            text.split_inclusive([';', ')']).map(|part| part.trim().to_owned()).collect();
        parts.sort();
        parts
    };
    parts(old) == parts(new)
}

fn check(declarations: &[&str], around: impl Fn(&str) -> String) {
    let side = |version: &str| -> Vec<(Schema, &str)> {
        // A major's history begins with it.
        let begins = |it: &&&str| !version.starts_with('2') || !it.contains("(1.");
        let declarations = declarations.iter().filter(begins);
        declarations.map(|it| (schema(version, &around(it)), *it)).collect()
    };
    let (olds, minor, major) = (side("1.2.0"), side("1.3.0"), side("2.0.0"));
    // Older versions say nothing new here, and take their time.
    let events = EventPolicy { transitive: false, ..EventPolicy::default() };
    let policy = Policy { events, ..Policy::default() };
    let mut wrong = Vec::new();
    for (old, from) in &olds {
        for (new, to) in minor.iter().chain(&major) {
            let report = diff(old, new, &policy);
            let said = report.findings.iter().map(|finding| &*finding.id);
            let said: Vec<_> = said.filter(|id| *id != "bump-too-large").collect();
            if !report.unclassified.is_empty() || said.is_empty() != say_the_same(from, to) {
                wrong.push(format!("from `{from}` to `{to}`: {said:?}, {:?}", report.unclassified));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn methods_are_told_apart() {
    check(METHODS, |method| format!("interface I {{ {method} rpc stays(); }}"));
}

#[test]
fn handlers_and_emits_lines_are_told_apart() {
    check(HANDLERS, |handler| format!("interface I {{ {handler} rpc stays(); }}"));
}

#[test]
fn events_are_told_apart() {
    check(EVENTS, str::to_owned);
}

#[test]
fn interfaces_are_told_apart() {
    check(INTERFACES, str::to_owned);
}
