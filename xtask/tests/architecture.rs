//! Which crate may use which.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Crates of the library and what each may use: the whole rule.
///
/// The schema compiler's crates form a line, each using those to its left. The runtime stands
/// beside them, so that a service carries no compiler.
const MAY_USE: &[(&str, &[&str])] = &[
    ("lymph-idl", &[]),
    ("lymph-codegen", &["lymph-idl"]),
    ("lymph-build", &["lymph-idl", "lymph-codegen"]),
    ("lymph", &[]),
    ("lymph-cli", &["lymph-idl", "lymph-codegen", "lymph-build", "lymph"]),
];

#[test]
fn crates_use_only_what_they_may() {
    let rules: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    for (name, uses) in uses() {
        // Examples, tests and tasks may use every library crate.
        let library: Vec<_> = rules.keys().copied().collect();
        let allowed = rules.get(&*name).copied().unwrap_or(&library);
        for used in uses {
            assert!(
                allowed.contains(&&*used),
                "`{name}` must not use `{used}`; see ARCHITECTURE.md, \"Crates\""
            );
        }
    }
}

#[test]
fn every_rule_names_a_crate() {
    let uses = uses();
    for (name, _) in MAY_USE {
        assert!(uses.contains_key(*name), "`{name}` is gone from the workspace");
    }
}

/// Each crate of the workspace with those of its dependencies, of whatever kind, that are in the
/// workspace too.
fn uses() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .output()
        .expect("cargo runs us, so it is there");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let text = |value: &Value| value.as_str().expect("a name").to_owned();
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let packages = list(&metadata["packages"]);
    let dependencies = |package: &Value| {
        // Those in the workspace are found by path.
        let inside = list(&package["dependencies"]).into_iter().filter(|it| it["path"].is_string());
        inside.map(|it| text(&it["name"])).collect()
    };
    packages.iter().map(|package| (text(&package["name"]), dependencies(package))).collect()
}
