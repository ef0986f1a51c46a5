//! Doc comments of a schema as doc comments of Rust, harmless for rustdoc.
//!
//! A schema's author writes for people. Rustdoc would compile fences without a language and
//! indented lines as tests, take brackets for links and angle brackets for HTML; none of that may
//! break or warn in the crate that includes the generated code.

use lymph_idl::model::Meta;

use crate::version::since_text;

/// Languages that a fence may keep; any other becomes `text`, because rustdoc compiles `rust`.
const FENCE_LANGUAGES: &[&str] = &[
    "bash",
    "console",
    "css",
    "html",
    "ini",
    "javascript",
    "js",
    "json",
    "lymph",
    "protobuf",
    "python",
    "sh",
    "sql",
    "toml",
    "typescript",
    "xml",
    "yaml",
];

/// The doc comment of `meta`, each line with `indent` before it and a newline behind it.
pub(crate) fn of(meta: &Meta, indent: &str) -> String {
    with_note(meta, indent, None)
}

/// [`of`], with a last sentence of ours.
pub(crate) fn with_note(meta: &Meta, indent: &str, note: Option<&str>) -> String {
    let mut lines = harmless(&meta.docs);
    let since = meta.since.as_ref().map(|since| format!("Since {}.", since_text(since.value)));
    let unstable = meta.unstable.then(|| "Unstable: may change without a new major version.".to_owned());
    for note in since.into_iter().chain(unstable).chain(note.map(str::to_owned)) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(format!("*{note}*"));
    }
    comment(&lines, indent)
}

/// [`of`], or `fallback` when the schema says nothing.
pub(crate) fn of_or(meta: &Meta, indent: &str, fallback: &str) -> String {
    if meta.docs.is_empty() {
        format!("{}{}", comment(&[fallback.to_owned()], indent), after_paragraph(&of(meta, indent), indent))
    } else {
        of(meta, indent)
    }
}

fn after_paragraph(more: &str, indent: &str) -> String {
    if more.is_empty() { String::new() } else { format!("{indent}///\n{more}") }
}

/// `lines` as a doc comment.
pub(crate) fn comment(lines: &[String], indent: &str) -> String {
    lines
        .iter()
        .map(|line| if line.is_empty() { format!("{indent}///\n") } else { format!("{indent}/// {line}\n") })
        .collect()
}

/// The same text for rustdoc.
pub(crate) fn harmless(docs: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut paragraph = Vec::new();
    let mut fence: Option<&str> = None;
    for line in docs {
        let line = line.trim_end();
        let trimmed = line.trim_start();
        match fence {
            Some(marker) => {
                let closes =
                    trimmed.starts_with(marker) && trimmed.trim_start_matches(&marker[..1]).is_empty();
                lines.push(if closes { marker.to_owned() } else { printable(line) });
                if closes {
                    fence = None;
                }
            }
            None => match fence_marker(trimmed) {
                Some((marker, language)) => {
                    flush(&mut paragraph, &mut lines);
                    lines.push(format!("{marker}{language}"));
                    fence = Some(marker);
                }
                None if trimmed.is_empty() => {
                    flush(&mut paragraph, &mut lines);
                    lines.push(String::new());
                }
                None => paragraph.push(at_most_three_spaces(line)),
            },
        }
    }
    flush(&mut paragraph, &mut lines);
    lines.extend(fence.map(str::to_owned));
    lines
}

/// The fence that `line` opens and the language to give it.
fn fence_marker(line: &str) -> Option<(&str, &'static str)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let len = line.len() - line.trim_start_matches(mark).len();
    let info = &line[len..];
    if len < 3 || (mark == '`' && info.contains('`')) {
        return None;
    }
    let word = info.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| !word.is_empty()).unwrap_or("");
    let language = FENCE_LANGUAGES.iter().find(|known| **known == word).copied().unwrap_or("text");
    Some((&line[..len], language))
}

/// More would make a code block, which rustdoc runs as a test.
fn at_most_three_spaces(line: &str) -> String {
    let text = line.trim_start();
    let indent: usize = line[..line.len() - text.len()].chars().map(|c| if c == '\t' { 4 } else { 1 }).sum();
    format!("{}{}", " ".repeat(indent.min(3)), printable(text))
}

fn flush(paragraph: &mut Vec<String>, lines: &mut Vec<String>) {
    if !paragraph.is_empty() {
        lines.extend(inline(&paragraph.join("\n")).split('\n').map(str::to_owned));
        paragraph.clear();
    }
}

