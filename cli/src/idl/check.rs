//! `lymph-idl check`: every mistake in schemas.

use std::io::Write;

use lymph_idl::{Failure, RenderOptions};

use super::args::{Check, Format};
use super::files::Input;
use super::notice::Notice;
use crate::output::{Ended, Outcome, Terminal, Trouble};

pub(super) fn run<W: Write>(args: &Check, terminal: &mut Terminal<W>) -> Ended {
    let input = Input::of(&args.schemas)?;
    let format = args.output.format();
    match input.load() {
        Ok(schema) => {
            if format == Format::Human {
                let packages = schema.packages.iter().filter(|package| package.is_root).count();
                let (files, packages) = (count(input.files.len(), "file"), count(packages, "package"));
                terminal.line(format_args!("{files}, {packages}: no mistakes"))?;
            }
            Ok(Outcome::Fine)
        }
        Err(failure) => {
            report(&failure, format, terminal)?;
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
    format: Format,
    terminal: &mut Terminal<W>,
) -> Result<(), Trouble> {
    if format == Format::Human {
        let text = failure.render(RenderOptions::default().color(terminal.wants_color()));
        return terminal.line(text.trim_end());
    }
    for error in &failure.errors {
        Notice::of_error(error, &failure.sources).write(format, terminal)?;
    }
    Ok(())
}
