//! `lymph-idl explain`: what a rule or an error is about, with examples.

use std::io::Write;

use super::args::Explain;
use super::catalog::{Source, entry};
use crate::output::{Ended, Outcome, Style, Terminal};

/// Columns before text wraps.
const WIDTH: usize = 90;

pub(super) fn run<W: Write>(args: &Explain, terminal: &mut Terminal<W>) -> Ended {
    let entry = entry(&args.id)?;
    let prefix = if entry.source == Source::Check { "lymph::" } else { "" };
    let name = terminal.styled(Style::Name, &format!("{prefix}{}", entry.id));
    terminal.line(format_args!("{name}: {}", entry.summary))?;
    let fixable = if entry.fixable { ", can be repaired with --fix" } else { "" };
    let facts = format!("of `lymph-idl {}`, level {}{fixable}", entry.source.name(), entry.level);
    terminal.line(terminal.styled(Style::Detail, &facts))?;
    if !entry.told_as.is_empty() {
        for line in wrap(&format!("told as {}", entry.told_as.join(", "))) {
            terminal.line(line)?;
        }
    }
    for paragraph in entry.explanation.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        terminal.line("")?;
        for line in wrap(paragraph) {
            terminal.line(line)?;
        }
    }
    if !entry.directions.is_empty() {
        terminal.line(format_args!("\n{}", terminal.styled(Style::Help, "where versions meet:")))?;
    }
    for direction in &entry.directions {
        for (number, line) in wrap(&direction.text()).into_iter().enumerate() {
            let indent = if number == 0 { "    " } else { "        " };
            terminal.line(format_args!("{indent}{line}"))?;
        }
    }
    for (title, schema) in entry.examples {
        terminal.line(format_args!("\n{}", terminal.styled(Style::Help, &format!("{title}:"))))?;
        for line in schema.trim().lines() {
            terminal.line(format!("    {line}").trim_end())?;
        }
    }
    Ok(Outcome::Fine)
}

fn wrap(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is one from the start");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(word.to_owned());
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::catalog::entries;
    use super::*;

    #[test]
    fn everything_is_explained_in_lines_that_fit() {
        for entry in entries() {
            let mut terminal = Terminal::plain(Vec::new());
            let ended = run(&Explain { id: entry.id.to_owned() }, &mut terminal);
            assert_eq!(ended.ok(), Some(Outcome::Fine), "{}", entry.id);
            let text = String::from_utf8(terminal.into_inner()).unwrap();
            let (prose, _) = text.split_once(":\n    ").unwrap_or((&text, ""));
            for line in prose.lines().skip(1) {
                assert!(line.chars().count() <= WIDTH, "{}: {line}", entry.id);
            }
        }
    }
}
