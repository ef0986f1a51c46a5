//! `lymph-idl diff`: what a change does to those who use the schemas.

mod accept;
mod affected;
mod directions;
mod document;
mod format;
mod history;
mod named;
mod release;
mod repository;
mod side;
mod sides;
mod tree;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lymph_idl::RenderOptions;

use super::args::Diff;
use crate::output::{Ended, Outcome, Terminal, Trouble};
pub(super) use accept::run as accept;
pub(super) use directions::{Direction, directions};
use document::Document;
pub(super) use document::Finding;
pub(super) use document::Outcome as Decision;
pub(super) use format::Chosen as Format;
pub(super) use format::Look;
pub(super) use history::{for_people, history};
pub(super) use release::since_release;
pub(super) use sides::Undecided;
use sides::sides;

/// Where bugs of the tool are told of.
const ISSUES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/issues");

pub(super) fn run<W: Write>(args: &Diff, terminal: &mut Terminal<W>) -> Ended {
    let format = args.format();
    let (width, verbose) = (terminal.width(), args.verbose);
    let document = match deciding(|| compare(args))? {
        Ok(document) => document,
        Err(undecided) if format.is_for_people() => return Err(explain(undecided, terminal)?),
        Err(Undecided::Trouble(trouble)) => return Err(trouble),
        // What programs read is a document of the format or nothing.
        Err(Undecided::Mistakes { side, failure }) => {
            return Err(mistakes(&side).help(failure.one_line().collect::<Vec<_>>().join("\n")));
        }
    };
    let paint = if format.is_for_people() { terminal.paint() } else { Default::default() };
    let text = deciding(|| format.write(&document, &Look { paint, width, verbose }))??;
    if !text.is_empty() {
        terminal.line(text)?;
    }
    match document.outcome {
        document::Outcome::Acceptable => Ok(Outcome::Fine),
        document::Outcome::Findings => Ok(Outcome::Found),
        document::Outcome::Undecided => Err(undecided(&document)),
    }
}

/// The JSON Schema of what `--json` writes.
pub(super) fn json_schema() -> String {
    document::json_schema()
}

fn compare(args: &Diff) -> Result<Document, Undecided> {
    let mut sides = sides(&args.sides)?;
    sides.new.policy.tier = args.policy.unwrap_or(sides.new.policy.tier);
    let report = lymph_diff::diff(&sides.old.schema, &sides.new.schema, &sides.new.policy);
    Ok(document::make(&sides, &report))
}

/// Says why there is nothing to compare, and gives the failure that the command ends with.
fn explain<W: Write>(undecided: Undecided, terminal: &mut Terminal<W>) -> Result<Trouble, Trouble> {
    match undecided {
        Undecided::Trouble(trouble) => Ok(trouble),
        Undecided::Mistakes { side, failure } => {
            let options = RenderOptions::default().color(terminal.wants_color()).width(terminal.width());
            terminal.line(failure.render(options).trim_end())?;
            Ok(mistakes(&side))
        }
    }
}

fn mistakes(side: &str) -> Trouble {
    Trouble::new(format!("cannot decide: there are mistakes in {side}"))
}

/// Runs a part of the decision. That it fails to say anything must never look like "acceptable".
fn deciding<T>(part: impl FnOnce() -> T) -> Result<T, Trouble> {
    catch_unwind(AssertUnwindSafe(part)).map_err(|_| {
        Trouble::new("cannot decide: this input makes the tool fail, which is a mistake of the tool")
            .help(format!("please report it with both schemas and the message above: {ISSUES}"))
    })
}

/// Names what no rule speaks of.
fn undecided(document: &Document) -> Trouble {
    let places = document.unclassified.iter().map(|it| {
        let place = it.new.as_ref().or(it.old.as_ref());
        let place = place.map_or_else(String::new, |place| format!(" ({})", place.shown()));
        format!("`{}`{place}", it.path)
    });
    let places = places.collect::<Vec<_>>().join(", ");
    Trouble::new(format!("cannot decide: no rule knows how this changed: {places}"))
        .help(format!("that is a mistake of the tool; please report it with both schemas: {ISSUES}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_the_tool_is_no_answer() {
        let ended = deciding(|| -> Ended { panic!("on purpose") });
        assert!(ended.is_err());
    }
}
