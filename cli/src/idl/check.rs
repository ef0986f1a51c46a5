//! `lymph-idl check`: every mistake in schemas.

use std::io::Write;
use std::path::Path;

use lymph_config::{Acceptances, Lock};
use lymph_idl::{Failure, RenderOptions, Schema, SchemaError};

use super::args::{Check, Format};
use super::diff::{Look, Undecided};
use super::files::Input;
use super::notice::Notice;
use super::{declared, diff, released, tolerance};
use crate::output::{Ended, Outcome, Terminal, Trouble};

pub(super) fn run<W: Write>(args: &Check, terminal: &mut Terminal<W>) -> Ended {
    let input = Input::of(&args.schemas)?;
    let format = args.output.format();
    match input.load() {
        Ok(schema) if args.history => history(&input, &schema, format, terminal),
        Ok(schema) => {
            let first = input.files.first().map_or(Path::new(""), |file| file);
            let (lock, acceptances) = (released::lock(first)?, acceptances(first)?);
            let policy = self::policy(&input, &lock, &acceptances, &schema)?;
            let changed = lymph_diff::frozen(&schema, &policy);
            for changed in &changed {
                Notice::of_release(changed, &schema.sources).write(format, terminal)?;
            }
            if !changed.is_empty() {
                return Ok(Outcome::Found);
            }
            if format == Format::Human {
                let packages = schema.packages.iter().filter(|package| package.is_root).count();
                let (files, packages) = (count(input.files.len(), "file"), count(packages, "package"));
                terminal.line(format_args!("{files}, {packages}: no mistakes"))?;
            }
            Ok(Outcome::Fine)
        }
        Err(failure) => {
            report(&failure, format, terminal)?;
            // Of a file that was asked for and not read, nothing was found out.
            let is_unread = |error: &SchemaError| matches!(error, SchemaError::CannotRead { span: None, .. });
            match failure.errors.iter().filter(|error| is_unread(error)).count() {
                0 => Ok(Outcome::Found),
                unread => Err(Trouble::new(format!("{} could not be read", count(unread, "file")))),
            }
        }
    }
}

/// What is accepted of a schema.
fn acceptances(schema: &Path) -> Result<Acceptances, Trouble> {
    Ok(Acceptances::file_of(schema).map(Acceptances::read).transpose()?.unwrap_or_default())
}

fn policy(
    input: &Input,
    lock: &Lock,
    acceptances: &Acceptances,
    schema: &Schema,
) -> Result<lymph_diff::Policy, Trouble> {
    tolerance::policy(&input.config, lock, acceptances, schema, &input.options, None, declared::beside)
}

/// Compares every version with every later one.
fn history<W: Write>(input: &Input, schema: &Schema, format: Format, terminal: &mut Terminal<W>) -> Ended {
    let first = input.files.first().map_or(Path::new(""), |file| file);
    let (lock, acceptances) = (Lock::default(), acceptances(first)?);
    let policy = self::policy(input, &lock, &acceptances, schema)?;
    let history = match diff::history(schema, &policy) {
        Ok(history) => history,
        Err(Undecided::Trouble(trouble)) => return Err(trouble),
        Err(Undecided::Mistakes { side, failure }) => {
            report(&failure, format, terminal)?;
            return Err(Trouble::new(format!("{side} does not stand on its own")));
        }
    };
    let look = Look { paint: terminal.paint(), width: terminal.width(), verbose: false };
    for broken in &history.breaks {
        if format == Format::Human {
            terminal.line(diff::for_people(broken, &look)?)?;
            terminal.line("")?;
            continue;
        }
        for finding in &broken.document.findings {
            Notice::of_break(finding, broken.versions).write(format, terminal)?;
        }
    }
    if format == Format::Human {
        let (files, pairs) = (count(input.files.len(), "file"), count(history.pairs, "pair"));
        terminal.line(match history.breaks.len() {
            0 if history.pairs == 0 => format!("{files}: no mistakes, and no two versions to compare"),
            0 => format!("{files}: no mistakes, and in {pairs} of versions each understands the other"),
            broken => {
                format!("{files}, {pairs} of versions: {broken} in which one does not understand the other")
            }
        })?;
    }
    Ok(if history.breaks.is_empty() { Outcome::Fine } else { Outcome::Found })
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
