//! `lymph-idl rules`: everything that can be said about a schema.

use std::io::Write;

use serde_json::json;

use super::catalog::{Source, entries};
use crate::output::{Ended, Outcome, Style, Terminal};

pub(super) fn run<W: Write>(terminal: &mut Terminal<W>) -> Ended {
    let entries = entries();
    if terminal.wants_json() {
        for entry in entries {
            terminal.json(&json!({
                "id": entry.id, "of": entry.source.name(), "told_as": entry.told_as, "level": entry.level,
                "fixable": entry.fixable, "summary": entry.summary, "explanation": entry.explanation,
            }))?;
        }
        return Ok(Outcome::Fine);
    }
    for source in [Source::Lint, Source::Diff, Source::Check] {
        let entries: Vec<_> = entries.iter().filter(|entry| entry.source == source).collect();
        let ids = entries.iter().map(|entry| entry.id.len()).max().unwrap_or(0);
        let levels = entries.iter().map(|entry| entry.level.len()).max().unwrap_or(0);
        terminal.line(terminal.styled(Style::Help, &format!("lymph-idl {}", source.name())))?;
        for entry in &entries {
            let (id, level) = (format!("{:ids$}", entry.id), format!("{:levels$}", entry.level));
            let id = terminal.styled(Style::Name, &id);
            let level = terminal.styled(Style::Detail, &level);
            terminal.line(format_args!("  {id}  {level}  {}", entry.summary))?;
        }
        terminal.line("")?;
    }
    terminal.line("`lymph-idl explain ID` explains each.")?;
    Ok(Outcome::Fine)
}
