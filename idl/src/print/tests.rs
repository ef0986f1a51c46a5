//! What formatting must never do, over the corpus and over what chance makes of it.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{format, plain};
use crate::corpus::corpus;
use crate::lex::{TokenKind, tokens};
use crate::limits::Limits;
use crate::parse::parse;
use crate::source::SourceMap;

/// What a text means, without any layout; nothing when it does not parse.
fn meaning(text: &str) -> Option<String> {
    let file = SourceMap::default().add("a.lymph", text);
    let parsed = parse(file, text, &Limits::default());
    parsed.errors.is_empty().then(|| plain::text(&parsed.file))
}

/// Ordinary comments in order, without their indentation.
fn comments(text: &str) -> Vec<String> {
    let comments = tokens(text).filter(|token| token.kind == TokenKind::Comment);
    let trimmed = |comment: &str| comment.lines().map(|line| line.trim().to_owned() + "\n").collect();
    comments.map(|comment| trimmed(comment.text(text))).collect()
}

/// Formats a text that parses, and holds the result to everything that can be said about it.
fn check(text: &str) {
    let formatted = format("a.lymph", text).unwrap_or_else(|failure| panic!("{text}\n{failure}"));
    assert_eq!(meaning(&formatted), meaning(text), "the meaning changed\n{text}\n{formatted}");
    assert_eq!(comments(&formatted), comments(text), "the comments changed\n{text}\n{formatted}");
    assert_eq!(format("a.lymph", &formatted).unwrap(), formatted, "formatting again changes it\n{text}");
    assert!(formatted.ends_with('\n') && !formatted.ends_with("\n\n"), "{formatted}");
    assert!(!formatted.contains("\n\n\n") && !formatted.contains('\r'), "{formatted}");
    assert!(formatted.lines().all(|line| line.trim_end() == line), "{formatted}");
}

/// Bytes at which a token begins or ends, texts and docs left whole.
fn boundaries(text: &str) -> Vec<usize> {
    let mut found: Vec<usize> =
        tokens(text).flat_map(|token| [token.range().start, token.range().end]).collect();
    found.dedup();
    found
}

#[test]
fn a_comment_may_stand_between_any_two_tokens() {
    let kinds =
        ["/* c */", "\n/* c */\n", " // c\n", "\n// c\n\n", "\n\n/* c\n  d */", "/* c *//* d */ // e\n"];
    for text in corpus(&["tests/parse/ok", "tests/format"]) {
        for (at, comment) in boundaries(&text).into_iter().zip(kinds.iter().cycle()) {
            let (before, behind) = text.split_at(at);
            let commented = format!("{before}{comment}{behind}");
            // Inside of `a.b` and behind `///` there is no place for one.
            if comments(&commented).len() > comments(&text).len() && meaning(&commented).is_some() {
                check(&commented);
            }
        }
    }
}

#[test]
fn the_corpus_keeps_its_meaning() {
    for text in corpus(&["tests/parse", "tests/format", "../schemas"]) {
        check(&text);
        check(&text.replace('\n', "\r\n").replace("\r\r", "\r"));
    }
}

/// Read once for all cases.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| corpus(&["tests/parse", "tests/format"]));

/// A piece of what may stand between two tokens.
fn piece() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        4 => Just(" "),
        4 => Just("\n"),
        2 => Just("\n\n\n"),
        1 => Just("\t\r\n "),
        2 => Just("// c\n"),
        1 => Just("//\r\n"),
        4 => Just("/* c */"),
        1 => Just("/* a comment that leaves too little of its line for what stands around it */"),
        1 => Just("// a comment that leaves too little of its line for whatever stands in front of it\n"),
        1 => Just("/* c\n    * d\n\n */"),
        1 => Just("/*\n*/"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_layout_settles_at_once(
        index in any::<prop::sample::Index>(),
        gaps in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(piece(), 1..6)), 1..12),
    ) {
        let text = index.get(&TEXTS);
        let places = boundaries(text);
        let mut gaps: Vec<_> =
            gaps.into_iter().map(|(place, pieces)| (*place.get(&places), pieces.concat())).collect();
        gaps.sort_unstable();
        let mut changed = text.clone();
        for (place, gap) in gaps.iter().rev() {
            changed.insert_str(*place, gap);
        }
        if meaning(&changed) == meaning(text) {
            check(&changed);
        }
    }
}
