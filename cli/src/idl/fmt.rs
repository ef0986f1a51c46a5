//! `lymph-idl fmt`: the one layout of schemas, written or compared.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use lymph_idl::Limits;

use super::args::{Fmt, Format};
use super::check::{count, report};
use super::{difference, files, replace};
use crate::output::{Ended, Outcome, Terminal, Trouble, note};

pub(super) fn run<W: Write>(args: &Fmt, terminal: &mut Terminal<W>) -> Ended {
    let is_stdin = |path: &PathBuf| path.as_os_str() == "-";
    match &args.paths[..] {
        [path] if is_stdin(path) => stdin(args, terminal),
        paths if paths.iter().any(is_stdin) => {
            Err(Trouble::new("`-` stands alone").help("name either files or standard input"))
        }
        paths => all(args, &files::asked_for(paths, None)?, terminal),
    }
}

/// How many files there were of each kind.
#[derive(Default)]
struct Tally {
    same: usize,
    other: usize,
    wrong: usize,
}

impl Tally {
    fn line(&self, writes: bool) -> String {
        let other = if writes { "formatted" } else { "to format" };
        let parts = [(self.other, other), (self.same, "already right"), (self.wrong, "with mistakes")];
        let parts = parts.iter().filter(|(number, _)| *number > 0);
        let parts: Vec<String> = parts.map(|(number, what)| format!("{number} {what}")).collect();
        format!("{}: {}", count(self.same + self.other + self.wrong, "file"), parts.join(", "))
    }
}

fn all<W: Write>(args: &Fmt, paths: &[PathBuf], terminal: &mut Terminal<W>) -> Ended {
    let writes = !args.check && !args.diff;
    let limit = Limits::default().file_bytes;
    let mut tally = Tally::default();
    for path in paths {
        let text = files::read(path, limit)?;
        let formatted = match lymph_idl::format(path, &text) {
            Ok(formatted) => formatted,
            Err(failure) => {
                report(&failure, Format::Human, terminal)?;
                tally.wrong += 1;
                continue;
            }
        };
        if formatted.as_bytes() == text {
            tally.same += 1;
            continue;
        }
        tally.other += 1;
        if writes {
            replace::file(path, formatted.as_bytes())?;
            terminal.line(format_args!("formatted {}", path.display()))?;
        } else {
            differs(args, path, &text, &formatted, terminal)?;
        }
    }
    terminal.line(tally.line(writes))?;
    match tally.wrong {
        0 => Ok(if writes || tally.other == 0 { Outcome::Fine } else { Outcome::Found }),
        // Nobody knows whether they have the right layout, so this is not about those that have another.
        wrong => Err(Trouble::new(format!("cannot format {} with mistakes", count(wrong, "file")))),
    }
}

fn stdin<W: Write>(args: &Fmt, terminal: &mut Terminal<W>) -> Ended {
    let mut text = Vec::new();
    let unreadable = |error| Trouble::new(format!("cannot read standard input: {error}"));
    let limit = Limits::default().file_bytes as u64 + 1;
    io::stdin().take(limit).read_to_end(&mut text).map_err(unreadable)?;
    let path = &args.stdin_path;
    let formatted = match lymph_idl::format(path, &text) {
        Ok(formatted) => formatted,
        // Standard output is for what an editor puts in place of its text.
        Err(failure) => {
            note(failure.to_string().trim_end());
            return Err(Trouble::new(format!("cannot format `{}`, which has mistakes", path.display())));
        }
    };
    if !args.check && !args.diff {
        terminal.text(&formatted)?;
        return Ok(Outcome::Fine);
    }
    if formatted.as_bytes() == text {
        return Ok(Outcome::Fine);
    }
    differs(args, path, &text, &formatted, terminal)?;
    Ok(Outcome::Found)
}

/// Tells that a file has another layout, or shows in what it differs.
fn differs<W: Write>(
    args: &Fmt,
    path: &Path,
    text: &[u8],
    formatted: &str,
    terminal: &mut Terminal<W>,
) -> Result<(), Trouble> {
    if !args.diff {
        return terminal.line(format_args!("{} is not formatted", path.display()));
    }
    let text = String::from_utf8_lossy(text);
    difference::show(path, &text, formatted, terminal)
}
