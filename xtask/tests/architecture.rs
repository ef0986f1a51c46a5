//! Which crate may use which, and that ARCHITECTURE.md names what is there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Crates of the library and what each may use: the whole rule.
///
/// The schema compiler's crates form a line, each using those to its left. The runtime stands
/// beside them, so that a service carries no compiler.
const MAY_USE: &[(&str, &[&str])] = &[
    ("lymph-idl", &[]),
    ("lymph-config", &["lymph-idl"]),
    ("lymph-lint", &["lymph-idl", "lymph-config"]),
    ("lymph-diff", &["lymph-idl"]),
    ("lymph-codegen", &["lymph-idl"]),
    ("lymph-build", &["lymph-idl", "lymph-codegen"]),
    ("lymph-zmtp", &[]),
    ("lymph", &["lymph-zmtp"]),
    ("lymph-lsp", &["lymph-idl", "lymph-config", "lymph-lint"]),
    (
        "lymph-cli",
        &[
            "lymph-idl",
            "lymph-config",
            "lymph-lint",
            "lymph-diff",
            "lymph-codegen",
            "lymph-build",
            "lymph",
            "lymph-lsp",
        ],
    ),
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

#[test]
fn every_path_in_the_map_exists() {
    for word in quoted(&text()).filter(|word| word.contains('/') && !word.contains(['(', ' ', ':'])) {
        let is_there = root().join(word).exists() || root().join("runtime/src").join(word).exists();
        assert!(is_there, "ARCHITECTURE.md names `{word}`, which is gone");
    }
}

/// A function of "The way of one call" stands in one of the files that its step names.
#[test]
fn the_way_of_one_call_is_still_that_way() {
    let text = text();
    let (_, rest) = text.split_once("## The way of one call").expect("the section is there");
    let (section, _) = rest.split_once("\n## ").expect("others follow");
    let steps = section.split("\n\n").flat_map(numbered);
    let mut functions = 0;
    for step in steps {
        let words: Vec<_> = quoted(&step).map(str::to_owned).collect();
        let files: Vec<_> = words.iter().filter(|word| word.ends_with(".rs")).collect();
        for function in words.iter().filter_map(|word| word.strip_suffix("()")) {
            let is_there = files.iter().any(|file| {
                let code = fs::read_to_string(root().join(file)).unwrap_or_default();
                code.contains(&format!("fn {function}(")) || code.contains(&format!("fn {function}<"))
            });
            assert!(is_there, "`{function}()` is in none of {files:?}, which its step names:\n{step}");
            functions += 1;
        }
    }
    assert!(functions > 20, "the test found {functions} functions, so it reads the section wrongly");
}

/// The items of a numbered list, each with its further lines.
fn numbered(part: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in part.lines() {
        let starts = line.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
        match items.last_mut() {
            Some(item) if !starts => item.extend(["\n", line]),
            _ => items.push(line.to_owned()),
        }
    }
    items
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// ARCHITECTURE.md without its fenced blocks.
fn text() -> String {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("it is there");
    text.split("```").step_by(2).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the workspace")
}
