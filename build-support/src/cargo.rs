//! What a build script says to Cargo.

use std::path::Path;

/// Asks to run again when one of `files` has changed, and at no other time.
pub(crate) fn rerun_if_changed<'a>(out: &mut String, files: impl IntoIterator<Item = &'a Path>) {
    out.extend(files.into_iter().map(|file| format!("cargo::rerun-if-changed={}\n", file.display())));
}

/// Fails the build. Cargo shows these lines and nothing else, so they hold the whole report.
pub(crate) fn errors(out: &mut String, lines: &[String]) {
    let lines = lines.iter().filter(|line| !line.trim().is_empty());
    out.extend(lines.map(|line| format!("cargo::error={line}\n")));
}

/// Says it.
#[allow(clippy::print_stdout, reason = "this is how a build script talks to Cargo")]
pub(crate) fn tell(lines: &str) {
    print!("{lines}");
}
