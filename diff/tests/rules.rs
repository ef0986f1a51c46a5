//! Walks `rules/<id>/`: `old.lymph`, `new.lymph` and what is expected of them.
//!
//! `BLESS=1 cargo test -p lymph-diff --test rules` rewrites what is expected; review the difference.

#[path = "rules/summary.rs"]
mod summary;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use lymph_diff::{Acceptance, Consequence, Policy, RULES, Report, Rule, diff};
use lymph_idl::{Memory, Schema};

/// Where the rules' cases are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

/// The names of all cases, sorted.
fn cases() -> BTreeSet<String> {
    let entries = fs::read_dir(folder()).expect("the folder is there");
    let entries = entries.map(|entry| entry.expect("it can be read"));
    let folders = entries.filter(|entry| entry.path().is_dir());
    folders.map(|entry| entry.file_name().into_string().expect("names are ASCII")).collect()
}

/// One side of a case: a file, or a folder of files.
fn load(case: &str, side: &str) -> Schema {
    let options = lymph_idl::Options::default();
    let file = folder().join(case).join(format!("{side}.lymph"));
    let roots = if file.exists() { vec![file] } else { files(&folder().join(case).join(side)) };
    lymph_idl::load(roots, &options).unwrap_or_else(|failure| panic!("{case}/{side}:\n{failure}"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    // Folders hold what is imported.
    let mut files: Vec<_> = paths.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// In the cases about history something was released before, in those about acceptances something is
/// accepted.
fn policy(rule: &str, old: &Schema) -> Policy {
    let before = "package example @ 1.0.0; event moved { rooms: u8 }";
    let released = match rule {
        "released-slice-changed" => vec![old.clone()],
        "transitive-break" => vec![lymph_idl::parse_str("released.lymph", before).expect("it is right")],
        _ => Vec::new(),
    };
    let mut policy = Policy { released, ..Policy::default() };
    let acceptance = || {
        let (reason, by) = ("only we call it".to_owned(), "maria".to_owned());
        ("3f9c21b9d04e".to_owned(), Acceptance { reason, by, until: Some("1.1.0".to_owned()) })
    };
    match rule {
        "acceptance-stale" => policy.accepted.extend([acceptance()]),
        "acceptance-expired" => policy.expired.extend([acceptance()]),
        _ => {}
    }
    policy
}

fn compare(case: &str) -> (Schema, Schema, Report) {
    let (old, new) = (load(case, "old"), load(case, "new"));
    let report = diff(&old, &new, &policy(case, &old));
    (old, new, report)
}

#[test]
fn every_case_says_what_is_expected() {
    let mut differing = Vec::new();
    for case in cases() {
        let (old, new, report) = compare(&case);
        let actual = summary::of(&old, &new, &report);
        let path = folder().join(&case).join("expected.txt");
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if actual == expected {
            continue;
        }
        if env::var_os("BLESS").is_some() {
            fs::write(&path, actual).expect("the case can be written");
        } else {
            differing.push(format!("{case}:\n--- expected\n{expected}+++ found\n{actual}"));
        }
    }
    assert!(differing.is_empty(), "BLESS=1 rewrites what is expected\n{}", differing.join("\n"));
}

#[test]
fn every_rule_has_a_case_in_which_each_of_its_ids_is_told() {
    for rule in RULES {
        assert!(cases().contains(rule.id), "no case tests/rules/{}", rule.id);
        let (_, _, report) = compare(rule.id);
        let told: BTreeSet<String> = told(&report);
        for id in rule.ids() {
            assert!(told.contains(&id), "tests/rules/{}: `{id}` is not told, but {told:?}", rule.id);
        }
    }
}

#[test]
fn every_example_shows_its_rule() {
    for rule in RULES {
        // Rules about versions speak of the package line, and a move needs two, so their examples bring
        // them along.
        let side = |text: &str, version: &str| match text.contains("package ") {
            true => example(rule.id, text),
            false => example(rule.id, &format!("package example @ {version};\n{text}\n")),
        };
        let version = if matches!(rule.consequence, Consequence::Promise { .. }) { "1.0.0" } else { "1.1.0" };
        let (old, new) = (side(rule.example.old, "1.0.0"), side(rule.example.new, version));
        let report = diff(&old, &new, &policy(rule.id, &old));
        assert!(report.unclassified.is_empty(), "example of {}: {:?}", rule.id, report.unclassified);
        let rules: Vec<_> = report.findings.iter().map(|finding| &*finding.id).collect();
        assert!(report.findings.iter().any(|it| it.rule.id == rule.id), "example of {}: {rules:?}", rule.id);
    }
}

#[test]
fn nothing_goes_unclassified() {
    for case in cases() {
        let (_, _, report) = compare(&case);
        assert!(report.unclassified.is_empty(), "{case}: {:?}", report.unclassified);
    }
}

#[test]
fn fingerprints_tell_findings_apart() {
    for case in cases() {
        let (_, _, report) = compare(&case);
        let mut known = BTreeSet::new();
        for finding in &report.findings {
            // A change of several majors is accepted at once.
            let is_new = known.insert((&finding.package, &finding.fingerprint));
            assert!(is_new, "{case}: {} of {} is told twice", finding.id, finding.path);
        }
    }
}

#[test]
fn a_schema_against_itself_is_silent() {
    for case in cases() {
        for side in ["old", "new"] {
            let schema = load(&case, side);
            let report = diff(&schema, &schema, &Policy::default());
            // Two majors of one package can be at odds with each other whatever changes.
            let told: Vec<_> =
                report.findings.iter().filter(|it| it.rule.id != "event-cross-major-incompatible").collect();
            assert!(told.is_empty(), "{case}/{side}: {told:#?}");
            assert!(report.unclassified.is_empty(), "{case}/{side}: {:?}", report.unclassified);
        }
    }
}

#[test]
fn rules_and_their_files_are_the_same() {
    let mut files = BTreeSet::new();
    for family in ["shape", "method", "event", "version"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules").join(family);
        for file in self::files(&folder) {
            files.insert(file.file_stem().expect("a name").to_string_lossy().replace('_', "-"));
        }
    }
    let rules: BTreeSet<String> = RULES.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(rules.len(), RULES.len(), "an id is used twice");
    let mut told = BTreeSet::new();
    for id in RULES.iter().flat_map(|rule| rule.ids()) {
        assert!(told.insert(id.clone()), "`{id}` is told by two rules");
    }
    assert_eq!(rules, files);
    let extra: Vec<_> = cases().into_iter().filter(|case| !rules.contains(case)).collect();
    let cases_of_their_own: Vec<_> = extra.iter().filter(|case| !case.starts_with("case-")).collect();
    assert!(cases_of_their_own.is_empty(), "of no rule, and not named `case-…`: {cases_of_their_own:?}");
}

#[test]
fn rules_say_all_that_people_need() {
    for Rule { id, summary, message, explanation, fix, migration, .. } in RULES {
        for text in [summary, message, explanation, fix, migration] {
            assert!(!text.is_empty(), "{id}");
            assert_eq!(text.trim(), *text, "{id}");
        }
        assert!(!message.ends_with('.') && !summary.ends_with('.') && !fix.ends_with('.'), "{id}");
        assert!(explanation.ends_with('.') && migration.ends_with('.'), "{id}");
    }
}

/// The files of an example, each from its package line on.
fn example(id: &str, text: &str) -> Schema {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("package ") {
            let name = rest.split([' ', '@']).next().unwrap_or_default();
            let file = name.replace('.', "/");
            // Majors side by side: `v1.lymph`, `v2.lymph`.
            let major = rest.split(['@', '.']).nth(1 + name.matches('.').count()).unwrap_or_default().trim();
            let is_of_another = files.iter().any(|(path, _)| path.starts_with(&file));
            let path = if is_of_another { format!("{file}/v{major}.lymph") } else { format!("{file}.lymph") };
            files.push((path, String::new()));
        }
        let (_, text) = files.last_mut().unwrap_or_else(|| panic!("example of {id} has no package line"));
        text.extend([line, "\n"]);
    }
    let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    let memory =
        files.into_iter().fold(Memory::new(), |memory, (path, text)| memory.file(path, text.into_bytes()));
    lymph_idl::load_with(paths, &lymph_idl::Options::default(), &memory)
        .unwrap_or_else(|failure| panic!("example of {id}:\n{failure}"))
}

/// Every id that is told, of findings and of the positions in them.
fn told(report: &Report) -> BTreeSet<String> {
    let uses = report.findings.iter().flat_map(|finding| finding.uses.iter().map(|it| it.id.clone()));
    report.findings.iter().map(|finding| finding.id.clone()).chain(uses).collect()
}
