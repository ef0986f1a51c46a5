//! Commands, shown as one would type them before they run.

use std::ffi::OsString;
use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// The workspace's folder, where every command runs.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("xtask is a folder of the workspace").to_owned()
}

/// A command line with the variables set in front of it.
pub(crate) struct Line {
    command: Command,
    variables: Vec<(&'static str, String)>,
}

/// `cargo` with words separated by spaces.
pub(crate) fn cargo(words: &str) -> Line {
    line("cargo", words)
}

/// `program` with words separated by spaces.
pub(crate) fn line(program: &str, words: &str) -> Line {
    let mut command = Command::new(program);
    command.args(words.split_whitespace()).current_dir(root()).stdin(Stdio::null());
    // `cargo run` describes us to ourselves in these. Build scripts that watch them would run
    // again, and recompile their crates, each time somebody changes between xtask and cargo.
    let described = |name: &OsString| {
        let name = name.to_string_lossy();
        name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
    };
    for (name, _) in std::env::vars_os().filter(|(name, _)| described(name)) {
        command.env_remove(name);
    }
    Line { command, variables: Vec::new() }
}

impl Line {
    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &'static str, value: &str) -> Self {
        self.command.env(name, value);
        self.variables.push((name, value.to_owned()));
        self
    }

    /// Adds one word as it is.
    pub(crate) fn arg(mut self, word: impl Into<OsString>) -> Self {
        self.command.arg(word.into());
        self
    }

    /// Runs it to its end with our own output.
    ///
    /// # Errors
    ///
    /// When it does not start or does not succeed.
    pub(crate) fn run(mut self) -> Result<()> {
        eprintln!("$ {self}");
        let status = self.command.status().with_context(|| format!("cannot run `{self}`"))?;
        ensure!(status.success(), "`{self}` failed: {status}");
        Ok(())
    }

    /// As [`Self::run`], and gives each line of stdout to `each` once it has been printed.
    pub(crate) fn tee(mut self, mut each: impl FnMut(&str)) -> Result<()> {
        eprintln!("$ {self}");
        self.command.stdout(Stdio::piped());
        let mut child = self.command.spawn().with_context(|| format!("cannot run `{self}`"))?;
        let mut output = BufReader::new(child.stdout.take().expect("piped above"));
        let mut bytes = Vec::new();
        // By lines of bytes: what tests print need not be UTF-8.
        while output.read_until(b'\n', &mut bytes)? > 0 {
            std::io::stdout().write_all(&bytes)?;
            each(String::from_utf8_lossy(&bytes).trim_end());
            bytes.clear();
        }
        let status = child.wait()?;
        ensure!(status.success(), "`{self}` failed: {status}");
        Ok(())
    }

    /// Runs it unseen and returns what it wrote to stdout.
    ///
    /// # Errors
    ///
    /// When it does not start or does not succeed, with what it wrote to stderr.
    pub(crate) fn read(mut self) -> Result<String> {
        let output = self.command.output().with_context(|| format!("cannot run `{self}`"))?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`{self}` failed: {}\n{stderr}", output.status);
        Ok(String::from_utf8(output.stdout)?)
    }

    /// As [`Self::run`], and returns what it wrote to stdout; what it says on stderr is ours.
    ///
    /// # Errors
    ///
    /// As there.
    pub(crate) fn read_stdout(mut self) -> Result<String> {
        eprintln!("$ {self}");
        self.command.stderr(Stdio::inherit());
        let output = self.command.output().with_context(|| format!("cannot run `{self}`"))?;
        ensure!(output.status.success(), "`{self}` failed: {}", output.status);
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Whether it runs and succeeds; its output is dropped.
    pub(crate) fn succeeds(mut self) -> bool {
        self.command.stdout(Stdio::null()).stderr(Stdio::null());
        self.command.status().is_ok_and(|status| status.success())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.variables {
            write!(f, "{name}={} ", quoted(value))?;
        }
        write!(f, "{}", self.command.get_program().display())?;
        for word in self.command.get_args() {
            write!(f, " {}", quoted(&word.to_string_lossy()))?;
        }
        Ok(())
    }
}

/// Good enough for the words we use: quotes what a shell would split.
fn quoted(word: &str) -> String {
    if word.contains(char::is_whitespace) { format!("'{word}'") } else { word.to_owned() }
}
