//! What is wrong, as clients show it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gen_lsp_types as lsp;
use lymph_config::{ConfigError, Level};
use lymph_idl::{SchemaError, Span};
use lymph_lint::Lint;

use crate::projects::Analyzed;
use crate::text::Text;
use crate::workspace::Workspace;

/// Who says it.
pub(crate) const SOURCE: &str = "lymph";

/// What is wrong in each file of a project; nothing for those in which all is well.
pub(crate) fn of_project(workspace: &Workspace, index: usize) -> BTreeMap<PathBuf, Vec<lsp::Diagnostic>> {
    let project = &workspace.projects[index];
    let mut found: BTreeMap<PathBuf, Vec<lsp::Diagnostic>> =
        project.roots.iter().map(|root| (root.clone(), Vec::new())).collect();
    let Some(analyzed) = &project.analyzed else { return found };
    for (path, _) in analyzed.paths() {
        // What is imported from elsewhere is told here only if nobody else does.
        if workspace.project_of(path).is_none_or(|owner| owner == index) {
            found.entry(path.to_owned()).or_default();
        }
    }
    for error in &analyzed.analysis.errors {
        let path = error.span().map_or(&*project.roots[0], |span| analyzed.path(span.file));
        if let Some(list) = found.get_mut(path) {
            list.push(of_error(workspace, analyzed, error));
        }
    }
    for lint in analyzed.lints.iter().flatten() {
        if let Some(list) = found.get_mut(analyzed.path(lint.span.file)) {
            list.push(of_lint(workspace, analyzed, lint));
        }
    }
    found
}

/// Something that is right but will trouble somebody.
pub(crate) fn of_lint(workspace: &Workspace, analyzed: &Analyzed, lint: &Lint) -> lsp::Diagnostic {
    let severity = match lint.level {
        Level::Deny => lsp::DiagnosticSeverity::Error,
        _ => lsp::DiagnosticSeverity::Warning,
    };
    diagnostic(
        workspace.location(analyzed, lint.span).range,
        severity,
        lint.rule.id,
        &lint.message,
        lint.help.as_deref(),
        related(workspace, analyzed, &lint.related),
    )
}

fn related(
    workspace: &Workspace,
    analyzed: &Analyzed,
    labels: &[(Span, String)],
) -> Vec<lsp::DiagnosticRelatedInformation> {
    let related = labels.iter().map(|(span, text)| lsp::DiagnosticRelatedInformation {
        location: workspace.location(analyzed, *span),
        message: text.clone(),
    });
    related.collect()
}

/// One mistake.
pub(crate) fn of_error(workspace: &Workspace, analyzed: &Analyzed, error: &SchemaError) -> lsp::Diagnostic {
    let labels = error.labelled();
    let range = labels
        .first()
        .map_or_else(lsp::Range::default, |(span, _)| workspace.location(analyzed, *span).range);
    let code = error.code();
    diagnostic(
        range,
        lsp::DiagnosticSeverity::Error,
        code.strip_prefix("lymph::").unwrap_or(&code),
        &error.to_string(),
        error.help().as_deref(),
        related(workspace, analyzed, labels.get(1..).unwrap_or_default()),
    )
}

/// A mistake in a `lymph.toml`, and the file.
pub(crate) fn of_config(workspace: &Workspace, error: &ConfigError) -> Option<(PathBuf, lsp::Diagnostic)> {
    let path = error.path()?.to_owned();
    let text = Text::new(std::fs::read_to_string(&path).ok()?);
    let place = error.place().unwrap_or(0..0);
    let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let range = text.range(position(place.start)..position(place.end), workspace.agreed.encoding);
    let severity = lsp::DiagnosticSeverity::Error;
    Some((path, diagnostic(range, severity, "config", error.message(), error.help(), Vec::new())))
}

fn diagnostic(
    range: lsp::Range,
    severity: lsp::DiagnosticSeverity,
    code: &str,
    message: &str,
    help: Option<&str>,
    related: Vec<lsp::DiagnosticRelatedInformation>,
) -> lsp::Diagnostic {
    let help = help.map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    lsp::Diagnostic {
        range,
        severity: Some(severity),
        code: Some(code.to_owned().into()),
        source: Some(SOURCE.to_owned()),
        message: format!("{message}{help}").into(),
        related_information: (!related.is_empty()).then_some(related),
        ..lsp::Diagnostic::default()
    }
}
