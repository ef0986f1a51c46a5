//! Walks `rules`: one folder for each rule, named like its id.
//!
//! `BLESS=1 cargo test -p lymph-lint` rewrites what is expected; review the difference.
//!
//! `bad.lymph` is what the rule finds something in, told in `expected.txt`, and what comes of it where it can be
//! repaired is `fixed.lymph`. In `good.lymph` no rule that is on by default finds anything. Both are what
//! `lymph-idl explain` shows. Other files are there to be imported.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use lymph_config::Level;
use lymph_idl::{Analysis, Memory, Options, RenderOptions, analyze};
use lymph_lint::fix::{Fixed, fix};
use lymph_lint::{Levels, Lint, RULES, Rule, lint, render};

fn folder(rule: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules").join(rule)
}

/// The files of a rule's folder.
fn files(rule: &Rule) -> Memory {
    let entries = fs::read_dir(folder(rule.id)).unwrap().map(|entry| entry.unwrap().path());
    let schemas = entries.filter(|path| path.extension().is_some_and(|extension| extension == "lymph"));
    schemas.fold(Memory::new(), |files, path| files.file(path.file_name().unwrap(), fs::read(&path).unwrap()))
}

/// Only `rule` is on, or also all that are on by default.
fn levels(rule: &Rule, others: bool) -> Levels {
    let mut levels = Levels::default();
    for other in RULES {
        levels.set(other.id, if others { other.level } else { Level::Allow }).unwrap();
    }
    if rule.level == Level::Allow || !others {
        levels.set(rule.id, rule.level.max(Level::Warn)).unwrap();
    }
    levels
}

fn read(rule: &Rule, name: &str) -> Analysis {
    let analysis = analyze([name], &Options::default(), &files(rule));
    assert!(analysis.errors.is_empty(), "{}/{name}: {:?}", rule.id, analysis.errors);
    analysis
}

/// Levels under which `rule` finds what it finds. What is unused shows only beside the rules that would use it.
fn alone(rule: &Rule) -> Levels {
    levels(rule, rule.id == "suppression-unused")
}

fn compare(path: &Path, actual: &str) {
    if std::env::var_os("BLESS").is_some() {
        if fs::read_to_string(path).unwrap_or_default() != actual {
            fs::write(path, actual).unwrap();
        }
    } else {
        assert_eq!(actual, fs::read_to_string(path).unwrap_or_default(), "{}", path.display());
    }
}

fn shown(lints: &[Lint], analysis: &Analysis) -> String {
    let options = RenderOptions::default();
    let mut reports = Vec::new();
    for lint in lints {
        let mut report = render(lint, &analysis.schema.sources, options);
        if let Some(fix) = &lint.fix {
            report.push_str(&format!("   fix: {}\n", fix.title));
        }
        reports.push(report);
    }
    reports.join("\n")
}

fn repair(rule: &Rule, files: &Memory, levels: &Levels) -> Fixed {
    let fixed = fix(["bad.lymph"], &Options::default(), files, levels);
    assert!(fixed.analysis.errors.is_empty(), "{}", rule.id);
    fixed
}

#[test]
fn each_rule_finds_what_is_bad() {
    for rule in RULES {
        let analysis = read(rule, "bad.lymph");
        let lints = lint(&analysis, &alone(rule));
        assert!(lints.iter().any(|lint| lint.rule.id == rule.id), "{} finds nothing", rule.id);
        compare(&folder(rule.id).join("expected.txt"), &shown(&lints, &analysis));
    }
}

#[test]
fn no_rule_finds_anything_in_what_is_good() {
    for rule in RULES {
        let analysis = read(rule, "good.lymph");
        let lints = lint(&analysis, &levels(rule, true));
        assert!(lints.is_empty(), "{}/good.lymph:\n{}", rule.id, shown(&lints, &analysis));
    }
}

#[test]
fn what_can_be_repaired_is() {
    for rule in RULES {
        let path = folder(rule.id).join("fixed.lymph");
        let levels = alone(rule);
        let fixed = repair(rule, &files(rule), &levels);
        assert_eq!(!fixed.files.is_empty(), rule.fixable, "{}", rule.id);
        let Some(file) = fixed.files.first() else {
            assert!(!path.exists(), "{} repairs nothing", rule.id);
            continue;
        };
        assert_eq!((fixed.files.len(), file.path.as_path()), (1, Path::new("bad.lymph")), "{}", rule.id);
        compare(&path, &file.after);
        let left: Vec<&Lint> = fixed.lints.iter().filter(|lint| lint.fix.is_some()).collect();
        assert!(left.is_empty(), "{}: {left:?}", rule.id);

        let again = repair(rule, &files(rule).file("bad.lymph", file.after.as_str()), &levels);
        assert!(again.files.is_empty(), "{}: a second time changes more", rule.id);
    }
}

/// All rules at once on every file: no repair gets into another one's way.
#[test]
fn repairs_of_different_rules_go_together() {
    let mut levels = Levels::default();
    RULES.iter().for_each(|rule| levels.set(rule.id, Level::Warn).unwrap());
    for rule in RULES {
        let fixed = repair(rule, &files(rule), &levels);
        let left: Vec<&Lint> = fixed.lints.iter().filter(|lint| lint.fix.is_some()).collect();
        assert!(left.is_empty(), "{}: {left:?}", rule.id);
    }
}

#[test]
fn rules_files_and_folders_are_the_same_set() {
    let ids: BTreeSet<String> = RULES.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(ids.len(), RULES.len(), "an id is there twice");
    assert!(RULES.is_sorted_by_key(|rule| rule.id), "`RULES` is in order of ids");
    let named = |folder: &str| -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| path.file_stem().unwrap().to_str().unwrap().replace('_', "-")).collect()
    };
    assert_eq!(named("src/rules"), ids, "left: files of src/rules, right: `RULES`");
    assert_eq!(named("tests/rules"), ids, "left: folders of tests/rules, right: `RULES`");
}

#[test]
fn rules_say_what_they_are_in_one_style() {
    for rule in RULES {
        let id = rule.id;
        assert!(!rule.summary.ends_with('.') && !rule.summary.contains('\n'), "{id}: {}", rule.summary);
        assert!(rule.explanation.ends_with('.') && !rule.explanation.contains("  "), "{id}");
        let lints = lint(&read(rule, "bad.lymph"), &alone(rule));
        for lint in lints {
            let first = lint.message.chars().next().unwrap();
            assert!(!first.is_uppercase() || first == 'H', "{id}: {}", lint.message);
            assert!(!lint.message.ends_with('.'), "{id}: {}", lint.message);
            assert!(lint.help.is_some(), "{id} does not say what to do");
        }
    }
}
