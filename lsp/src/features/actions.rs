//! Edits that put right what is wrong.

use std::collections::BTreeMap;
use std::ops::Range;

use gen_lsp_types as lsp;
use lymph_idl::analysis::{Analysis, Role, SymbolKind};
use lymph_idl::{FileId, SchemaError, Span};
use lymph_lint::{Fix, Lint};

use super::edits::Edits;
use super::imports;
use crate::diagnostics;
use crate::projects::Analyzed;
use crate::uri::path_of;
use crate::workspace::Workspace;

/// Packages that are offered for one unknown name.
const MAX_IMPORTS: usize = 8;

/// What can be done about the mistakes that touch a range.
pub(crate) fn actions(workspace: &Workspace, params: &lsp::CodeActionParams) -> Vec<lsp::CodeAction> {
    let path = path_of(&params.text_document.uri.0);
    let Some((analyzed, file)) = workspace.analyzed(&path) else { return Vec::new() };
    let wanted = analyzed.text(file).bytes(params.range, workspace.agreed.encoding);
    let touches = |error: &&SchemaError| {
        error
            .span()
            .is_some_and(|span| span.file == file && span.start <= wanted.end && wanted.start <= span.end)
    };
    let mut actions = Vec::new();
    for error in analyzed.analysis.errors.iter().filter(touches) {
        let fixes =
            meant(analyzed, error).into_iter().chain(missing_imports(workspace, analyzed, file, error));
        for (title, edits) in fixes {
            actions.push(lsp::CodeAction {
                title,
                kind: Some(lsp::CodeActionKind::QuickFix),
                diagnostics: Some(vec![diagnostics::of_error(workspace, analyzed, error)]),
                is_preferred: actions.is_empty().then_some(true),
                edit: Some(edits.for_client(workspace)),
                ..lsp::CodeAction::default()
            });
        }
    }
    let only = params.context.only.as_deref();
    // Everything at once is much to write; it is asked for by its name.
    let all = only
        .is_some_and(|only| only.iter().any(|kind| includes(kind, Some(&lsp::CodeActionKind::SourceFixAll))));
    actions.extend(lint_actions(workspace, analyzed, file, &wanted, all));
    actions.retain(|action| {
        only.is_none_or(|only| only.iter().any(|kind| includes(kind, action.kind.as_ref())))
    });
    actions
}

/// Repairs of lints that touch a range: each alone, and all of its rule in the file. If `everything` is wanted,
/// also all of all rules.
fn lint_actions(
    workspace: &Workspace,
    analyzed: &Analyzed,
    file: FileId,
    wanted: &Range<u32>,
    everything: bool,
) -> Vec<lsp::CodeAction> {
    let action = |title: String, kind, fixes: &[&Fix], lint: Option<&Lint>| lsp::CodeAction {
        title,
        kind: Some(kind),
        diagnostics: lint.map(|lint| vec![diagnostics::of_lint(workspace, analyzed, lint)]),
        edit: Some(together(analyzed, fixes).for_client(workspace)),
        ..lsp::CodeAction::default()
    };
    let here: Vec<(&Lint, &Fix)> = analyzed
        .lints
        .iter()
        .flatten()
        .filter(|lint| lint.span.file == file)
        .filter_map(|lint| Some((lint, lint.fix.as_ref()?)))
        .collect();
    let touched =
        here.iter().filter(|(lint, _)| lint.span.start <= wanted.end && wanted.start <= lint.span.end);
    let mut actions = Vec::new();
    let mut rules: Vec<&str> = Vec::new();
    for (lint, fix) in touched {
        actions.push(action(fix.title.clone(), lsp::CodeActionKind::QuickFix, &[fix], Some(lint)));
        if !rules.contains(&lint.rule.id) {
            rules.push(lint.rule.id);
        }
    }
    for rule in rules {
        let same: Vec<&Fix> =
            here.iter().filter(|(lint, _)| lint.rule.id == rule).map(|(_, fix)| *fix).collect();
        if same.len() > 1 {
            let title = format!("repair all `{rule}` in this file");
            actions.push(action(title, lsp::CodeActionKind::QuickFix, &same, None));
        }
    }
    if everything && !here.is_empty() {
        let all: Vec<&Fix> = here.iter().map(|(_, fix)| *fix).collect();
        let title = "repair everything in this file".to_owned();
        actions.push(action(title, lsp::CodeActionKind::SourceFixAll, &all, None));
    }
    actions
}