/// Control characters and those that turn the direction of writing (an error for rustc) become `\u{FFFD}`.
fn printable(line: &str) -> String {
    let turns = |c| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    line.chars().map(|c| if c.is_control() && c != '\t' || turns(c) { '\u{FFFD}' } else { c }).collect()
}

/// Escapes brackets, angle brackets and lone backticks outside code; makes bare URLs links.
fn inline(paragraph: &str) -> String {
    let mut out = String::new();
    let mut rest = paragraph;
    while let Some(c) = rest.chars().next() {
        let taken = if c == '`' {
            let run = rest.len() - rest.trim_start_matches('`').len();
            match closing_run(&rest[run..], run) {
                // Three could open a fence within a quote or a list.
                Some(end) if run < 3 => {
                    out.push_str(&rest[..run + end]);
                    run + end
                }
                _ => {
                    out.push_str(&"\\`".repeat(run));
                    run
                }
            }
        } else if c == '\\' && rest[1..].starts_with(|c: char| c.is_ascii_punctuation()) {
            out.push_str(&rest[..2]);
            2
        } else if let Some(len) = url_len(rest) {
            out.push_str(&format!("<{}>", &rest[..len]));
            len
        } else {
            if matches!(c, '[' | ']' | '<' | '>' | '~') && !(c == '>' && starts_line(&out)) {
                out.push('\\');
            }
            // Wide gaps would make a code block behind a list's bullet.
            if !c.is_whitespace() || c == '\n' || starts_line(&out) || !out.ends_with(' ') {
                out.push(if c == '\t' { ' ' } else { c });
            }
            c.len_utf8()
        };
        rest = &rest[taken..];
    }
    out
}

fn starts_line(out: &str) -> bool {
    out.rsplit('\n').next().is_some_and(|line| line.trim().is_empty())
}

/// Where the run of `len` backticks that closes a code span ends.
fn closing_run(text: &str, len: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(start) = text[at..].find('`').map(|found| at + found) {
        let run = text[start..].len() - text[start..].trim_start_matches('`').len();
        if run == len {
            return Some(start + run);
        }
        at = start + run;
    }
    None
}

/// The length of the URL that `text` starts with, without punctuation that ends a sentence.
fn url_len(text: &str) -> Option<usize> {
    if !text.starts_with("https://") && !text.starts_with("http://") {
        return None;
    }
    let end = text.find(|c: char| c.is_whitespace() || "<>[]()`\"\\".contains(c)).unwrap_or(text.len());
    let url = text[..end].trim_end_matches(|c: char| ".,;:!?'*".contains(c));
    (url.len() > "https://".len()).then_some(url.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(docs: &str, expected: &str) {
        let lines: Vec<_> = docs.split('\n').map(str::to_owned).collect();
        assert_eq!(harmless(&lines).join("\n"), expected);
    }

    #[test]
    fn plain_text_and_code_spans_stay() {
        check("Best *matches* first, see `Vec<[u8]>`.", "Best *matches* first, see `Vec<[u8]>`.");
        check("``a ` b`` and `two\nlines`", "``a ` b`` and `two\nlines`");
    }

    #[test]
    fn brackets_are_no_links_and_no_html() {
        check("a [b](c) list<T> <script>", "a \\[b\\](c) list\\<T\\> \\<script\\>");
        check("lone ` tick [x]", "lone \\` tick \\[x\\]");
        check("> quoted", "> quoted");
        check("already \\[escaped\\]", "already \\[escaped\\]");
    }

    #[test]
    fn bare_urls_become_links() {
        check("See https://example.org/a?b=c.", "See <https://example.org/a?b=c>.");
        check("(http://x.org)", "(<http://x.org>)");
    }

    #[test]
    fn fences_get_a_language_and_an_end() {
        check("```\nlet x = 1;\n```", "```text\nlet x = 1;\n```");
        check("```rust\nx\n````", "```text\nx\n```");
        check("~~~json\n[1]", "~~~json\n[1]\n~~~");
    }

    #[test]
    fn indented_lines_are_no_doctests() {
        check("a\n\n        panic!()\n\tb", "a\n\n   panic!()\n   b");
    }

    #[test]
    fn lists_and_quotes_hold_no_doctests() {
        check("> ```\n> x\n> ```", "> \\`\\`\\`\n> x\n> \\`\\`\\`");
        check("-      panic!()", "- panic!()");
    }

    #[test]
    fn nothing_turns_the_direction_of_writing() {
        check("a\u{202E}b\u{7}", "a\u{FFFD}b\u{FFFD}");
    }
}
