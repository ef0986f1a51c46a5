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
