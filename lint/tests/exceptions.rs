//! Where `@lint.allow` holds, and what it leaves.

use lymph_idl::{Memory, Options, analyze};
use lymph_lint::{Level, Levels, lint};

/// What is found in a package with these declarations, as `rule line`. Docs are not asked for.
fn check(declarations: &str, expected: &[&str]) {
    let text = format!("package shop @ 1.4.0;\n{declarations}");
    let mut levels = Levels::default();
    levels.set("docs-missing", Level::Allow).unwrap();
    let files = Memory::new().file("shop.lymph", text.as_str());
    let analysis = analyze(["shop.lymph"], &Options::new(), &files);
    assert!(analysis.errors.is_empty(), "{:?}", analysis.errors);
    let sources = &analysis.schema.sources;
    let found = lint(&analysis, &levels);
    let place = |span: lymph_idl::Span| sources.file(span.file).line_column(span.start).0;
    let found: Vec<String> =
        found.iter().map(|lint| format!("{} {}", lint.rule.id, place(lint.span))).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn an_exception_holds_for_everything_inside() {
    check("struct Bill { price: f64, cost: f64 }", &["money-float 2", "money-float 2"]);
    check(
        "@lint.allow(\"money-float\", \"it is a game\")\nstruct Bill { price: f64, cost: f64 }\nstruct Other { fee: f64 }",
        &["money-float 4"],
    );
    check(
        "@lint.allow(\"money-float\")\ninterface Shop {\n    rpc sell(price: f64);\n    rpc buy(cost: f64);\n}",
        &[],
    );
}

#[test]
fn an_exception_holds_for_its_own_rule() {
    check(
        "struct Bill {\n    @lint.allow(\"duration-untyped\") price: f64,\n}",
        &["suppression-unused 3", "money-float 3"],
    );
    check(
        "struct Bill {\n    @lint.allow(\"duration-untyped\") @lint.allow(\"money-float\") price_days: f64,\n}",
        &["suppression-unused 3"],
    );
}

#[test]
fn an_exception_stands_on_whatever_has_attributes() {
    let old = "@deprecated(1.2, \"use Gone\") error Lost {}\n@deprecated(1.2, \"nobody listens\") event misplaced {}\n";
    check(
        &format!("{old}interface Shop {{\n    rpc buy() raises Lost;\n    emits misplaced;\n}}"),
        &["deprecated-used 5", "deprecated-used 6"],
    );
    check(
        &format!(
            "{old}interface Shop {{\n    rpc buy() raises @lint.allow(\"deprecated-used\") Lost;\n    \
             @lint.allow(\"deprecated-used\") emits misplaced;\n}}"
        ),
        &[],
    );
}

#[test]
fn exceptions_may_be_nested() {
    check(
        "@lint.allow(\"money-float\")\nstruct Bill {\n    @lint.allow(\"money-float\") price: f64,\n}",
        &[],
    );
}
