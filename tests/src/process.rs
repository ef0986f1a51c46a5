//! Child processes that never outlive their owner.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::eventually;

/// Environment variable on every process we start: the folder it belongs to.
const FOLDER_MARK: &str = "LYMPH_TEST_FOLDER";

/// Lines of output that go into an error.
const TAIL_LINES: usize = 40;

/// A command and everything it starts, as one process group.
///
/// The group ends with this value, and also when our own process dies in whatever way: a shell
/// beside the command waits for our end of a pipe to close.
#[derive(Debug)]
pub struct Process {
    name: String,
    folder: PathBuf,
    /// Number of the shell and of its process group.
    pid: u32,
    /// Locked for an instant at a time, so that whoever waits does not need the only reference.
    shell: Mutex<Child>,
    /// Taken when the group is to end.
    control: Option<ChildStdin>,
}

impl Process {
    /// Starts `command`; output goes to `NAME.out` and `NAME.err` in `folder`.
    ///
    /// # Errors
    ///
    /// When the files cannot be written or no shell starts. A program that is not there shows up
    /// as exit code 127.
    pub fn start(name: &str, folder: &Path, command: &Command) -> Result<Self> {
        let open = |suffix| {
            let path = folder.join(format!("{name}.{suffix}"));
            File::options().create(true).append(true).open(path)
        };
        let status = folder.join(format!("{name}.status"));
        if status.exists() {
            fs::remove_file(&status)?;
        }
        let mut shell = Command::new("/bin/sh");
        shell
            .arg("-c")
            .arg(include_str!("supervise.sh"))
            .arg(format!("supervise-{name}"))
            .arg(status)
            .arg(command.get_program())
            .args(command.get_args())
            .current_dir(command.get_current_dir().unwrap_or(folder))
            .env(FOLDER_MARK, folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(open("out")?)
            .stderr(open("err")?);
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(key, value),
                None => shell.env_remove(key),
            };
        }
        let mut shell = shell.spawn().with_context(|| format!("cannot start {name}"))?;
        Ok(Self {
            name: name.to_owned(),
            folder: folder.to_owned(),
            pid: shell.id(),
            control: shell.stdin.take(),
            shell: Mutex::new(shell),
        })
    }

    /// Number of the process group.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Sends a signal (`TERM`, `STOP`, `CONT`, …) to the command itself, not to its children.
    ///
    /// # Errors
    ///
    /// When the command has ended.
    pub fn signal(&mut self, signal: &str) -> Result<()> {
        let control = self.control.as_mut().context("already ended")?;
        writeln!(control, "{signal}").with_context(|| format!("{} has ended", self.name))
    }

    /// Command lines of all that runs in the group, our shells left out.
    ///
    /// # Errors
    ///
    /// When `/proc` cannot be listed.
    pub fn commands(&self) -> io::Result<Vec<String>> {
        let group = self.pid().to_string();
        let mine = |path: &Path| {
            let stat = lossy(&path.join("stat"));
            // After the name, which may hold anything: state, parent, process group.
            let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
            fields.split_whitespace().nth(2) == Some(&*group)
        };
        let supervisor = |line: &str| line.contains("supervise-");
        let mut lines = command_lines(mine)?;
        lines.retain(|line| !line.is_empty() && !supervisor(line));
        Ok(lines)
    }

    /// Whether the command still runs.
    pub fn is_running(&self) -> bool {
        matches!(self.shell().try_wait(), Ok(None))
    }

    /// Exit code of the command once it ended; 128 + N after signal N; `None` when we killed it.
    pub fn exit_code(&self) -> Option<i32> {
        fs::read_to_string(self.file("status")).ok()?.trim().parse().ok()
    }

    /// Ends the group at once, as `kill -9` does.
    pub fn kill(&mut self) {
        self.control = None;
        // The shell kills the group, itself included; it has nothing that could hold it up.
        let _ = self.shell().wait();
    }

    /// Waits until the command ends by itself.
    ///
    /// # Errors
    ///
    /// When it still runs after `timeout`.
    pub async fn ended(&self, timeout: Duration) -> Result<()> {
        eventually(timeout, || async {
            ensure!(!self.is_running(), "{} still runs", self.name);
            Ok(())
        })
        .await
    }

    /// Asks the command to end, and kills the group if it has not after `timeout`.
    ///
    /// Returns whether it ended by itself.
    pub async fn stop(&mut self, timeout: Duration) -> bool {
        let asked = self.signal("TERM").is_ok();
        let ended = asked && self.ended(timeout).await.is_ok();
        self.kill();
        ended
    }

    /// What the command wrote to stdout so far.
    pub fn stdout(&self) -> String {
        lossy(&self.file("out"))
    }

    /// What the command wrote to stderr so far.
    pub fn stderr(&self) -> String {
        lossy(&self.file("err"))
    }

    /// The last lines of both outputs, for error messages.
    pub fn tail(&self) -> String {
        let tail = |text: &str| {
            let lines: Vec<_> = text.lines().collect();
            lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
        };
        let (out, err) = (self.stdout(), self.stderr());
        format!("{} stdout:\n{}\n{} stderr:\n{}", self.name, tail(&out), self.name, tail(&err))
    }

    fn shell(&self) -> MutexGuard<'_, Child> {
        self.shell.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self, suffix: &str) -> PathBuf {
        self.folder.join(format!("{}.{suffix}", self.name))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Running processes that were started for `folder`, by command line; grandchildren too.
///
/// # Errors
///
/// When `/proc` cannot be listed.
pub fn leftovers(folder: &Path) -> io::Result<Vec<String>> {
    let mark = format!("{FOLDER_MARK}={}", folder.display());
    command_lines(|path| {
        // Ended processes that nobody reaped have an empty environment.
        let environment = fs::read(path.join("environ")).unwrap_or_default();
        environment.split(|&byte| byte == 0).any(|pair| pair == mark.as_bytes())
    })
}

/// Command lines of the processes whose folder in `/proc` passes; others vanish meanwhile.
fn command_lines(passes: impl Fn(&Path) -> bool) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let path = entry?.path();
        if passes(&path) {
            let line = lossy(&path.join("cmdline")).replace('\0', " ");
            lines.push(line.trim_end().to_owned());
        }
    }
    Ok(lines)
}

/// A file as text; empty when it is not there.
fn lossy(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}
