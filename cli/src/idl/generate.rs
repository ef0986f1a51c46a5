//! `lymph-idl gen rust`: code from schemas, written or compared.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use lymph_codegen::{File, Options, Problem};
use lymph_idl::Schema;

use super::args::{Format, Rust};
use super::check;
use super::files::Input;
use super::replace;
use crate::output::{Ended, Outcome, Terminal, Trouble};

pub(super) fn run<W: Write>(args: &Rust, terminal: &mut Terminal<W>) -> Ended {
    let schema = match Input::of(&args.schemas)?.load() {
        Ok(schema) => schema,
        Err(failure) => {
            check::report(&failure, Format::Human, terminal)?;
            return Err(Trouble::new("the schemas have mistakes; nothing was generated"));
        }
    };
    let generated = generate(args, &schema).map_err(|problems| tell(&problems))?;
    let mut outdated = false;
    for (path, text) in generated {
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        if args.check {
            terminal.line(format_args!("{} is out of date", path.display()))?;
            outdated = true;
        } else {
            replace::file(&path, text.as_bytes())?;
            terminal.line(format_args!("wrote {}", path.display()))?;
        }
    }
    Ok(if outdated { Outcome::Found } else { Outcome::Fine })
}

/// Each file's path and text.
fn generate(args: &Rust, schema: &Schema) -> Result<Vec<(PathBuf, String)>, Vec<Problem>> {
    let mut options = Options::default();
    options.clients = !args.no_clients;
    options.servers = !args.no_servers;
    options.default_stubs = args.default_stubs;
    match (&args.emit, &args.out) {
        (Some(path), _) => Ok(vec![(path.clone(), lymph_codegen::generate_single(schema, &options)?)]),
        (None, folder) => {
            let folder = folder.as_deref().unwrap_or(Path::new("."));
            let place = |file: File| (folder.join(file.path), file.text);
            Ok(lymph_codegen::generate(schema, &options)?.into_iter().map(place).collect())
        }
    }
}

fn tell(problems: &[Problem]) -> Trouble {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    Trouble::new(lines.join("\n"))
}
