//! Schemas that were written for other tests: rules and repairs cope with whatever the language allows.

use std::fs;
use std::path::{Path, PathBuf};

use lymph_idl::{FileSystem, Options, analyze};
use lymph_lint::fix::fix;
use lymph_lint::{Level, Levels, RULES, lint};

/// Every schema below a folder of the repository that stands alone or finds its imports.
fn schemas(folder: &str) -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "lymph")
                && analyze([&path], &Options::new(), &FileSystem).errors.is_empty()
            {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no schema in {folders:?}");
    found
}

fn everything() -> Levels {
    let mut levels = Levels::default();
    RULES.iter().for_each(|rule| levels.set(rule.id, Level::Deny).unwrap());
    levels
}

#[test]
fn the_schemas_of_the_repository_are_clean() {
    for path in schemas("schemas") {
        let lints = lint(&analyze([&path], &Options::new(), &FileSystem), &Levels::default());
        assert!(lints.is_empty(), "{}: {lints:?}", path.display());
    }
}

#[test]
fn whatever_compiles_can_be_repaired() {
    for path in ["idl/tests/parse/ok", "codegen/tests/golden"].iter().flat_map(|folder| schemas(folder)) {
        let fixed = fix([&path], &Options::new(), &FileSystem, &everything());
        let shown = path.display();
        assert!(fixed.analysis.errors.is_empty(), "{shown}");
        let left: Vec<_> = fixed.lints.iter().filter(|lint| lint.fix.is_some()).collect();
        assert!(left.is_empty(), "{shown}: {left:?}");
    }
}

/// Spans lie in the files that were asked for, and edits at the borders of characters.
#[test]
fn findings_are_where_they_say() {
    for path in schemas("idl/tests/parse/ok") {
        let analysis = analyze([&path], &Options::new(), &FileSystem);
        let sources = &analysis.schema.sources;
        for lint in lint(&analysis, &everything()) {
            assert_eq!(sources.file(lint.span.file).path, path);
            assert!(!sources.text(lint.span).is_empty(), "{}: {lint:?}", path.display());
            for edit in lint.fix.iter().flat_map(|fix| &fix.edits) {
                let _ = sources.text(edit.span);
            }
        }
    }
}
