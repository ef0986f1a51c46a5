// What is formatted stays so, means the same, and keeps its comments.

use lymph_idl::{TokenKind, format, parse_str, tokens};

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(once) = format("fuzz.lymph", text) else { return };
    let twice = format("fuzz.lymph", &once).expect("what was formatted can be read");
    assert_eq!(once, twice);
    assert_eq!(comments(text), comments(&once));
    let meaning = |text: &str| {
        let schema = parse_str("fuzz.lymph", text).ok()?;
        Some(schema.canonical(schema.packages[0].id))
    };
    assert_eq!(meaning(text), meaning(&once));
}

/// Their words: lines of a block may be indented anew.
fn comments(text: &str) -> Vec<Vec<&str>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let comments = tokens(text).filter(|token| token.kind == TokenKind::Comment);
    comments.map(|token| token.text(text).split_whitespace().collect()).collect()
}
