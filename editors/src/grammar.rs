//! The tree-sitter grammar as a library.

use std::collections::BTreeMap;
use std::fs;

use tree_sitter::{Node, Parser, Query, QueryCursor, StreamingIterator, Tree};
use tree_sitter_language::LanguageFn;

use crate::folder;

#[allow(unsafe_code, reason = "the generated parser is C, and this is its only function")]
mod generated {
    use super::LanguageFn;

    unsafe extern "C" {
        fn tree_sitter_lymph() -> *const ();
    }

    // SAFETY: what tree-sitter generates under this name returns its one static language.
    pub(super) const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_lymph) };
}

/// What a query finds: first byte and one past the last, with the names of the captures there.
pub type Captures = BTreeMap<(usize, usize), Vec<String>>;

/// The tree of a text, which has one whatever it is.
///
/// # Panics
///
/// When `tree-sitter-lymph/src/parser.c` was made for another version of tree-sitter.
#[must_use]
pub fn parse(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&generated::LANGUAGE.into()).expect("made for this version of tree-sitter");
    parser.parse(text, None).expect("nobody cancels")
}

/// All nodes of a tree, in the order of the text.
#[must_use]
pub fn nodes(tree: &Tree) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut cursor = tree.walk();
    loop {
        found.push(cursor.node());
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
}

/// `tree-sitter-lymph/queries/NAME.scm`.
///
/// # Panics
///
/// When it does not fit the grammar.
#[must_use]
pub fn query(name: &str) -> Query {
    let path = folder().join(format!("tree-sitter-lymph/queries/{name}.scm"));
    let text = fs::read_to_string(&path).expect("every query is there");
    let query = Query::new(&generated::LANGUAGE.into(), &text);
    query.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What a query finds in a text.
#[must_use]
pub fn captures(query: &Query, text: &str) -> Captures {
    let tree = parse(text);
    let mut cursor = QueryCursor::new();
    let mut matches = cursor.matches(query, tree.root_node(), text.as_bytes());
    let mut found = Captures::new();
    while let Some(one) = matches.next() {
        for capture in one.captures {
            let range = capture.node.byte_range();
            let names = found.entry((range.start, range.end)).or_default();
            let name = query.capture_names()[capture.index as usize].to_owned();
            // A run of lines is found once from each of them.
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    found
}
