//! Python scripts that a test talks with, line by line.

use std::fmt::Display;
use std::process::Stdio;

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::{PATIENCE, PythonEnv};

/// A running script of the `python` folder, which says lines of JSON; it ends with this value.
///
/// Its stderr is that of the test.
#[derive(Debug)]
pub struct Script {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Script {
    /// Starts `python python/NAME ARGS`, and waits for nothing.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn start(python: &PythonEnv, name: &str, args: &[&str]) -> Result<Self> {
        let mut command = Command::from(python.command("python"));
        command.arg(crate::python::source(name)).args(args).kill_on_drop(true);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take().context("piped")?;
        let lines = BufReader::new(child.stdout.take().context("piped")?).lines();
        Ok(Self { child, stdin, lines })
    }

    /// Tells it one line.
    ///
    /// # Errors
    ///
    /// When it has ended.
    pub async fn tell(&mut self, line: impl Display) -> Result<()> {
        Ok(self.stdin.write_all(format!("{line}\n").as_bytes()).await?)
    }

    /// The next line that it says.
    ///
    /// # Errors
    ///
    /// When it ends, says nothing within [`PATIENCE`], or something else than JSON.
    pub async fn next(&mut self) -> Result<Value> {
        let line = timeout(PATIENCE, self.lines.next_line()).await.context("it says nothing")??;
        let line = line.context("it ended")?;
        serde_json::from_str(&line).with_context(|| format!("it said {line:?}"))
    }

    /// Waits until it says `line`.
    ///
    /// # Errors
    ///
    /// As [`Self::next`], with what it said instead.
    pub async fn until(&mut self, line: &Value) -> Result<()> {
        let mut said = Vec::new();
        loop {
            let next = self.next().await.with_context(|| format!("it said {said:?}, without {line}"))?;
            if next == *line {
                return Ok(());
            }
            said.push(next);
        }
    }

    /// Ends it as `kill -9` does.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}
