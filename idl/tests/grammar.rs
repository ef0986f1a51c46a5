//! `docs/grammar.md` and the parser are the same language: what is right fits the grammar, and what the
//! grammar makes is right. Names are not looked up here.

#[path = "grammar/ebnf.rs"]
mod ebnf;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ebnf::{Ebnf, Term};
use lymph_idl::{Keyword, Punctuation, SchemaError, format};
use proptest::prelude::*;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn grammar() -> Ebnf {
    let page = fs::read_to_string(root().join("docs/grammar.md")).unwrap();
    let (_, rest) = page.split_once("```ebnf\n").unwrap();
    Ebnf::read(rest.split_once("```").unwrap().0)
}

/// Schema texts below a folder.
fn texts(folder: &str) -> Vec<(PathBuf, String)> {
    let mut texts = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "lymph") {
                texts.extend(String::from_utf8(fs::read(&path).unwrap()).ok().map(|text| (path, text)));
            }
        }
    }
    texts.sort();
    texts
}

fn is_syntax(error: &SchemaError) -> bool {
    matches!(error, SchemaError::Syntax { .. } | SchemaError::Unclosed { .. })
}

#[test]
fn every_rule_that_is_used_is_there_and_the_other_way_round() {
    let grammar = grammar();
    let mut used = BTreeSet::from(["file".to_owned()]);
    grammar.terms(&mut |term| {
        if let Term::Rule(name) = term {
            used.insert(name.clone());
        }
    });
    let defined: BTreeSet<String> =
        grammar.rules.keys().cloned().chain(ebnf::TOKENS.map(str::to_owned)).collect();
    assert_eq!(used, defined);
}

#[test]
fn keywords_and_marks_are_those_of_the_lexer() {
    let mut written = BTreeSet::new();
    grammar().terms(&mut |term| {
        if let Term::Written(text) = term {
            written.insert(text.clone());
        }
    });
    let keywords = Keyword::ALL.iter().map(|keyword| keyword.text());
    let marks = Punctuation::ALL.iter().map(|mark| mark.text());
    assert_eq!(written, keywords.chain(marks).map(str::to_owned).collect());
}

#[test]
fn rules_that_the_source_names_are_there() {
    let grammar = grammar();
    let mut named = 0;
    for entry in fs::read_dir(root().join("idl/src/parse")).unwrap() {
        let source = fs::read_to_string(entry.unwrap().path()).unwrap();
        for (at, mark) in source.match_indices("Rule `") {
            let rest = &source[at + mark.len()..];
            let rule = rest.split_once('`').unwrap().0;
            assert!(grammar.rules.contains_key(rule), "no rule `{rule}`");
            named += 1;
        }
    }
    assert!(named > 10);
}

#[test]
fn right_schemas_fit() {
    let grammar = grammar();
    let mut fitting = 0;
    for (path, text) in texts("idl/tests").into_iter().chain(texts("schemas")) {
        let text = text.trim_start_matches('\u{feff}');
        let fits = grammar.fits(text);
        let parses = format(&path, text).is_ok();
        // Some mistakes in tokens are the parser's to find.
        assert!(fits || !parses, "{} parses, but does not fit", path.display());
        if let Err(failure) = format(&path, text)
            && failure.errors.iter().any(is_syntax)
        {
            assert!(!fits, "{} fits, but does not parse:\n{failure}", path.display());
        }
        fitting += usize::from(fits);
    }
    assert!(fitting > 50);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, max_shrink_iters: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_grammar_makes_parses(choices in prop::collection::vec(any::<u8>(), 200..2_000)) {
        let text = grammar().make(&choices);
        if let Err(failure) = format("a.lymph", &text) {
            // What numbers must look like, their places say.
            prop_assert!(!failure.errors.iter().any(is_syntax), "{}\n{}", text, failure);
        }
    }
}
