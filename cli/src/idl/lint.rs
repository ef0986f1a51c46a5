//! `lymph-idl lint`: what is right and will still trouble somebody.

use std::fs;
use std::io::Write;

use lymph_config::Level;
use lymph_idl::{FileSystem, RenderOptions, SourceMap, analyze};
use lymph_lint::fix::{Fixed, FixedFile, fix};
use lymph_lint::{Levels, Lint, UnknownRule, render};

use super::args::{self, Format};
use super::check::{self, count};
use super::files::Input;
use super::notice::Notice;
use super::{difference, replace};
use crate::output::{Ended, Outcome, Terminal, Trouble};

pub(super) fn run<W: Write>(args: &args::Lint, terminal: &mut Terminal<W>) -> Ended {
    let input = Input::of(&args.schemas)?;
    let levels = levels(args, &input)?;
    let format = args.output.format();
    // Told in the words of `check`, whatever can be said beside.
    if let Err(failure) = input.load() {
        check::report(&failure, format, terminal)?;
        return Err(Trouble::new("the schemas have mistakes; nothing was linted"));
    }
    let (lints, sources) = if args.fix {
        let fixed = fix(&input.files, &input.options, &FileSystem, &levels);
        repair(args.dry_run, &fixed, format, terminal)?;
        (fixed.lints, fixed.analysis.schema.sources)
    } else {
        let analysis = analyze(&input.files, &input.options, &FileSystem);
        (lymph_lint::lint(&analysis, &levels), analysis.schema.sources)
    };
    tell(&lints, &sources, format, terminal)?;
    if format == Format::Human {
        summarize(&lints, &input, args.fix, terminal)?;
    }
    let is_found = lints.iter().any(|lint| lint.level == Level::Deny || args.strict);
    Ok(if is_found { Outcome::Found } else { Outcome::Fine })
}

/// Those of `lymph.toml`, then those of the command line.
fn levels(args: &args::Lint, input: &Input) -> Result<Levels, Trouble> {
    let mut levels = Levels::of_config(&input.config)?;
    let flags = [(&args.allow, Level::Allow), (&args.warn, Level::Warn), (&args.deny, Level::Deny)];
    for (ids, level) in flags {
        for id in ids {
            levels.set(id, level).map_err(|unknown| trouble(&unknown))?;
        }
    }
    Ok(levels)
}

fn trouble(unknown: &UnknownRule) -> Trouble {
    Trouble::new(unknown).help(unknown.help())
}

/// Writes the repaired files, or only what would change in them.
fn repair<W: Write>(
    dry_run: bool,
    fixed: &Fixed,
    format: Format,
    terminal: &mut Terminal<W>,
) -> Result<(), Trouble> {
    for file in &fixed.files {
        if !dry_run {
            write(file)?;
        } else if format == Format::Human {
            difference::show(&file.path, &file.before, &file.after, terminal)?;
        }
    }
    if format == Format::Human && !fixed.files.is_empty() {
        let (repaired, files) = (count(fixed.repaired, "finding"), count(fixed.files.len(), "file"));
        let verb = if dry_run { "would repair" } else { "repaired" };
        terminal.line(format_args!("{verb} {repaired} in {files}"))?;
        if !fixed.lints.is_empty() {
            terminal.line("")?;
        }
    }
    Ok(())
}

/// Puts the repaired text in place of the one that was read.
fn write(file: &FixedFile) -> Result<(), Trouble> {
    let path = &file.path;
    let now = fs::read_to_string(path)
        .map_err(|error| Trouble::new(format!("cannot read `{}`: {error}", path.display())))?;
    // A byte order mark is no part of the text.
    if now.strip_prefix('\u{feff}').unwrap_or(&now) != file.before {
        return Err(Trouble::new(format!("`{}` was changed by somebody else meanwhile", path.display()))
            .help("run this again"));
    }
    replace::file(path, file.after.as_bytes())
}

fn tell<W: Write>(
    lints: &[Lint],
    sources: &SourceMap,
    format: Format,
    terminal: &mut Terminal<W>,
) -> Result<(), Trouble> {
    let options = RenderOptions::default().color(terminal.wants_color());
    for lint in lints {
        match format {
            Format::Human => terminal.line(render(lint, sources, options))?,
            format => Notice::of_lint(lint, sources).write(format, terminal)?,
        }
    }
    Ok(())
}

fn summarize<W: Write>(
    lints: &[Lint],
    input: &Input,
    is_fixed: bool,
    terminal: &mut Terminal<W>,
) -> Result<(), Trouble> {
    let errors = lints.iter().filter(|lint| lint.level == Level::Deny).count();
    let fixable = lints.iter().filter(|lint| lint.fix.is_some()).count();
    let warnings = lints.len() - errors;
    let mut found: Vec<String> = Vec::new();
    if errors > 0 {
        found.push(count(errors, "error"));
    }
    if warnings > 0 {
        found.push(count(warnings, "warning"));
    }
    let mut text = if found.is_empty() { "no findings".to_owned() } else { found.join(", ") };
    if fixable > 0 {
        let how = if is_fixed { "not fixable without breaking something" } else { "fixable with --fix" };
        text = format!("{text}; {fixable} {how}");
    }
    terminal.line(format_args!("{}: {text}", count(input.files.len(), "file")))
}
