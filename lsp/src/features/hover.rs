//! What a name stands for, as Markdown: how it is declared, what its author says, and what travels.

mod wire;

use gen_lsp_types as lsp;
use lymph_idl::analysis::Declaration;
use lymph_idl::model::{Meta, Package, Schema, Since};
use lymph_idl::{Punctuation, Span, TokenKind, tokens};

use super::words;
use crate::text::Text;
use crate::workspace::{Place, Workspace};

/// Lines of a declaration that are shown.
const MAX_LINES: usize = 24;

/// What stands at a place.
pub(crate) fn hover(workspace: &Workspace, params: &lsp::HoverParams) -> Option<lsp::Hover> {
    let place = workspace.place(&params.text_document_position_params)?;
    let (range, text) = of_symbol(place).or_else(|| of_word(place))?;
    let content = lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: text };
    let range = place.text.range(range, workspace.agreed.encoding);
    Some(lsp::Hover { contents: content.into(), range: Some(range) })
}

fn of_symbol(place: Place<'_>) -> Option<(std::ops::Range<u32>, String)> {
    let analysis = &place.analyzed.analysis;
    let found = analysis.at(place.file, place.offset)?;
    let text = match analysis.declaration(found.symbol) {
        Some(declaration) => describe(&analysis.schema, declaration),
        // What errors kept out of the model still has a name.
        None => format!("{:?} `{}`", found.symbol.kind, analysis.name(found.symbol)).to_lowercase(),
    };
    Some((found.span.start..found.span.end, text))
}

/// A declaration as Markdown. Also what completions show.
pub(super) fn describe(schema: &Schema, declaration: Declaration<'_>) -> String {
    let mut parts = Vec::new();
    let owner = owner(schema, declaration);
    match declaration.meta() {
        None => {
            if let Declaration::Package(package) = declaration {
                let line = format!("package {} @ {};", package.name.value, package.version.value);
                parts.push(code(&line));
                parts.extend(docs(&package.docs));
            }
        }
        Some(meta) => {
            let written = written(schema, meta.span);
            let owner = owner.map(|owner| format!("// in {owner}\n")).unwrap_or_default();
            parts.push(code(&format!("{owner}{written}")));
            parts.extend(docs(&meta.docs));
            parts.extend(history(meta));
        }
    }
    parts.extend(wire::travels(schema, declaration));
    parts.join("\n\n")
}

fn code(text: &str) -> String {
    format!("```lymph\n{text}\n```")
}

fn docs(lines: &[String]) -> Option<String> {
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The text of a declaration, moved to the left margin.
fn written(schema: &Schema, span: Span) -> String {
    let file = Text::new(schema.sources.file(span.file).text.clone());
    let line = file.line(file.line_of(span.start)).unwrap_or(0..0);
    let before = &file.text[line.start..span.start as usize];
    let margin = before.len() - before.trim_start().len();
    let text = &file.text[span.start as usize..span.end as usize];
    let mut lines: Vec<&str> = text
        .lines()
        .enumerate()
        .map(|(index, line)| {
            let blanks = line.len() - line.trim_start().len();
            if index == 0 { line } else { &line[blanks.min(margin)..] }
        })
        .collect();
    if lines.len() > MAX_LINES {
        lines.truncate(MAX_LINES - 1);
        lines.push("…");
    }
    lines.join("\n").trim_end_matches(';').to_owned()
}

/// What a declaration is a member of.
fn owner(schema: &Schema, declaration: Declaration<'_>) -> Option<String> {
    let package_of =
        |span: Span| -> Option<&Package> { schema.packages.iter().find(|package| package.file == span.file) };
    let named = |what: &str, meta: &Meta| Some(format!("{what} `{}`", meta.name.value));
    match declaration {
        Declaration::Package(_) => None,
        Declaration::Interface(interface) => {
            Some(format!("package `{}`", package_of(interface.meta.span)?.name.value))
        }
        Declaration::Type(def) => Some(format!("package `{}`", schema.package(def.package).name.value)),
        Declaration::Event(event) => Some(format!("package `{}`", schema.package(event.package).name.value)),
        Declaration::Method(interface, _) | Declaration::Handler(interface, _) => {
            named("interface", &interface.meta)
        }
        Declaration::Parameter(interface, method, _) => {
            Some(format!("`{}.{}`", interface.meta.name.value, method.meta.name.value))
        }
        Declaration::EventField(event, _) => named("event", &event.meta),
        Declaration::Field(def, _) | Declaration::Variant(def, _) => {
            Some(format!("`{}`", def.meta.name.value))
        }
    }
}

fn history(meta: &Meta) -> Option<String> {
    let show = |since: Since| match since {
        Since::Version(version) => format!("{}.{}", version.major, version.minor),
        Since::Next => "the next version".to_owned(),
    };
    let mut said = Vec::new();
    if let Some(since) = &meta.since {
        said.push(format!("Since {}.", show(since.value)));
    }
    if let Some(deprecated) = &meta.deprecated {
        let why = deprecated.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        said.push(format!("**Deprecated** since {}{why}.", show(deprecated.since)));
    }
    if !meta.was.is_empty() {
        let names: Vec<String> = meta.was.iter().map(|name| format!("`{}`", name.value)).collect();
        said.push(format!("Formerly {}.", names.join(", ")));
    }
    (!said.is_empty()).then(|| said.join(" "))
}

/// Words of the language: built-in types and attributes.
fn of_word(place: Place<'_>) -> Option<(std::ops::Range<u32>, String)> {
    let text = &*place.text.text;
    let mut before = None;
    for token in tokens(text).take_while(|token| token.start <= place.offset) {
        if token.kind == TokenKind::Word && token.end >= place.offset {
            let word = token.text(text);
            if before == Some(TokenKind::Punctuation(Punctuation::At)) {
                let (known, means) = words::attribute(word)?;
                let places = words::places(known);
                let said = format!("{}\n\n{means}\n\nBelongs on {places}.", code(known.usage));
                return Some((token.start - 1..token.end, said));
            }
            let said = words::builtin(word)?;
            return Some((token.start..token.end, format!("{}\n\n{said}", code(word))));
        }
        before = Some(token.kind);
    }
    None
}
