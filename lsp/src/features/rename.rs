//! Another name for something, everywhere at once.
//!
//! Names of methods, fields and the like travel. Renaming them here must not cut off peers that run already,
//! so that the old name stays on the wire: `@wire("old")` is put in front, unless it is since the version
//! not yet released. What an edit would break is found out by analysing the edited texts; such a rename is
//! refused.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use gen_lsp_types as lsp;
use lymph_idl::analysis::{Analysis, Declaration, Occurrence, Role, Symbol, SymbolKind};
use lymph_idl::model::{Meta, Since, Subscription};
use lymph_idl::{Loader, Punctuation, SchemaError, Span, TokenKind, analyze, tokens};

use super::edits::Edits;
use crate::files::Files;
use crate::projects::{Analyzed, options};
use crate::requests::Problem;
use crate::workspace::{Place, Workspace};

/// What would be renamed at a place, and its name now.
pub(crate) fn prepare(
    workspace: &Workspace,
    params: &lsp::PrepareRenameParams,
) -> Result<Option<lsp::PrepareRenameResult>, Problem> {
    let Some(place) = workspace.place(&params.text_document_position_params) else { return Ok(None) };
    let Some(found) = place.analyzed.analysis.at(place.file, place.offset) else { return Ok(None) };
    refuse_packages(found.symbol)?;
    let range = workspace.location(place.analyzed, found.span).range;
    let placeholder = written(place.analyzed, found.span).to_owned();
    Ok(Some(lsp::PrepareRenamePlaceholder { range, placeholder }.into()))
}

/// The edits that give what stands at a place another name.
pub(crate) fn rename(
    workspace: &Workspace,
    params: &lsp::RenameParams,
) -> Result<Option<lsp::WorkspaceEdit>, Problem> {
    let Some(place) = workspace.place(&params.text_document_position_params) else { return Ok(None) };
    let Some(found) = place.analyzed.analysis.at(place.file, place.offset) else { return Ok(None) };
    refuse_packages(found.symbol)?;
    let new = params.new_name.as_str();
    check_name(found.symbol.kind, new)?;
    let old = place.analyzed.analysis.name(found.symbol);
    let mut edits = Edits::default();
    if written(place.analyzed, found.span) == old {
        if new == old {
            return Ok(Some(lsp::WorkspaceEdit::default()));
        }
        everywhere(workspace, place.analyzed, found.symbol, new, &mut edits);
        keep_wire(workspace, place.analyzed, found.symbol, new, &mut edits);
    } else {
        alias(place, found, new, &mut edits);
    }
    check_outcome(workspace, place.analyzed, found.symbol, new, &edits)?;
    Ok(Some(edits.for_client(workspace)))
}

fn written(analyzed: &Analyzed, span: Span) -> &str {
    analyzed.analysis.schema.sources.text(span)
}

fn refuse_packages(symbol: Symbol) -> Result<(), Problem> {
    if symbol.kind == SymbolKind::Package {
        return Err(Problem::refused(
            "a package is found by its name: move its file, then change the name in it and in what imports it",
        ));
    }
    Ok(())
}

