//! A report in few lines, complete enough to see a rule change its mind.

use std::fmt::Write;

use lymph_diff::{Cell, Finding, Matrix, Pair, Report};
use lymph_idl::{Schema, Span};

pub(crate) fn of(old: &Schema, new: &Schema, report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        one(&mut text, old, new, finding).expect("a string takes everything");
    }
    for verdict in &report.verdicts {
        let version = |version: Option<lymph_idl::Version>| {
            version.map_or_else(|| "none".to_owned(), |it| it.to_string())
        };
        let Pair { old, new } = verdict.versions.map(version);
        let needed = version(verdict.needed_version);
        let acceptable = if verdict.is_acceptable { "acceptable" } else { "not acceptable" };
        writeln!(text, "verdict {} {old} -> {new}, needs {needed}: {acceptable}", verdict.package)
            .expect("a string takes everything");
    }
    text
}

fn one(text: &mut String, old: &Schema, new: &Schema, finding: &Finding) -> std::fmt::Result {
    writeln!(text, "{}[{}] {}", finding.level.name(), finding.id, finding.path)?;
    writeln!(text, "  {}", finding.message)?;
    for (side, schema, span) in [("old", old, finding.spans.old), ("new", new, finding.spans.new)] {
        if let Some(span) = span {
            writeln!(text, "  {side} {}", place(schema, span))?;
        }
    }
    for it in &finding.uses {
        let operations =
            if it.operations.is_empty() { "everywhere".to_owned() } else { it.operations.join(", ") };
        writeln!(text, "  {} {} {} [{operations}]", it.id, it.step, matrix(&it.matrix))?;
    }
    if finding.uses.is_empty()
        && let Some(step) = finding.step
    {
        writeln!(text, "  {step} {}", matrix(&finding.matrix))?;
    }
    Ok(())
}

fn place(schema: &Schema, span: Span) -> String {
    let (line, column) = schema.sources.file(span.file).line_column(span.start);
    let text: Vec<&str> = schema.sources.text(span).split_whitespace().collect();
    let text = text.join(" ");
    let short: String = text.chars().take(60).collect();
    format!("{line}:{column} {short}{}", if short == text { "" } else { "…" })
}

/// The four ways as two pairs: old client, new client; old consumer, new consumer.
fn matrix(matrix: &Matrix) -> String {
    let cell = |cell: Option<Cell>| match cell {
        None => "-".to_owned(),
        Some(cell) => format!("{}{}", cell.effect.symbol(), if cell.guarded { " guarded" } else { "" }),
    };
    format!(
        "calls {}/{} events {}/{}",
        cell(matrix.old_client),
        cell(matrix.new_client),
        cell(matrix.old_consumer),
        cell(matrix.new_consumer)
    )
}
