//! The TextMate grammar, as VS Code's own engine applies it, against the schema compiler's tokens and the tree of
//! the tree-sitter grammar, which other tests hold to the compiler.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use lymph_editors::{Node, Sample, Verdict, captures, check, corpus, folder, nodes, parse, query};
use lymph_idl::TokenKind;
use lymph_idl::language::builtin_types;

/// First byte, one past the last, and the scopes from the outermost inwards.
type Scoped = (usize, usize, String);

/// Tokens of each of some texts.
fn tokenize(scope: &str, texts: &[&str]) -> Vec<Vec<Scoped>> {
    let vscode = folder().join("vscode");
    let mut command = Node::get().unwrap().command();
    command.arg(vscode.join("test/tokenize.js")).arg(&vscode).arg(scope);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = command.spawn().expect("`cargo xtask setup` installs Node.js");
    // It reads all before it writes anything.
    node.stdin.take().unwrap().write_all(serde_json::to_string(texts).unwrap().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "the script failed: {}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

fn accepted() -> Vec<(Sample, Vec<Scoped>)> {
    let mut samples = corpus();
    samples.retain(|sample| sample.verdict == Verdict::Accepted);
    let texts: Vec<&str> = samples.iter().map(|sample| &*sample.text).collect();
    let scoped = tokenize("source.lymph", &texts);
    samples.into_iter().zip(scoped).collect()
}

/// The scopes of every byte; none for those of a line's end.
fn by_byte<'a>(text: &str, scoped: &'a [Scoped]) -> Vec<&'a str> {
    let mut bytes = vec![""; text.len()];
    for (start, end, scopes) in scoped {
        bytes[*start..*end].fill(scopes);
    }
    bytes
}

/// What the bytes of a token must be, and no others may be.
fn family(kind: TokenKind) -> Option<&'static str> {
    Some(match kind {
        TokenKind::Comment => "comment",
        TokenKind::Doc | TokenKind::InnerDoc => "documentation",
        TokenKind::Text => "string",
        TokenKind::Number => "number",
        _ => return None,
    })
}

fn family_of_scopes(scopes: &str) -> Option<&'static str> {
    if scopes.contains("comment.line.documentation") {
        return Some("documentation");
    }
    let is = |scope: &str| scopes.split(' ').any(|one| one.starts_with(scope));
    [("comment.", "comment"), ("string.", "string"), ("constant.numeric.", "number")]
        .into_iter()
        .find_map(|(scope, family)| is(scope).then_some(family))
}

#[test]
fn comments_texts_and_numbers_are_those_of_the_lexer() {
    for (sample, scoped) in accepted() {
        let tree = parse(&sample.text);
        let topics: Vec<_> = nodes(&tree).into_iter().filter(|node| node.kind() == "topic").collect();
        let found = by_byte(&sample.text, &scoped);
        let mut wanted = vec![None; sample.text.len()];
        for token in lymph_idl::tokens(&sample.text) {
            // A number in a topic is a part of its name.
            if !topics.iter().any(|topic| topic.byte_range().contains(&token.range().start)) {
                wanted[token.range()].fill(family(token.kind));
            }
        }
        for (at, byte) in sample.text.bytes().enumerate().filter(|(_, byte)| !matches!(byte, b'\r' | b'\n')) {
            let line = sample.text[..at].matches('\n').count() + 1;
            assert_eq!(
                family_of_scopes(found[at]),
                wanted[at],
                "{}:{line}: at `{}`",
                sample.path.display(),
                byte as char
            );
        }
    }
}

/// Captures of the tree-sitter grammar's `highlights.scm`, and what scopes the same begin with. The first row that
/// fits holds.
const ALIKE: &[(&str, &[&str])] = &[
    ("keyword.import", &["keyword.control."]),
    ("keyword.type", &["storage.type."]),
    ("keyword.function", &["storage.type.function."]),
    ("keyword.modifier", &["storage.modifier."]),
    ("keyword", &["keyword.other."]),
    ("module", &["entity.name.namespace."]),
    ("type.builtin", &["support.type."]),
    ("type", &["entity.name.type."]),
    ("function", &["entity.name.function."]),
    ("variable.parameter", &["variable.parameter."]),
    ("variable.member", &["variable.other.member."]),
    ("constant", &["variable.other.enummember.", "variable.other.constant."]),
    ("property", &["variable.parameter."]),
    ("attribute", &["entity.name.function.decorator.", "punctuation.definition.decorator."]),
    ("string.escape", &["constant.character.escape."]),
    ("string", &["string.", "punctuation.definition.string."]),
    ("number", &["constant.numeric.", "keyword.other.unit."]),
    ("boolean", &["constant.language."]),
    ("character.special", &["keyword.operator.wildcard."]),
    ("comment.documentation", &["comment.line.documentation.", "punctuation.definition.comment."]),
    ("comment", &["comment.", "punctuation.definition.comment."]),
    ("operator", &["keyword.operator."]),
    (
        "punctuation",
        &["punctuation.", "entity.name.type.event.", "entity.name.namespace.", "entity.name.type."],
    ),
];

