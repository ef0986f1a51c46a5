//! What is generated for each schema beside its expectation; `BLESS=1` writes the expectations anew.

use std::fs;
use std::path::{Path, PathBuf};

use lymph_codegen::{Options, generate, generate_single};
use lymph_idl::Schema;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

#[track_caller]
fn load(paths: &[PathBuf]) -> Schema {
    lymph_idl::load(paths, &lymph_idl::Options::default()).unwrap()
}

/// Compares with the file, or writes it.
fn check(expected: &Path, text: &str, wrong: &mut Vec<String>) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(expected, text).unwrap();
    }
    let found = fs::read_to_string(expected).unwrap_or_default();
    let differs = found.lines().zip(text.lines()).position(|(found, text)| found != text);
    if found != text {
        let line = differs.unwrap_or_else(|| found.lines().count().min(text.lines().count()));
        let text = text.lines().nth(line).unwrap_or("the end");
        wrong.push(format!("{}:{}: now `{text}`", expected.display(), line + 1));
    }
}

#[test]
fn generated_code_is_as_expected() {
    let mut wrong = Vec::new();
    let mut schemas: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    schemas.push(folder().join("maps/geo.lymph"));
    schemas.retain(|path| path.extension().is_some_and(|extension| extension == "lymph"));
    assert!(schemas.len() > 10, "the corpus is in {}", folder().display());
    for schema in schemas {
        let text = generate_single(&load(std::slice::from_ref(&schema)), &Options::default()).unwrap();
        check(&schema.with_extension("rs"), &text, &mut wrong);
    }
    assert!(wrong.is_empty(), "look at the difference, then bless it with BLESS=1:\n{}", wrong.join("\n"));
}

#[test]
fn files_and_their_entries_are_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    let paths =
        ["echo/v1.lymph", "echo/v2.lymph", "greeting.lymph", "listen.lymph"].map(|path| root.join(path));
    let paths = [&paths[..], &[folder().join("maps/geo.lymph")]].concat();
    let mut text = String::new();
    for file in generate(&load(&paths), &Options::default()).unwrap() {
        text.push_str(&format!("==== {}\n", file.path));
        // Entries in full; the others stand in the test above.
        if file.path.matches('/').count() < 2 {
            text.push_str(&file.text);
        }
    }
    let mut wrong = Vec::new();
    check(&folder().join("layout.txt"), &text, &mut wrong);
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn nothing_generated_holds_a_literal_of_several_lines() {
    // Lines are indented blindly where files are nested in modules.
    for (file, _) in golden_texts() {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate() {
            let code = line.trim_start();
            let quotes = code.replace("\\\\", "").replace("\\\"", "").matches('"').count();
            let is_comment = code.starts_with("//");
            assert!(is_comment || quotes.is_multiple_of(2), "{}:{}: {code}", file.display(), number + 1);
        }
    }
}

#[test]
fn every_path_is_absolute_or_our_own() {
    for (file, text) in golden_texts() {
        for line in text.lines().map(str::trim_start).filter(|line| !line.starts_with("//")) {
            for name in ["Option<", "Vec<", "Result<", "String::", "Box<", "Some(", "Ok(", "Err("] {
                let bare = line.match_indices(name).any(|(at, _)| {
                    let before = line[..at].chars().next_back().unwrap_or(' ');
                    !before.is_alphanumeric() && before != ':' && before != '_'
                });
                assert!(!bare || line.contains('"'), "{}: `{line}`", file.display());
            }
        }
    }
}

fn golden_texts() -> Vec<(PathBuf, String)> {
    let paths = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    paths.map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}
