//! What a build script says to Cargo.

use std::io::{self, Write};
use std::path::Path;

/// Asks to run again when one of `files` has changed, and at no other time.
pub(crate) fn rerun_if_changed<'a>(
    out: &mut dyn Write,
    files: impl IntoIterator<Item = &'a Path>,
) -> io::Result<()> {
    files.into_iter().try_for_each(|file| writeln!(out, "cargo::rerun-if-changed={}", file.display()))
}

/// Fails the build. Cargo shows these lines and nothing else, so they hold the whole report.
pub(crate) fn errors(out: &mut dyn Write, lines: &[String]) -> io::Result<()> {
    lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .try_for_each(|line| writeln!(out, "cargo::error={line}"))
}
