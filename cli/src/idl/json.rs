//! `lymph-idl gen json` and `schema`: the model for programs that are not written in Rust.

use std::fs;
use std::io::Write;

use super::args::{Document, Json, JsonSchema};
use super::files::Input;
use super::{diff, model_json, replace};
use crate::output::{Ended, Outcome, Terminal, Trouble, note};

pub(super) fn run<W: Write>(args: &Json, terminal: &mut Terminal<W>) -> Ended {
    let input = Input::of(&args.schemas)?;
    let schema = match input.load() {
        Ok(schema) => schema,
        Err(failure) => {
            // Standard output is for the model.
            note(failure.to_string().trim_end());
            return Err(Trouble::new("the schemas have mistakes; nothing was generated"));
        }
    };
    let text = model_json::write(&schema, &input.options.include_paths);
    let Some(path) = &args.out else {
        terminal.text(&text)?;
        return Ok(Outcome::Fine);
    };
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(Outcome::Fine);
    }
    if args.check {
        terminal.line(format_args!("{} is out of date", path.display()))?;
        return Ok(Outcome::Found);
    }
    replace::file(path, text.as_bytes())?;
    terminal.line(format_args!("wrote {}", path.display()))?;
    Ok(Outcome::Fine)
}

pub(super) fn schema<W: Write>(args: &JsonSchema, terminal: &mut Terminal<W>) -> Ended {
    terminal.text(&match args.document {
        Document::Model => model_json::json_schema(),
        Document::Diff => diff::json_schema(),
    })?;
    Ok(Outcome::Fine)
}
