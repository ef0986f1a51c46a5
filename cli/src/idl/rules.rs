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
                "fixable": entry.fixable, "summary": entry.summary, "directions": entry.directions, "explanation": entry.explanation,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(terminal: Terminal<Vec<u8>>) -> String {
        let mut terminal = terminal;
        assert_eq!(run(&mut terminal).ok(), Some(Outcome::Fine));
        String::from_utf8(terminal.into_inner()).unwrap()
    }

    #[test]
    fn every_entry_is_listed_for_people_and_for_programs() {
        let table = shown(Terminal::plain(Vec::new()));
        let json = shown(Terminal::plain(Vec::new()).with_json());
        let ids = json.lines().map(|line| {
            let entry: serde_json::Value = serde_json::from_str(line).unwrap();
            entry["id"].as_str().unwrap().to_owned()
        });
        let ids: Vec<String> = ids.collect();
        for entry in entries() {
            assert!(table.contains(&format!("  {} ", entry.id)), "{}", entry.id);
            assert!(ids.iter().any(|id| id == entry.id), "{}", entry.id);
        }
    }
}