/// Both grammars see the same in every word: keywords above all, which are names in other places.
#[test]
fn words_mean_what_they_mean_to_the_other_grammar() {
    let highlights = query("highlights");
    for (sample, scoped) in accepted() {
        let found = by_byte(&sample.text, &scoped);
        for ((start, end), names) in captures(&highlights, &sample.text) {
            let name = &names[0];
            let row = ALIKE.iter().find(|(capture, _)| {
                name.strip_prefix(capture).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            });
            let (_, wanted) = row.unwrap_or_else(|| panic!("`{name}` has no row"));
            for (at, byte) in (start..).zip(sample.text[start..end].bytes()) {
                let inner = found[at].split(' ').next_back().unwrap_or_default();
                let is_alike =
                    matches!(byte, b'\r' | b'\n') || wanted.iter().any(|scope| inner.starts_with(scope));
                let line = sample.text[..start].matches('\n').count() + 1;
                assert!(
                    is_alike,
                    "{}:{line}: `{}` is {name} and `{inner}`",
                    sample.path.display(),
                    &sample.text[start..end]
                );
            }
        }
    }
}

#[test]
fn built_in_types_look_like_that() {
    let texts: Vec<String> = builtin_types()
        .map(|name| format!("package a @ 1.0.0;\ntype A = b.{name};\ntype B = {name};\n"))
        .collect();
    let all = tokenize("source.lymph", &texts.iter().map(|text| &**text).collect::<Vec<_>>());
    for (name, scoped) in builtin_types().zip(&all) {
        let built_in = scoped.iter().filter(|(_, _, scopes)| scopes.contains("support.type.builtin"));
        let places: Vec<_> = built_in.map(|(start, end, _)| (*start, *end)).collect();
        // Only the one that stands alone.
        let start = "package a @ 1.0.0;\ntype A = b.;\ntype B = ".len() + name.len();
        assert_eq!(places, [(start, start + name.len())], "{name}");
    }
}

#[test]
fn scopes_are_what_they_were() {
    let text = showcase();
    let mut shown = String::new();
    for (start, end, scopes) in &tokenize("source.lymph", &[&text])[0] {
        let line = text[..*start].matches('\n').count() + 1;
        if !text[*start..*end].trim().is_empty() {
            writeln!(shown, "{line}: {}  {scopes}", &text[*start..*end]).unwrap();
        }
    }
    check(&shown, "tests/text_mate/showcase.txt");
}

/// While one writes, much is not yet closed. What stands below keeps its colours all the same.
#[test]
fn the_next_declaration_begins_anew() {
    let text = showcase();
    let cuts = lymph_idl::tokens(&text).filter(|token| token.kind != TokenKind::Comment);
    let next = "interface After {\n    rpc work();\n}\n";
    let texts: Vec<String> = cuts.map(|token| format!("{}\n\n{next}", &text[..token.range().end])).collect();
    let all = tokenize("source.lymph", &texts.iter().map(|text| &**text).collect::<Vec<_>>());
    for (text, scoped) in texts.iter().zip(&all) {
        let found = by_byte(text, scoped);
        for (word, scope) in [("interface", "storage.type.interface."), ("work", "entity.name.function.")] {
            let at = text.rfind(word).unwrap();
            let inner = found[at].split(' ').next_back().unwrap_or_default();
            assert!(inner.starts_with(scope), "`{word}` is `{}` at the end of:\n{text}", found[at]);
        }
    }
}

/// A block in Markdown, without the rest of Markdown's grammar.
#[test]
fn blocks_of_markdown_have_colours() {
    let text = "```lymph\ntype A = u8;\n```\ntype\n```rust\ntype B = u8;\n```\n";
    let scoped = &tokenize("markdown.lymph.codeblock", &[text])[0];
    let keywords = scoped.iter().filter(|(_, _, scopes)| scopes.contains("storage.type.alias"));
    let places: Vec<_> = keywords.map(|(start, end, _)| (*start, *end)).collect();
    assert_eq!(places, [(9, 13)]);
}

fn showcase() -> String {
    fs::read_to_string(folder().join("tests/showcase.lymph")).unwrap()
}
