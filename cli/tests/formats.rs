//! Every format of `lymph-idl diff` over the cases of every rule: none fails, and programs can read each.
//!
//! `BLESS=1` rewrites `docs/schemas/diff.schema.json`.

use std::path::{Path, PathBuf};
use std::{env, fs};

use clap::Parser;
use jsonschema::Validator;
use lymph_cli::idl::{self, args::Args};
use lymph_cli::output::{Outcome, Terminal};
use serde_json::Value;

/// The schema of OASIS for logs of SARIF 2.1.0, as the crate `serde-sarif` carries it.
const SARIF: &str = include_str!("formats/sarif-2.1.0.schema.json");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Both sides of every case of every rule.
fn cases() -> Vec<(PathBuf, PathBuf)> {
    let entries = fs::read_dir(root().join("diff/tests/rules")).expect("cases of rules");
    let folders = entries.map(|entry| entry.expect("just listed").path()).filter(|path| path.is_dir());
    let side = |folder: &Path, name: &str| {
        let file = folder.join(format!("{name}.lymph"));
        if file.exists() { file } else { folder.join(name) }
    };
    let mut cases: Vec<_> = folders.map(|folder| (side(&folder, "old"), side(&folder, "new"))).collect();
    cases.sort();
    assert!(cases.len() > 10, "{} cases", cases.len());
    cases
}

/// What a command line writes.
#[track_caller]
fn run(arguments: &[&str]) -> String {
    let arguments = [&["lymph-idl"], arguments].concat();
    let args = Args::try_parse_from(&arguments).expect("a command line");
    let mut terminal = Terminal::plain(Vec::new());
    match idl::run(&args, &mut terminal) {
        Ok(Outcome::Fine | Outcome::Found) => {}
        Err(trouble) => panic!("{arguments:?}: {trouble:?}"),
    }
    String::from_utf8(terminal.into_inner()).expect("UTF-8")
}

/// Writes every case and lets `check` look at it.
fn check(format: &str, check: impl Fn(&str)) {
    for (old, new) in cases() {
        let [old, new] = [&old, &new].map(|path| path.to_str().expect("UTF-8"));
        // The others say everything anyway.
        let can_say_more = ["human", "github", "markdown"].contains(&format);
        let variants: &[&[&str]] = if can_say_more { &[&[], &["--verbose"]] } else { &[&[]] };
        for more in variants {
            let text = run(&[&["diff", old, new, "--format", format], *more].concat());
            // Shown for the case that fails only.
            eprintln!("{new}\n{text}");
            check(&text);
        }
    }
}

fn validator(schema: &Value) -> Validator {
    jsonschema::options().should_validate_formats(true).build(schema).expect("a JSON Schema")
}

#[track_caller]
fn validate(validator: &Validator, text: &str) -> Value {
    let value: Value = serde_json::from_str(text).expect("JSON");
    let mistakes: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
    value
}

#[test]
fn people_get_lines_that_fit() {
    check("human", |text| {
        assert!(!text.contains('\u{1b}') && !text.contains("\n\n\n"));
        // Names of the cases' files are as long as the folder of this repository makes them.
        let source =
            |line: &str| line.starts_with("  ┌─") || line.starts_with("  └─") || line.starts_with("  ──");
        for line in text.lines().filter(|line| !source(line)) {
            assert!(line.chars().count() <= 140 || !line.trim().contains(' '), "{line}");
            assert_eq!(line.trim_end(), line);
        }
    });
}

#[test]
fn json_is_of_its_schema() {
    let validator = validator(&serde_json::from_str(&run(&["schema", "diff"])).expect("JSON"));
    check("json", |text| {
        let document = validate(&validator, text);
        assert_eq!(document["unclassified"].as_array().map(Vec::len), Some(0));
    });
}

#[test]
fn the_schema_in_the_guide_is_fresh() {
    let (path, schema) = (root().join("docs/schemas/diff.schema.json"), run(&["schema", "diff"]));
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &schema).expect("the guide can be written");
    }
    assert_eq!(fs::read_to_string(path).unwrap_or_default(), schema, "BLESS=1 rewrites it");
}

#[test]
fn sarif_is_of_the_schema_of_oasis() {
    // A stray bracket makes it no regular expression for strict readers.
    let schema = SARIF.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    let validator = validator(&serde_json::from_str(&schema).expect("JSON"));
    check("sarif", |text| {
        let log = validate(&validator, text);
        let run = &log["runs"][0];
        for result in run["results"].as_array().expect("results") {
            let rule =
                &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("a rule") as usize];
            assert_eq!(rule["id"], result["ruleId"]);
            assert_eq!(result["locations"].as_array().map(Vec::len), Some(1));
        }
    });
}

#[test]
fn gitlab_gets_what_it_asks_for() {
    check("gitlab", |text| {
        let report: Value = serde_json::from_str(text).expect("JSON");
        let mut fingerprints: Vec<&str> = Vec::new();
        for issue in report.as_array().expect("a list") {
            for field in ["description", "check_name", "fingerprint"] {
                assert!(issue[field].as_str().is_some_and(|text| !text.is_empty()), "{issue}");
            }
            let severity = issue["severity"].as_str().expect("a text");
            assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
            assert!(issue["location"]["path"].as_str().is_some_and(|path| !path.is_empty()));
            assert!(issue["location"]["lines"]["begin"].as_u64().is_some_and(|line| line > 0));
            fingerprints.push(issue["fingerprint"].as_str().expect("just seen"));
        }
        let count = fingerprints.len();
        fingerprints.sort_unstable();
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), count);
    });
}

#[test]
fn junit_is_xml_that_counts_right() {
    check("junit", |text| {
        let document = roxmltree::Document::parse(text).expect("XML");
        let root = document.root_element();
        assert_eq!(root.tag_name().name(), "testsuites");
        for suite in root.children().filter(roxmltree::Node::is_element) {
            let cases = || suite.children().filter(roxmltree::Node::is_element);
            let has = |name| cases().filter(|case| case.children().any(|it| it.has_tag_name(name))).count();
            let said = |name| suite.attribute(name).and_then(|count| count.parse().ok());
            assert_eq!(said("tests"), Some(cases().count()));
            assert_eq!(said("failures"), Some(has("failure")));
            assert_eq!(said("errors"), Some(has("error")));
            assert_eq!(said("skipped"), Some(has("skipped")));
        }
    });
}

#[test]
fn github_gets_one_command_a_line() {
    check("github", |text| {
        for line in text.lines() {
            let (command, _) =
                line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect("a command");
            let (kind, properties) = command.split_once(' ').expect("properties");
            assert!(["error", "warning", "notice"].contains(&kind), "{line}");
            for property in properties.split(',') {
                assert!(property.split_once('=').is_some_and(|(_, value)| !value.is_empty()), "{line}");
            }
        }
    });
}

#[test]
fn markdown_has_headings_and_lists() {
    check("markdown", |text| {
        for line in text.lines().filter(|line| !line.is_empty() && *line != "No changes.") {
            assert!(["## ", "### ", "- ", "  - "].iter().any(|start| line.starts_with(start)), "{line}");
        }
    });
}

#[test]
fn oneline_is_a_line_for_each_finding() {
    check("oneline", |text| {
        for line in text.lines() {
            let mut parts = line.splitn(4, ':');
            assert!(parts.next().is_some_and(|path| path.ends_with(".lymph")), "{line}");
            assert!(parts.by_ref().take(2).all(|number| number.parse::<usize>().is_ok()), "{line}");
            assert!(line.ends_with(']'), "{line}");
        }
    });
}
