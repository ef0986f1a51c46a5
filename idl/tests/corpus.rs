//! Walks `parse/ok` and `parse/fail`: each case is a `.lymph` file, or a folder whose root is `main.lymph`.
//!
//! `BLESS=1 cargo test -p lymph-idl --test corpus` rewrites what is expected; review the difference.
//!
//! A root may begin with lines for this test: `//# roots: a.lymph, b.lymph`, `//# include: folder`,
//! `//# limit: files=2`, `//# slice: 1.1.0`.

#[path = "corpus/case.rs"]
mod case;
#[path = "corpus/dump.rs"]
mod dump;
#[path = "corpus/places.rs"]
mod places;

use std::collections::BTreeSet;
use std::{env, fs};

use case::Case;
use lymph_idl::{Failure, Memory, RenderOptions, Schema, format, load_with, parse_str};

#[test]
fn schemas_that_are_right() {
    let mut differing = Vec::new();
    for case in case::cases("ok") {
        match case.load() {
            Ok(schema) => compare(&case, &dump::dump(&schema), &mut differing),
            Err(failure) => panic!("{} is not right:\n{failure}", case.name),
        }
    }
    assert!(
        differing.is_empty(),
        "differs from what is expected (BLESS=1 rewrites):\n{}",
        differing.join("\n")
    );
}

#[test]
fn schemas_that_are_wrong() {
    let mut differing = Vec::new();
    for case in case::cases("fail") {
        match case.load() {
            Ok(_) => panic!("{} has no error", case.name),
            Err(failure) => compare(&case, &report(&failure), &mut differing),
        }
    }
    assert!(
        differing.is_empty(),
        "differs from what is expected (BLESS=1 rewrites):\n{}",
        differing.join("\n")
    );
}

/// The rendered report, then one line for each error.
fn report(failure: &Failure) -> String {
    let lines: String = failure.one_line().map(|line| line + "\n").collect();
    format!("{}\n{lines}", failure.render(RenderOptions::default()))
}

fn compare(case: &Case, actual: &str, differing: &mut Vec<String>) {
    let expected = fs::read_to_string(&case.expected).unwrap_or_default();
    if env::var_os("BLESS").is_some() {
        if actual != expected {
            fs::write(&case.expected, actual).unwrap();
        }
    } else if actual != expected {
        differing.push(format!("---- {} ----\n{actual}", case.name));
    }
}

#[test]
fn every_error_has_a_case() {
    let source = include_str!("../src/error.rs");
    let declared: BTreeSet<String> = source
        .match_indices("code(lymph::")
        .map(|(at, mark)| {
            let code = &source[at + mark.len()..];
            format!("lymph::{}", &code[..code.find(')').unwrap()])
        })
        .collect();
    let mut seen = BTreeSet::new();
    for case in case::cases("fail") {
        if let Err(failure) = case.load() {
            seen.extend(failure.errors.iter().map(|error| error.code()));
        }
    }
    let missing: Vec<&String> = declared.difference(&seen).collect();
    assert!(missing.is_empty(), "no case shows {missing:?}");
}

#[test]
fn every_error_says_where_and_most_say_what_to_do() {
    for case in case::cases("fail") {
        let Err(failure) = case.load() else { continue };
        for error in &failure.errors {
            let message = error.to_string();
            assert!(!message.ends_with('.'), "{}: {message}", case.name);
            let first = message.chars().next().unwrap();
            assert!(!first.is_uppercase(), "{}: {message}", case.name);
        }
    }
}

#[test]
fn printing_changes_nothing_but_the_layout() {
    for case in case::cases("ok") {
        let Ok(schema) = case.load() else { continue };
        let mut printed = Memory::new();
        for (package, path) in schema.packages.iter().zip(schema.sources.paths()) {
            let canonical = schema.canonical(package.id);
            assert_eq!(format(path, &canonical).unwrap(), canonical, "{}: formatting twice", case.name);
            printed = printed.file(path, canonical);
        }
        let again = load_with(&case.roots, &case.options, &printed).unwrap();
        assert_eq!(dump::dump(&again), dump::dump(&schema), "{}", case.name);
    }
}

#[test]
fn formatting_keeps_comments_and_settles_at_once() {
    for case in case::cases("ok") {
        for (path, text) in &case.files {
            // A folder's `main.lymph` may hold nothing but lines for this test.
            let text = String::from_utf8(text.clone()).unwrap();
            if !text.contains("package ") {
                continue;
            }
            let formatted = format(path, &text).unwrap();
            assert_eq!(format(path, &formatted).unwrap(), formatted, "{}", case.name);
            for line in text.lines().filter_map(|line| line.split_once("// ")).map(|(_, comment)| comment) {
                assert!(formatted.contains(line.trim()), "{}: `{line}` is lost:\n{formatted}", case.name);
            }
        }
    }
}

#[test]
fn every_slice_of_a_right_schema_stands_on_its_own() {
    for case in case::cases("ok") {
        let Ok(schema) = case.load() else { continue };
        for package in &schema.packages {
            let mut before: Option<Schema> = None;
            for version in schema.versions(package.id) {
                let slice = match schema.slice(package.id, version) {
                    Ok(slice) => slice,
                    Err(failure) => panic!("{} at {version}:\n{failure}", case.name),
                };
                if let Some(before) = before {
                    let (old, new) = (&before.packages[0], &slice.packages[0]);
                    assert!(old.types.len() <= new.types.len(), "{}", case.name);
                }
                before = Some(slice);
            }
        }
    }
}

#[test]
fn the_examples_are_right() {
    for case in case::schemas() {
        let schema = case.load().unwrap_or_else(|failure| panic!("{failure}"));
        let (path, text) = (&case.roots[0], &case.files[&case.roots[0]]);
        assert_eq!(
            schema.canonical(schema.packages[0].id).as_bytes(),
            text,
            "{} is not formatted",
            path.display()
        );
    }
}

#[test]
fn a_failure_knows_the_files_it_read() {
    let failure = parse_str("a.lymph", "package a @ 1.0.0; use b.{C};").unwrap_err();
    assert_eq!(failure.files_read().collect::<Vec<_>>(), [std::path::Path::new("a.lymph")]);
    assert!(failure.render(RenderOptions::default().color(true)).contains("\u{1b}["));
    assert!(!failure.to_string().contains("\u{1b}["));
}
