//! The cases of `tree-sitter-lymph/test/corpus`, in the form that `tree-sitter test` reads: a title between
//! lines of `=`, a text, a line of `---`, and its tree.

use std::fmt::Write;
use std::fs;

use lymph_editors::{check, folder, parse};
use tree_sitter::{Node, TreeCursor};

#[test]
fn trees_are_what_they_were() {
    let mut files = 0;
    for entry in fs::read_dir(folder().join("tree-sitter-lymph/test/corpus")).unwrap() {
        let path = entry.unwrap().path();
        let cases = fs::read_to_string(&path).unwrap();
        let mut found = String::new();
        for (title, text) in read(&cases) {
            let rule = "=".repeat(20);
            let tree = tree(&text);
            write!(found, "{rule}\n{title}\n{rule}\n\n{text}\n\n---\n\n{tree}\n\n").unwrap();
        }
        check(&format!("{}\n", found.trim_end()), path);
        files += 1;
    }
    assert!(files > 2, "only {files} files of cases");
}

/// The titles and texts of a file.
fn read(cases: &str) -> Vec<(String, String)> {
    let mut parts = cases.split("====================\n").skip(1);
    let mut found = Vec::new();
    while let (Some(title), Some(rest)) = (parts.next(), parts.next()) {
        let text = rest.split_once("\n---\n").map_or(rest, |(text, _)| text);
        found.push((title.trim().to_owned(), text.trim().to_owned()));
    }
    found
}

fn tree(text: &str) -> String {
    let tree = parse(text);
    let mut shown = String::new();
    show(&mut tree.walk(), 0, &mut shown);
    shown
}

/// Nodes with their names and fields, one a line, as tree-sitter's own tool writes them.
fn show(cursor: &mut TreeCursor<'_>, depth: usize, shown: &mut String) {
    let node: Node<'_> = cursor.node();
    if depth > 0 {
        write!(shown, "\n{}", "  ".repeat(depth)).unwrap();
    }
    if let Some(field) = cursor.field_name() {
        write!(shown, "{field}: ").unwrap();
    }
    let kind = if node.is_missing() { format!("MISSING {}", node.kind()) } else { node.kind().to_owned() };
    write!(shown, "({kind}").unwrap();
    if cursor.goto_first_child() {
        loop {
            if cursor.node().is_named() || cursor.node().is_missing() {
                show(cursor, depth + 1, shown);
            }
            if !cursor.goto_next_sibling() {
                break;
            }
        }
        cursor.goto_parent();
    }
    shown.push(')');
}
