// Whatever a file holds, reading it ends, and every place it names is inside the file.

use lymph_idl::{Memory, Options, analyze, parse_str, tokens};

pub(crate) fn check(bytes: &[u8]) {
    let files = Memory::new().file("fuzz.lymph", bytes);
    let analysis = analyze(["fuzz.lymph"], &Options::default(), &files);
    for error in &analysis.errors {
        let Some(span) = error.span() else { continue };
        let text = &analysis.schema.sources.file(span.file).text;
        assert!(span.start <= span.end && span.end as usize <= text.len(), "{error}: {span:?}");
    }
    assert_eq!(parse_str("fuzz.lymph", bytes).is_ok(), analysis.errors.is_empty());
    if let Ok(text) = std::str::from_utf8(bytes) {
        let mut at = 0;
        for token in tokens(text) {
            assert!(token.start as usize >= at && token.end > token.start, "{token:?}");
            at = token.end as usize;
            assert!(text.get(token.range()).is_some(), "{token:?}");
        }
        assert!(at <= text.len());
    }
}
