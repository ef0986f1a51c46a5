//! Edits of texts.

use heck::{ToSnakeCase, ToUpperCamelCase};
use lymph_idl::Span;
use lymph_idl::analysis::{Symbol, SymbolKind};

use crate::context::{Context, Named};
use crate::finding::{Edit, Fix};
use crate::written::attributes;

/// `text` with all edits applied; they concern one file and do not overlap.
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let (mut result, mut at) = (String::with_capacity(text.len()), 0);
    for edit in edits {
        result.push_str(&text[at..edit.span.start as usize]);
        result.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    result.push_str(&text[at..]);
    result
}

impl Edit {
    pub(crate) fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    pub(crate) fn remove(span: Span) -> Self {
        Self::replace(span, "")
    }

    pub(crate) fn insert(before: Span, text: impl Into<String>) -> Self {
        Self::replace(Span { end: before.start, ..before }, text)
    }
}

/// Removes something that stands between blanks: with its whole line where it stands alone, else with the
/// blanks behind it, or before it where its line ends.
pub(crate) fn remove_piece(context: &Context<'_>, span: Span) -> Edit {
    let text = context.text(span.file);
    let (start, end) = (span.start as usize, span.end as usize);
    let is_blank = |char: char| matches!(char, ' ' | '\t');
    let before = &text[..start];
    let line_start = before.trim_end_matches(is_blank).len();
    let blanks = text[end..].len() - text[end..].trim_start_matches(is_blank).len();
    let rest = &text[end + blanks..];
    let newline = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
    let starts_line = line_start == 0 || before[..line_start].ends_with('\n');
    let ends_line = newline > 0 || rest.is_empty();
    let (from, to) = match (starts_line, ends_line) {
        (true, true) => (line_start, end + blanks + newline),
        (false, true) => (line_start, end + blanks),
        (_, false) => (start, end + blanks),
    };
    Edit::remove(Span { start: position(from), end: position(to), ..span })
}

/// Gives something another name and keeps the one that travels. `None` where that cannot be known to be safe:
/// when it is named in a file that was not asked for, or its new name is taken.
pub(crate) fn rename(context: &Context<'_>, named: &Named<'_>, to: &str) -> Option<Fix> {
    let meta = named.meta;
    let symbol = Symbol { name: meta.name.span, kind: named.kind };
    if to.is_empty() || context.is_taken(named, to) {
        return None;
    }
    let mut edits = Vec::new();
    for span in context.occurrences_of(symbol) {
        if !context.is_root_file(span.file) {
            return None;
        }
        edits.push(Edit::replace(*span, to));
    }
    let written = attributes(context.schema, meta.span);
    if meta.wire != to && !written.iter().any(|attribute| attribute.name.value == "wire") {
        let wire = format!("@wire(\"{}\")", meta.wire);
        let own_line = written.is_empty()
            && matches!(named.kind, SymbolKind::Interface | SymbolKind::Method | SymbolKind::Handler);
        let text = match context.indent(meta.span).filter(|_| own_line) {
            Some(indent) => format!("{wire}{}{indent}", context.line_end(meta.span.file)),
            None => format!("{wire} "),
        };
        edits.push(Edit::insert(meta.span, text));
    }
    let title = if meta.wire == to {
        format!("rename `{}` to `{to}`", meta.name.value)
    } else {
        format!("rename `{}` to `{to}`, and keep `{}` on the wire", meta.name.value, meta.wire)
    };
    Some(Fix { title, edits })
}

/// A name in the case that its kind has.
pub(crate) fn in_case(kind: SymbolKind, name: &str) -> String {
    match kind {
        SymbolKind::Interface
        | SymbolKind::Struct
        | SymbolKind::Enum
        | SymbolKind::Union
        | SymbolKind::Alias
        | SymbolKind::Error => name.to_upper_camel_case(),
        _ => name.to_snake_case(),
    }
}

pub(crate) fn position(at: usize) -> u32 {
    u32::try_from(at).expect("schemas are smaller")
}