/// The edits of several fixes. One that gets in the way of another before it is left out as a whole.
fn together(analyzed: &Analyzed, fixes: &[&Fix]) -> Edits {
    let mut edits = Edits::default();
    // Ends by file and start; none touches another, so that only the last one before a span can touch it.
    let mut taken: BTreeMap<(FileId, u32), u32> = BTreeMap::new();
    for fix in fixes {
        let is_free = |span: Span| {
            let mut before = taken.range((span.file, 0)..=(span.file, span.end));
            before.next_back().is_none_or(|(_, end)| *end < span.start)
        };
        if !fix.edits.iter().all(|edit| is_free(edit.span)) {
            continue;
        }
        for edit in &fix.edits {
            let (span, text) = (edit.span, analyzed.text(edit.span.file));
            taken.insert((span.file, span.start), span.end);
            edits.replace(analyzed.path(span.file), text, span.start..span.end, edit.text.as_str());
        }
    }
    edits
}

/// Whether a kind asked for is `kind` or one above it.
fn includes(asked: &lsp::CodeActionKind, kind: Option<&lsp::CodeActionKind>) -> bool {
    let name = |kind: &lsp::CodeActionKind| kind.to_string();
    kind.is_some_and(|kind| {
        let (asked, kind) = (name(asked), name(kind));
        kind == asked || asked.is_empty() || kind.starts_with(&format!("{asked}."))
    })
}

/// What most likely was meant.
fn meant(analyzed: &Analyzed, error: &SchemaError) -> Option<(String, Edits)> {
    let (span, meant) = error.replacement()?;
    let mut edits = Edits::default();
    edits.replace(analyzed.path(span.file), analyzed.text(span.file), span.start..span.end, meant.as_str());
    Some((format!("replace by `{meant}`"), edits))
}

/// Imports of an unknown name from the packages that declare it.
fn missing_imports(
    workspace: &Workspace,
    analyzed: &Analyzed,
    file: FileId,
    error: &SchemaError,
) -> Vec<(String, Edits)> {
    let (name, fits): (&str, fn(SymbolKind) -> bool) = match error {
        SchemaError::UnknownType { name, .. } => (name, |kind| {
            matches!(kind, SymbolKind::Struct | SymbolKind::Enum | SymbolKind::Union | SymbolKind::Alias)
        }),
        SchemaError::UnknownError { name, .. } => (name, |kind| kind == SymbolKind::Error),
        SchemaError::UnknownEvent { name, .. } => (name, |kind| kind == SymbolKind::Event),
        _ => return Vec::new(),
    };
    // By package and major, so that a package read by several projects is offered once.
    let mut packages: BTreeMap<(&str, u32), ()> = BTreeMap::new();
    for other in workspace.all() {
        for package in &other.analysis.schema.packages {
            if other.path(package.file) != analyzed.path(file)
                && declares(&other.analysis, package.file, name, fits)
            {
                packages.insert((&package.name.value, package.version.value.major), ());
            }
        }
    }
    let majors = |package: &str| packages.keys().filter(|(name, _)| *name == package).count();
    let text = analyzed.text(file);
    let import = |(package, major): &(&str, u32)| {
        let major = (majors(package) > 1).then_some(*major);
        let (at, new) = imports::import(&text.text, package, major, name);
        let mut edits = Edits::default();
        edits.replace(analyzed.path(file), text, at..at, new);
        let major = major.map(|major| format!("@{major}")).unwrap_or_default();
        (format!("import `{name}` from `{package}{major}`"), edits)
    };
    packages.keys().take(MAX_IMPORTS).map(import).collect()
}

fn declares(analysis: &Analysis, file: FileId, name: &str, fits: fn(SymbolKind) -> bool) -> bool {
    analysis.occurrences_in(file).iter().any(|found| {
        found.role == Role::Definition && fits(found.symbol.kind) && analysis.name(found.symbol) == name
    })
}
