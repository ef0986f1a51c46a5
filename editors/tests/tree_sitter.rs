//! The tree-sitter grammar reads what the schema compiler's parser reads, and sees the same in it.

#[path = "tree_sitter/names.rs"]
mod names;
#[path = "tree_sitter/queries.rs"]
mod queries;
#[path = "tree_sitter/trees.rs"]
mod trees;

use std::fs;

use lymph_editors::{Verdict, check, corpus, folder, nodes, parse};
use tree_sitter_generate::{OptLevel, generate_parser_in_directory};

/// What is checked in of what tree-sitter generates: all that compiling the parser takes, and the descriptions
/// of the grammar and its nodes that tools ask for.
const GENERATED: [&str; 4] = ["grammar.json", "node-types.json", "parser.c", "tree_sitter/parser.h"];

/// The version of the parser's tables, which is the newest.
const ABI: usize = 15;

#[test]
fn the_parser_is_what_the_grammar_makes() {
    let target = tempfile::tempdir().unwrap();
    let grammar = folder().join("tree-sitter-lymph");
    let made = generate_parser_in_directory(
        grammar,
        Some(target.path()),
        None::<&str>,
        ABI,
        None,
        Some("node"),
        true,
        OptLevel::default(),
    );
    made.unwrap_or_else(|error| panic!("{error}; `cargo xtask setup` installs Node.js"));
    for file in GENERATED {
        let made = fs::read_to_string(target.path().join(file)).unwrap();
        check(&made, format!("tree-sitter-lymph/src/{file}"));
    }
}

#[test]
fn what_the_parser_reads_is_read() {
    let mut wrong = Vec::new();
    for sample in corpus() {
        let tree = parse(&sample.text);
        let error = nodes(&tree).into_iter().find(|node| node.is_error() || node.is_missing());
        let error = error.map(|node| format!("{}:{}", sample.path.display(), node.start_position().row + 1));
        match (sample.verdict, error) {
            (Verdict::Accepted, Some(place)) => wrong.push(format!("{place}: an error where there is none")),
            (Verdict::Broken, None) => wrong.push(format!("{}: no error", sample.path.display())),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
