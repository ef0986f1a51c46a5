//! Processes as peers in a cluster, Python's and ours.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::process::Process;
use crate::{Cluster, PATIENCE, PythonEnv, eventually};

/// A running process; it ends with this value.
#[derive(Debug)]
pub struct Peer {
    identity: String,
    endpoint: String,
    /// Before `folder`, which is removed only after the process has ended.
    process: Process,
    folder: TempDir,
}

/// What a command that ended left.
#[derive(Debug, Clone)]
pub struct Output {
    /// Its exit code.
    pub code: i32,
    /// All it printed.
    pub stdout: String,
    /// All it logged.
    pub stderr: String,
}

impl Output {
    /// Its stdout without surrounding white space.
    ///
    /// # Errors
    ///
    /// When its exit code is not 0, with what it logged.
    pub fn success(&self) -> Result<&str> {
        ensure!(self.code == 0, "exit code {}\n{}\n{}", self.code, self.stdout, self.stderr);
        Ok(self.stdout.trim())
    }
}

impl PythonEnv {
    /// Starts `lymph instance` with `python/services/NAME.yml`; returns once it is registered.
    ///
    /// # Errors
    ///
    /// When it ends or is not registered in time.
    pub async fn instance(&self, name: &str, cluster: &Cluster) -> Result<Peer> {
        self.serve("instance", &config_of(name, cluster)?).await
    }

    /// Starts `lymph worker` with `python/services/NAME.yml`; returns once it is registered.
    ///
    /// # Errors
    ///
    /// When it ends or is not registered in time.
    pub async fn worker(&self, name: &str, cluster: &Cluster) -> Result<Peer> {
        self.serve("worker", &config_of(name, cluster)?).await
    }

    /// Starts `lymph COMMAND`, which is `instance`, `worker` or `node`, with a configuration of
    /// its own; see [`Cluster::python_config`]. Returns once it is registered.
    ///
    /// # Errors
    ///
    /// When it ends or is not registered in time.
    pub async fn serve(&self, command: &str, config: &str) -> Result<Peer> {
        let mut peer = self.start(config, &[command, "--loglevel=INFO"])?;
        // It names itself so right after it registered.
        let title = format!("lymph-{command} (identity: ");
        (peer.identity, peer.endpoint) = peer
            .until(PATIENCE, |peer| {
                let lines = peer.process.commands()?;
                let line = lines.iter().find_map(|line| line.strip_prefix(&title));
                let (identity, rest) = line
                    .and_then(|line| line.split_once(", endpoint: "))
                    .context("it is not registered yet")?;
                let (endpoint, _) = rest.split_once(", ").context("its title is cut off")?;
                Ok((identity.to_owned(), endpoint.to_owned()))
            })
            .await?;
        Ok(peer)
    }

    /// Starts `lymph subscribe`, which prints `TYPE: BODY` lines; returns once its queue is bound.
    ///
    /// # Errors
    ///
    /// When it ends or does not subscribe in time.
    pub async fn subscribe(&self, cluster: &Cluster, event_types: &[&str]) -> Result<Peer> {
        let args = [&["subscribe", "--loglevel=INFO"], event_types].concat();
        let peer = self.start(&cluster.python_config(""), &args)?;
        // Logged when consuming starts, after everything is declared and bound.
        peer.until(PATIENCE, |peer| {
            let subscribed = peer.process.stderr().contains("kombu.mixins: Connected to");
            ensure!(subscribed, "it has not subscribed yet");
            Ok(())
        })
        .await?;
        Ok(peer)
    }

    /// Starts `lymph tail --level=DEBUG`, which prints log lines on stderr once its subscription
    /// reached the instances; there is no telling when that is.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn tail(&self, cluster: &Cluster, addresses: &[&str]) -> Result<Peer> {
        let args = [&["tail", "--level=DEBUG"], addresses].concat();
        self.start(&cluster.python_config(""), &args)
    }

    /// Runs `lymph request SUBJECT BODY`; a version may follow the subject as `@1.2`.
    ///
    /// # Errors
    ///
    /// When it does not end in time.
    pub async fn request(&self, cluster: &Cluster, subject: &str, body: &Value) -> Result<Output> {
        self.run(cluster, &["request", "--timeout=60", subject, &body.to_string()]).await
    }

    /// Runs `lymph discover --json` and returns the instances of each interface.
    ///
    /// # Errors
    ///
    /// When it fails or does not end in time.
    pub async fn discover(&self, cluster: &Cluster) -> Result<Value> {
        let output = self.run(cluster, &["discover", "--json"]).await?;
        let printed = output.success()?;
        serde_json::from_str(printed).with_context(|| format!("printed {printed:?}"))
    }

    /// Runs `lymph inspect ADDRESS`.
    ///
    /// # Errors
    ///
    /// When it does not end in time.
    pub async fn inspect(&self, cluster: &Cluster, address: &str) -> Result<Output> {
        self.run(cluster, &["inspect", address]).await
    }

    /// Runs `lymph emit TYPE BODY`.
    ///
    /// # Errors
    ///
    /// When it does not end in time.
    pub async fn emit(&self, cluster: &Cluster, event: &str, body: &Value) -> Result<Output> {
        self.run(cluster, &["emit", event, &body.to_string()]).await
    }

    /// Runs `lymph ARGS` to its end.
    ///
    /// # Errors
    ///
    /// When it does not end in time.
    pub async fn run(&self, cluster: &Cluster, args: &[&str]) -> Result<Output> {
        self.start(&cluster.python_config(""), args)?.output(PATIENCE).await
    }

    /// Starts `lymph ARGS` with the given configuration and waits for nothing.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn start(&self, config: &str, args: &[&str]) -> Result<Peer> {
        let mut command = self.command("lymph");
        command.args(args);
        Peer::start("lymph", "LYMPH_CONFIG", config, command)
    }

    /// Starts `python python/SCRIPT ARGS` with `LYMPH_CONFIG` set, and waits for nothing.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn start_script(&self, cluster: &Cluster, script: &str, args: &[&str]) -> Result<Peer> {
        let mut command = self.command("python");
        command.arg(crate::python::source(script)).args(args);
        Peer::start("python", "LYMPH_CONFIG", &cluster.python_config(""), command)
    }
}

