//! From schemas to files, touching none that would stay the same.

use std::path::{Path, PathBuf};
use std::{env, fs};

use lymph_idl::Schema;

use crate::{Builder, Error, cargo};

impl Builder {
    /// Compiles the schemas. Mistakes are reported to Cargo, which then fails the build.
    ///
    /// To be called from a build script.
    pub fn compile(self) {
        let mut out = String::new();
        if let Err(error) = self.run(&mut out) {
            cargo::errors(&mut out, &error.lines());
        }
        cargo::tell(&out);
    }

    /// Like [`Self::compile`], for build scripts that handle errors themselves.
    ///
    /// # Errors
    ///
    /// [`Error`], whose `Debug` is the report, so that `main` may return it.
    pub fn try_compile(self) -> Result<(), Error> {
        let mut out = String::new();
        let done = self.run(&mut out);
        cargo::tell(&out);
        done
    }

    /// Whether the file of [`Self::emit`] is what would be generated; for a test that keeps it fresh.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] with the difference, and whatever keeps the schemas from compiling.
    pub fn check(self) -> Result<(), Error> {
        let path = self.emit.as_ref().ok_or(Error::NoOutDir)?;
        let schema = lymph_idl::load(&self.schemas, &self.loading)?;
        let fresh = lymph_codegen::generate_single(&schema, &self.generating).map_err(Error::Options)?;
        let found = fs::read_to_string(path).map_err(|cause| Error::Io { path: path.clone(), cause })?;
        // A checkout may have turned line ends.
        let found = found.replace("\r\n", "\n");
        if found == fresh {
            return Ok(());
        }
        Err(Error::Stale { path: path.clone(), diff: diff(&found, &fresh) })
    }

    /// Compiles, and adds what Cargo should know to `out`.
    fn run(&self, out: &mut String) -> Result<(), Error> {
        let loaded = lymph_idl::load(&self.schemas, &self.loading);
        let sources = loaded.as_ref().map_or_else(|failure| &failure.sources, |schema| &schema.sources);
        cargo::rerun_if_changed(out, sources.paths());
        let schema = loaded?;
        self.files(&schema)?.iter().try_for_each(|(path, text)| write_if_changed(path, text))
    }

    fn files(&self, schema: &Schema) -> Result<Vec<(PathBuf, String)>, Error> {
        if let Some(path) = &self.emit {
            let text = lymph_codegen::generate_single(schema, &self.generating).map_err(Error::Options)?;
            return Ok(vec![(path.clone(), text)]);
        }
        let folder = match &self.out_dir {
            Some(folder) => folder.clone(),
            None => env::var_os("OUT_DIR").ok_or(Error::NoOutDir)?.into(),
        };
        let files = lymph_codegen::generate(schema, &self.generating).map_err(Error::Options)?;
        Ok(files.into_iter().map(|file| (folder.join(&file.path), file.text)).collect())
    }
}

/// A file that is written has changed for Cargo, for editors, and for whoever watches it.
fn write_if_changed(path: &Path, text: &str) -> Result<(), Error> {
    if fs::read(path).is_ok_and(|found| found == text.as_bytes()) {
        return Ok(());
    }
    let write = || {
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)
    };
    write().map_err(|cause| Error::Io { path: path.to_owned(), cause })
}

/// Lines shown of a difference, on each side.
const DIFF_LINES: usize = 20;

/// What differs between the first and the last line that do.
fn diff(found: &str, fresh: &str) -> String {
    let (found, fresh): (Vec<_>, Vec<_>) = (found.lines().collect(), fresh.lines().collect());
    let same = found.iter().zip(&fresh).take_while(|(a, b)| a == b).count();
    let rest = found.len().min(fresh.len()) - same;
    let same_end = found.iter().rev().zip(fresh.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let side = |mark: char, lines: &[&str]| {
        let changed = &lines[same..lines.len() - same_end];
        let shown = changed.iter().take(DIFF_LINES).map(|line| format!("{mark}{line}\n"));
        let more = changed.len().saturating_sub(DIFF_LINES);
        shown.chain((more > 0).then(|| format!("{mark}… {more} more lines\n"))).collect::<String>()
    };
    format!("@@ line {} @@\n{}{}", same + 1, side('-', &found), side('+', &fresh))
}

#[cfg(test)]
mod tests {
    use super::diff;

    #[test]
    fn differences_are_shown_without_what_is_the_same() {
        assert_eq!(diff("a\nb\nc\n", "a\nx\ny\nc\n"), "@@ line 2 @@\n-b\n+x\n+y\n");
        assert_eq!(diff("a\na\n", "a\n"), "@@ line 2 @@\n-a\n");
    }
}
