//! What no compiler checks: leftovers, orphans, files grown too long, links to nowhere.

mod files;

use std::collections::BTreeSet;
use std::path::Path;

use files::{File, files, root};

/// Lines a source file may have before it is to be divided.
const MAX_LINES: usize = 500;

/// Files that are longer, each with the reason why dividing it would not help its reader.
const LONG: &[(&str, &str)] = &[
    ("idl/src/error.rs", "one variant for each mistake in a schema, in one list that one reads through"),
    ("runtime/tests/events/conformance.rs", "the one list of promises that every event bus is held to"),
];

#[test]
fn source_files_are_short() {
    let long = |path: &str| LONG.iter().any(|(long, _)| *long == path);
    let mut wrong = Vec::new();
    for file in sources().filter(|file| !file.is_generated()) {
        let lines = file.text().lines().count();
        if lines > MAX_LINES && !long(&file.path) {
            wrong.push(format!("{}: {lines} lines", file.path));
        }
        if lines <= MAX_LINES && long(&file.path) {
            wrong.push(format!("{}: short again, so drop it from `LONG`", file.path));
        }
    }
    report("files with more than one purpose", &wrong);
}

#[test]
fn nothing_names_the_machine_of_a_developer() {
    // In two parts each, so that this file passes.
    let homes =
        [["/ho", "me/"], ["/ro", "ot/"], ["/Use", "rs/"], ["/wo", "rk/"], ["C:", "\\"]].map(|it| it.concat());
    report("paths of one machine", &lines_with(&homes));
}

#[test]
fn nothing_is_left_to_be_done() {
    let marks = [["TO", "DO"], ["FIX", "ME"], ["<<<", "<<<<"]].map(|it| it.concat());
    report("marks of unfinished work", &lines_with(&marks));
}

#[test]
fn no_file_is_a_leftover() {
    let leftover = |file: &&File| {
        let name = file.path.rsplit('/').next().expect("split yields one part or more");
        [".orig", ".rej", ".bak", ".tmp", ".swp", "~"].iter().any(|end| name.ends_with(end))
            || [".DS_Store", "nohup.out", "core"].contains(&name)
            // An empty file is a case like any other for a test that reads files.
            || file.bytes.is_empty() && !file.path.contains("tests/")
    };
    let wrong: Vec<_> = files().iter().filter(leftover).map(|file| file.path.clone()).collect();
    report("leftovers and empty files", &wrong);
}

/// A file that no `mod` names is compiled by nobody, and rustc does not mind.
#[test]
fn every_module_file_has_a_parent() {
    let all = files();
    let mut wrong = Vec::new();
    for file in all.iter().filter(|file| file.path.ends_with(".rs") && file.path.contains("/src/")) {
        let path = Path::new(&file.path);
        let folder = path.parent().expect("in a folder");
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("UTF-8");
        let is_root = matches!(stem, "lib" | "main") || folder.ends_with("src/bin");
        if is_root || file.is_generated() {
            continue;
        }
        let parents = [folder.with_extension("rs"), folder.join("lib.rs"), folder.join("main.rs")];
        let named = format!("mod {stem};");
        // A macro may declare one module a line: `family!` does for rules, `formats!` for ways of writing.
        let listed = format!("    {stem},\n");
        let names = |text: &str| {
            text.contains(&named)
                || (["family!", "formats!"].iter().any(|it| text.contains(it)) && text.contains(&listed))
        };
        let named_by =
            |parent: &Path| all.iter().any(|file| Path::new(&file.path) == parent && names(&file.text()));
        // Binaries of one crate may have modules in `src` too.
        if !parents.iter().any(|parent| named_by(parent)) && !file.path.contains("/src/bin/") {
            wrong.push(format!("{}: no `{named}` in {}", file.path, parents[0].display()));
        }
    }
    report("files outside every crate", &wrong);
}

#[test]
fn every_guide_is_linked_from_the_readme() {
    let all = files();
    let readme = all.iter().find(|file| file.path == "README.md").expect("a README").text();
    let guides = all.iter().filter(|file| file.path.starts_with("docs/") && file.path.ends_with(".md"));
    let wrong: Vec<_> = guides.filter(|file| !readme.contains(&format!("({})", file.path))).collect();
    report("guides that nobody finds", &wrong.iter().map(|file| file.path.clone()).collect::<Vec<_>>());
}

#[test]
fn links_between_documents_lead_somewhere() {
    let all = files();
    let mut wrong = Vec::new();
    for file in all.iter().filter(|file| file.path.ends_with(".md")) {
        let folder = Path::new(&file.path).parent().expect("a file is in a folder");
        let text = file.text();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target =
                if path.is_empty() { root().join(&file.path) } else { root().join(folder).join(path) };
            if !target.exists() {
                wrong.push(format!("{}: no file {link}", file.path));
            } else if !anchor.is_empty() && !anchors(&target).contains(anchor) {
                wrong.push(format!("{}: no heading {link}", file.path));
            }
        }
    }
    report("broken links", &wrong);
}

/// Headings of a document, as links name them.
fn anchors(path: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let slug = |heading: &str| {
        let title = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        title.chars().filter(|char| char.is_alphanumeric() || matches!(char, '-' | '_')).collect()
    };
    headings.map(slug).collect()
}

fn sources() -> impl Iterator<Item = File> {
    let written =
        |path: &str| [".rs", ".py", ".sh", ".js", ".c", ".scm"].iter().any(|end| path.ends_with(end));
    files().into_iter().filter(move |file| written(&file.path))
}

/// Where any of `words` occurs, as `path:line: word`.
fn lines_with(words: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files().iter().filter(|file| file.path != "Cargo.lock") {
        for (index, line) in file.text().lines().enumerate() {
            for word in words.iter().filter(|word| line.contains(*word)) {
                found.push(format!("{}:{}: {word}", file.path, index + 1));
            }
        }
    }
    found
}

fn report(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{what}:\n  {}\n", wrong.join("\n  "));
}
