//! `lymph-idl check`: every mistake in schemas.

use std::io::Write;

use lymph_idl::{Failure, RenderOptions};
use serde_json::json;

use super::args::Check;
use super::files::Input;
use crate::output::{Ended, Outcome, Terminal};

pub(super) fn run<W: Write>(args: &Check, terminal: &mut Terminal<W>) -> Ended {
    let input = Input::of(&args.schemas)?;
    match input.load() {
        Ok(schema) => {
            if !terminal.wants_json() {
                let packages = schema.packages.iter().filter(|package| package.is_root).count();
                let (files, packages) = (count(input.files.len(), "file"), count(packages, "package"));
                terminal.line(format_args!("{files}, {packages}: no mistakes"))?;
            }
            Ok(Outcome::Fine)
        }
        Err(failure) => {
            report(&failure, terminal)?;
            Ok(Outcome::Found)
        }
    }
}

/// `1 file`, `2 files`.
pub(super) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Writes what is wrong with schemas.
pub(super) fn report<W: Write>(
    failure: &Failure,
    terminal: &mut Terminal<W>,
) -> Result<(), crate::output::Trouble> {
    if !terminal.wants_json() {
        let text = failure.render(RenderOptions::default().color(terminal.wants_color()));
        return terminal.line(text.trim_end());
    }
    for error in &failure.errors {
        let place = error.span().map(|span| {
            let file = failure.sources.file(span.file);
            let (line, column) = file.line_column(span.start);
            (file.path.display().to_string(), line, column)
        });
        let (file, line, column) = match place {
            Some((file, line, column)) => (Some(file), Some(line), Some(column)),
            None => (None, None, None),
        };
        terminal.json(&json!({
            "file": file, "line": line, "column": column,
            "message": error.to_string(), "help": error.help(),
        }))?;
    }
    Ok(())
}
