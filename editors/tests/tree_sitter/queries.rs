//! The queries that editors ask: they fit the grammar, and say of a schema with everything in it what they did.

use std::fmt::Write;
use std::fs;

use lymph_editors::{Verdict, captures, check, corpus, folder, nodes, parse, query};
use lymph_idl::language::builtin_types;

use crate::names::is_keyword;

/// Each in `queries/NAME.scm`.
const QUERIES: [&str; 5] = ["folds", "highlights", "indents", "locals", "tags"];

#[test]
fn every_query_is_tested() {
    let folder = folder().join("tree-sitter-lymph/queries");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, QUERIES.map(|name| format!("{name}.scm")));
}

#[test]
fn queries_say_what_they_said() {
    let text = fs::read_to_string(folder().join("tests/showcase.lymph")).unwrap();
    for name in QUERIES {
        let mut shown = String::new();
        for ((start, end), names) in captures(&query(name), &text) {
            let line = text[..start].matches('\n').count() + 1;
            let first = text[start..end].lines().next().unwrap_or_default();
            let more = if text[start..end].contains('\n') { " …" } else { "" };
            writeln!(shown, "{line}: {first}{more}  {}", names.join(" ")).unwrap();
        }
        check(&shown, format!("tests/tree_sitter/expected/{name}.txt"));
    }
}

/// Editors differ in which of several colours wins, and a word without any looks like a mistake.
#[test]
fn every_token_has_one_colour() {
    let query = query("highlights");
    for sample in corpus().iter().filter(|sample| sample.verdict == Verdict::Accepted) {
        let coloured = captures(&query, &sample.text);
        let path = sample.path.display();
        for (place, names) in &coloured {
            assert_eq!(names.len(), 1, "{path}: `{}` is {names:?}", &sample.text[place.0..place.1]);
        }
        for token in lymph_idl::tokens(&sample.text) {
            let (start, end) = (token.start as usize, token.end as usize);
            let is_inside = |place: &(usize, usize)| place.0 < end && start < place.1;
            let colours: Vec<_> = coloured.iter().filter(|(place, _)| is_inside(place)).collect();
            assert!(!colours.is_empty(), "{path}: `{}` has no colour", token.text(&sample.text));
        }
    }
}

#[test]
fn keywords_look_like_keywords() {
    let query = query("highlights");
    for sample in corpus().iter().filter(|sample| sample.verdict == Verdict::Accepted) {
        let coloured = captures(&query, &sample.text);
        let tree = parse(&sample.text);
        let is_keyword_at = |place: &(usize, usize)| coloured[place][0].starts_with("keyword");
        let found: Vec<_> = coloured.keys().copied().filter(is_keyword_at).collect();
        let keywords = nodes(&tree).into_iter().filter(|node| is_keyword(*node));
        let mut wanted: Vec<_> = keywords.map(|node| (node.start_byte(), node.end_byte())).collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{}", sample.path.display());
    }
}

#[test]
fn built_in_types_look_like_that() {
    let query = query("highlights");
    for name in builtin_types() {
        let text = format!("package a @ 1.0.0;\ntype A = b.{name};\ntype B = {name};\n");
        let kinds: Vec<_> = captures(&query, &text)
            .into_iter()
            .filter(|((start, end), _)| &text[*start..*end] == name)
            .map(|(_, names)| names.concat())
            .collect();
        assert_eq!(kinds, ["type", "type.builtin"], "{name}");
    }
}
