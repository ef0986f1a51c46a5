//! One mistake, one report: right schemas, damaged at each token in turn.

use std::fs;
use std::path::Path;

use lymph_idl::{SchemaError, parse_str, tokens};

/// Right schemas of the corpus.
fn texts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parse/ok");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "lymph"));
    paths.sort();
    let texts = paths.iter().map(|path| fs::read_to_string(path).unwrap());
    texts.filter(|text| parse_str("a.lymph", text.as_str()).is_ok()).collect()
}

/// What was reported about texts with one mistake each.
#[derive(Default)]
struct Reports {
    /// Texts that are no schemas any more.
    broken: usize,
    /// Those with one report.
    single: usize,
    /// Reports behind the first one about syntax.
    further: usize,
    /// The most about one text.
    most: usize,
}

/// Damages each text at each token and loads what is left.
fn damage(mend: impl Fn(&str, std::ops::Range<usize>) -> String) -> Reports {
    let mut reports = Reports::default();
    for text in texts() {
        for token in tokens(&text) {
            let damaged = mend(&text, token.range());
            let Err(failure) = parse_str("a.lymph", damaged.as_str()) else { continue };
            let is_syntax = |error: &SchemaError| {
                matches!(error, SchemaError::Syntax { .. } | SchemaError::Unclosed { .. })
            };
            if failure.errors.iter().any(is_syntax) {
                let count = failure.errors.len();
                reports.broken += 1;
                reports.single += usize::from(count == 1);
                reports.further += count - 1;
                reports.most = reports.most.max(count);
            }
        }
    }
    reports
}

/// At least `single` percent of the broken texts have one report, none has more than `most`.
fn check(mend: impl Fn(&str, std::ops::Range<usize>) -> String, single: usize, most: usize) {
    let reports = damage(mend);
    let Reports { broken, further, .. } = reports;
    let percent = reports.single * 100 / broken;
    let shown = format!("{percent}% of {broken} have one report, {further} are further ones");
    assert!(broken > 1_000, "{shown}");
    assert!(percent >= single, "{shown}");
    assert!(reports.most <= most, "{shown}, {} about one", reports.most);
}

#[test]
fn a_token_is_missing() {
    check(|text, at| [&text[..at.start], &text[at.end..]].concat(), 90, 8);
}

#[test]
fn a_token_stands_twice() {
    check(|text, at| [&text[..at.end], " ", &text[at.start..]].concat(), 85, 8);
}

#[test]
fn a_token_is_something_else() {
    check(|text, at| [&text[..at.start], "%", &text[at.end..]].concat(), 85, 8);
}

#[test]
fn the_rest_is_missing() {
    check(|text, at| text[..at.end].to_owned(), 90, 3);
}