impl Peer {
    /// Identity it registered; empty for a process that does not register.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Endpoint it registered, `tcp://IP:PORT`; empty for a process that does not register.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Notes what it registered as.
    pub(crate) fn registered_as(&mut self, identity: String, endpoint: String) {
        (self.identity, self.endpoint) = (identity, endpoint);
    }

    /// What it printed so far.
    pub fn stdout(&self) -> String {
        self.process.stdout()
    }

    /// What it logged so far.
    pub fn stderr(&self) -> String {
        self.process.stderr()
    }

    /// The folder it runs in, which holds its configuration and output.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Waits until it prints a line with `text` on stdout or stderr, and returns that line.
    ///
    /// # Errors
    ///
    /// When it ends or `timeout` passes first, with all its last lines.
    pub async fn line(&self, text: &str, timeout: Duration) -> Result<String> {
        self.until(timeout, |peer| {
            let (out, err) = (peer.stdout(), peer.stderr());
            let line = out.lines().chain(err.lines()).find(|line| line.contains(text));
            line.map(str::to_owned).with_context(|| format!("no line contains {text:?}"))
        })
        .await
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    ///
    /// When it still runs after `timeout`.
    pub async fn output(self, timeout: Duration) -> Result<Output> {
        let ended = self.process.ended(timeout).await;
        ended.with_context(|| self.process.tail())?;
        let code = self.process.exit_code().context("somebody killed the whole group")?;
        Ok(Output { code, stdout: self.stdout(), stderr: self.stderr() })
    }

    /// Ends it as `kill -9` does: it stays registered until its session expires.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Ends it with `SIGTERM` and returns its exit code.
    ///
    /// # Errors
    ///
    /// When it had to be killed, which leaves it ended as well.
    pub async fn stop(&mut self) -> Result<i32> {
        if !self.process.stop(PATIENCE).await {
            bail!("it ignored SIGTERM for {PATIENCE:?}\n{}", self.process.tail());
        }
        self.process.exit_code().context("somebody killed the whole group")
    }

    /// Sends it a signal by its name without `SIG`, as `TERM`, and waits for nothing.
    ///
    /// # Errors
    ///
    /// When it does not run.
    pub fn signal(&mut self, name: &str) -> Result<()> {
        self.process.signal(name)
    }

    /// Freezes it: connections and registrations stay for a while, nothing is answered.
    ///
    /// # Errors
    ///
    /// When it does not run.
    pub fn pause(&mut self) -> Result<()> {
        self.process.signal("STOP")
    }

    /// Lets it go on after [`Self::pause`].
    ///
    /// # Errors
    ///
    /// When it does not run.
    pub fn resume(&mut self) -> Result<()> {
        self.process.signal("CONT")
    }

    /// Starts `command`, with `config` in a file that the environment variable `variable` names.
    pub(crate) fn start(name: &str, variable: &str, config: &str, mut command: Command) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("lymph-peer-").tempdir()?;
        let path = folder.path().join("config.yml");
        fs::write(&path, config)?;
        command.env(variable, path);
        let process = Process::start(name, folder.path(), &command)?;
        Ok(Self { identity: String::new(), endpoint: String::new(), process, folder })
    }

    /// Asks `probe` until it succeeds, with the last lines in the error; gives up early when the
    /// process ended.
    async fn until<T>(&self, timeout: Duration, probe: impl Fn(&Self) -> Result<T>) -> Result<T> {
        let result = eventually(timeout, || async {
            let running = self.process.is_running();
            match probe(self) {
                // It may have done its part before it ended.
                Err(error) if !running => Ok(Err(error.context("it ended"))),
                result => result.map(Ok),
            }
        })
        .await;
        result.flatten().with_context(|| self.process.tail())
    }
}

/// The whole configuration of one of our services in `cluster`.
fn config_of(name: &str, cluster: &Cluster) -> Result<String> {
    let path = PythonEnv::service_config(name);
    let interfaces = fs::read_to_string(&path);
    let interfaces = interfaces.with_context(|| format!("there is no {}", path.display()))?;
    Ok(cluster.python_config(&interfaces))
}