fn check_name(kind: SymbolKind, new: &str) -> Result<(), Problem> {
    let is_word = |word: &str| {
        !word.starts_with(|first: char| first.is_ascii_digit())
            && !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let fits = match kind {
        SymbolKind::Event => new.split('.').all(is_word),
        _ => is_word(new),
    };
    if fits {
        return Ok(());
    }
    let words = if kind == SymbolKind::Event { ", joined by dots" } else { "" };
    Err(Problem::refused(format!(
        "`{new}` is not a name: names are letters, digits and `_`, no digit first{words}"
    )))
}

/// Renames what `as` made of an import; only its file knows that name.
fn alias(place: Place<'_>, found: Occurrence, new: &str, edits: &mut Edits) {
    let (analyzed, old) = (place.analyzed, written(place.analyzed, found.span));
    for other in analyzed.analysis.occurrences_in(place.file) {
        if other.symbol == found.symbol && written(analyzed, other.span) == old {
            edits.replace(analyzed.path(place.file), place.text, other.span.start..other.span.end, new);
        }
    }
}

/// Renames all places that write the name as it is declared.
fn everywhere(workspace: &Workspace, analyzed: &Analyzed, symbol: Symbol, new: &str, edits: &mut Edits) {
    let old = analyzed.analysis.name(symbol);
    for other in workspace.all() {
        let Some(symbol) = counterpart(analyzed, symbol, other) else { continue };
        for found in other.analysis.occurrences_of(symbol) {
            if written(other, found.span) != old {
                continue;
            }
            let new = match handler_named_by(&other.analysis, found) {
                // Its handler, and with it the queue, keep their name.
                Some(handler) => format!("{new} as {handler}"),
                None => new.to_owned(),
            };
            let text = other.text(found.span.file);
            edits.replace(other.path(found.span.file), text, found.span.start..found.span.end, new);
        }
    }
}

/// The same symbol in another project's analysis.
fn counterpart(analyzed: &Analyzed, symbol: Symbol, other: &Analyzed) -> Option<Symbol> {
    let file = other.id(analyzed.path(symbol.name.file))?;
    Some(Symbol { name: Span { file, ..symbol.name }, ..symbol })
}

/// The name of the handler that has it from the event named at `found`.
fn handler_named_by(analysis: &Analysis, found: &Occurrence) -> Option<String> {
    let package = analysis.schema.packages.iter().find(|package| package.file == found.span.file)?;
    let mut handlers = package.interfaces.iter().flat_map(|interface| &interface.handlers);
    let handler = handlers.find(|handler| {
        let name = handler.meta.name.span;
        matches!(handler.subscription, Subscription::Event(_))
            && found.symbol.kind == SymbolKind::Event
            && name.start <= found.span.start
            && name.end == found.span.end
    })?;
    Some(handler.meta.name.value.clone())
}

/// Keeps the old name on the wire, or drops an `@wire` that says what the new name says.
fn keep_wire(workspace: &Workspace, analyzed: &Analyzed, symbol: Symbol, new: &str, edits: &mut Edits) {
    let Some(declaration) = analyzed.analysis.declaration(symbol) else { return };
    let Some(meta) = declaration.meta() else { return };
    let inline = match symbol.kind {
        SymbolKind::Parameter | SymbolKind::Field | SymbolKind::Variant => true,
        SymbolKind::Interface
        | SymbolKind::Method
        | SymbolKind::Handler
        | SymbolKind::Error
        | SymbolKind::Event => false,
        SymbolKind::Struct | SymbolKind::Enum | SymbolKind::Union | SymbolKind::Alias => return,
        SymbolKind::Package => return,
    };
    let file = symbol.name.file;
    let (path, text) = (analyzed.path(file), analyzed.text(file));
    if let Some(attribute) = wire_attribute(meta, &text.text) {
        if meta.wire == new {
            edits.replace(path, text, attribute, "");
        }
        return;
    }
    if !workspace.agreed.keep_wire || is_unreleased(declaration) {
        return;
    }
    let start = meta.span.start;
    let line = text.line(text.line_of(start)).unwrap_or(0..0);
    let before = &text.text[line.start..start as usize];
    let has_attributes = text.text[start as usize..].starts_with('@');
    let separator = if inline || has_attributes || !before.trim().is_empty() {
        " ".to_owned()
    } else {
        format!("\n{before}")
    };
    let attribute = format!("@wire(\"{}\"){separator}", meta.wire);
    let name = symbol.name;
    if start == name.start {
        // One edit: clients need not agree on what an insertion does to a replacement at the same place.
        edits.replace(path, text, name.start..name.end, attribute + new);
    } else {
        edits.replace(path, text, start..start, attribute);
    }
}

/// Whether something is since the version not yet released, so that no peer knows its name.
fn is_unreleased(declaration: Declaration<'_>) -> bool {
    let is_next = |meta: &Meta| meta.since.as_ref().is_some_and(|since| since.value == Since::Next);
    let owners: Vec<&Meta> = match declaration {
        Declaration::Method(interface, _) | Declaration::Handler(interface, _) => vec![&interface.meta],
        Declaration::Parameter(interface, method, _) => vec![&interface.meta, &method.meta],
        Declaration::EventField(event, _) => vec![&event.meta],
        Declaration::Field(def, _) | Declaration::Variant(def, _) => vec![&def.meta],
        _ => Vec::new(),
    };
    owners.into_iter().chain(declaration.meta()).any(is_next)
}

/// Where a declaration's own `@wire` stands, with the blanks behind it.
fn wire_attribute(meta: &Meta, text: &str) -> Option<std::ops::Range<u32>> {
    let before_name = &text[meta.span.start as usize..meta.name.span.start as usize];
    let found: Vec<_> = tokens(before_name).collect();
    let at = found.windows(2).position(|pair| {
        pair[0].kind == TokenKind::Punctuation(Punctuation::At) && pair[1].text(before_name) == "wire"
    })?;
    let close = TokenKind::Punctuation(Punctuation::CloseParen);
    let end = found[at..].iter().find(|token| token.kind == close)?.end as usize;
    let blanks = before_name[end..].len() - before_name[end..].trim_start().len();
    let start = meta.span.start;
    Some(start + found[at].start..start + (end + blanks) as u32)
}

/// Refuses edits after which something is wrong that was not, or means something else.
fn check_outcome(
    workspace: &Workspace,
    analyzed: &Analyzed,
    symbol: Symbol,
    new: &str,
    edits: &Edits,
) -> Result<(), Problem> {
    let edited = Edited { files: &workspace.files, texts: edits.applied() };
    for project in &workspace.projects {
        let Some(before) = &project.analyzed else { continue };
        let Some(own) = counterpart(analyzed, symbol, before) else { continue };
        let after = analyze(&project.roots, &options(&before.config), &edited);
        if let Some(error) = first_new(&before.analysis.errors, &after.errors) {
            return Err(Problem::refused(format!("the new name `{new}` does not fit: {error}")));
        }
        // Its end: what is put in front of a name may be one edit with it.
        let declared = edits.moved(before.path(own.name.file), own.name.end);
        let is_it = |found: &&Occurrence| {
            found.role == Role::Definition
                && found.span.end == declared
                && after.schema.sources.file(found.span.file).path
                    == before.analysis.schema.sources.file(own.name.file).path
        };
        let count = |analysis: &Analysis, symbol| analysis.occurrences_of(symbol).count();
        let kept = after.occurrences().iter().find(is_it).map(|found| count(&after, found.symbol));
        if kept != Some(count(&before.analysis, own)) {
            return Err(Problem::refused(format!(
                "something else is called `{new}` where this is used: the name would change its meaning"
            )));
        }
    }
    Ok(())
}

/// An error of a kind of which there are more than before; if there are several, one that says most about names.
fn first_new<'a>(before: &[SchemaError], after: &'a [SchemaError]) -> Option<&'a SchemaError> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    before.iter().for_each(|error| *counts.entry(error.code()).or_default() += 1);
    let new = after.iter().filter(|error| match counts.get_mut(&error.code()) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    });
    let is_cause = |error: &SchemaError| {
        matches!(
            error,
            SchemaError::DuplicateName { .. }
                | SchemaError::NameCollision { .. }
                | SchemaError::WireCollision { .. }
                | SchemaError::ReservedName { .. }
        )
    };
    new.min_by_key(|error| !is_cause(error))
}

/// Files as they are after an edit.
struct Edited<'a> {
    files: &'a Files,
    texts: BTreeMap<PathBuf, String>,
}

impl Loader for Edited<'_> {
    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>> {
        match self.texts.get(&crate::uri::normal(path)) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.files.read(path, limit),
        }
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.is_file(path)
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        self.files.file_names(folder)
    }
}
