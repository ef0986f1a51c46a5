//! What the servers have in common.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::process::Process;
use crate::{PATIENCE, eventually, free_port};

/// How long a server may take to answer. RabbitMQ needs four seconds on two idle cores.
const START_TIMEOUT: Duration = Duration::from_secs(240);

/// How long a server may take for one answer. ZooKeeper forgets whom it heard while starting.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// Name, package and the way to start and to ask one kind of server.
pub(crate) trait Kind {
    /// Of the process, for messages.
    const NAME: &'static str;
    /// Debian package that brings it.
    const PACKAGE: &'static str;

    /// A file without which the package is not installed.
    const PROOF: &'static str;

    /// Writes what the server needs into its folder and says how to start it there.
    fn command(&self, folder: &Path, port: u16) -> Result<Command>;

    /// Succeeds once the server answers in its own protocol.
    async fn check(&self, address: SocketAddr) -> Result<()>;
}

/// One server with its port and its data; both outlive the process.
#[derive(Debug)]
pub(crate) struct Server<K> {
    kind: K,
    port: u16,
    /// Before `folder`, which is removed only after the process has ended.
    process: Option<Process>,
    folder: TempDir,
}

impl<K: Kind> Server<K> {
    pub(crate) async fn start(kind: K) -> Result<Self> {
        ensure!(
            Path::new(K::PROOF).exists(),
            "{} is not installed; run: apt-get install -y --no-install-recommends {}",
            K::NAME,
            K::PACKAGE,
        );
        let folder = tempfile::Builder::new().prefix(&format!("lymph-{}-", K::NAME)).tempdir()?;
        let mut server = Self { kind, port: free_port()?, process: None, folder };
        server.run().await?;
        Ok(server)
    }

    pub(crate) fn kind(&self) -> &K {
        &self.kind
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn process(&mut self) -> Result<&mut Process> {
        self.process.as_mut().with_context(|| format!("{} was stopped", K::NAME))
    }

    pub(crate) fn log_tail(&self) -> String {
        self.process.as_ref().map_or_else(String::new, Process::tail)
    }

    pub(crate) fn kill(&mut self) {
        if let Some(process) = &mut self.process {
            process.kill();
        }
    }

    pub(crate) async fn stop(&mut self) -> Result<()> {
        let process = self.process()?;
        let ended = process.stop(PATIENCE).await;
        ensure!(ended, "{} ignored SIGTERM for {PATIENCE:?}\n{}", K::NAME, process.tail());
        Ok(())
    }

    pub(crate) async fn restart(&mut self) -> Result<()> {
        self.kill();
        self.run().await
    }

    async fn run(&mut self) -> Result<()> {
        let command = self.kind.command(self.folder.path(), self.port)?;
        let address = self.addr();
        // A killed server may hold its port for a moment longer.
        eventually(PATIENCE, || async { Ok(TcpListener::bind(address).map(drop)?) })
            .await
            .with_context(|| format!("port {} is still taken", self.port))?;
        let process = self.process.insert(Process::start(K::NAME, self.folder.path(), &command)?);
        let runs = eventually(START_TIMEOUT, || async {
            // A server that ended will not come up: stop asking.
            let runs = process.is_running();
            if runs {
                let answer = tokio::time::timeout(CHECK_TIMEOUT, self.kind.check(address));
                answer.await.context("took the connection and fell silent")??;
            }
            Ok(runs)
        })
        .await
        .with_context(|| format!("{} does not answer\n{}", K::NAME, process.tail()))?;
        ensure!(runs, "{} ended instead of starting\n{}", K::NAME, process.tail());
        Ok(())
    }
}

/// Gives a public server type the methods that all of them have.
macro_rules! server_methods {
    ($server:ident, $kind:expr) => {
        impl $server {
            /// Starts it on a free loopback port and waits until it answers.
            ///
            /// # Errors
            ///
            /// When the package is not installed, or the server ends or stays silent; with the
            /// tail of its log.
            pub async fn start() -> anyhow::Result<Self> {
                Ok(Self { server: $crate::server::Server::start($kind).await? })
            }

            /// Its port on 127.0.0.1; stays over restarts.
            pub fn port(&self) -> u16 {
                self.server.port()
            }

            /// Its address.
            pub fn addr(&self) -> std::net::SocketAddr {
                self.server.addr()
            }

            /// Where its configuration, data and logs are until it is dropped.
            pub fn folder(&self) -> &std::path::Path {
                self.server.folder()
            }

            /// The end of what it logged.
            pub fn log_tail(&self) -> String {
                self.server.log_tail()
            }

            /// Ends it as `kill -9` does. Its data stays for [`Self::restart`].
            pub fn kill(&mut self) {
                self.server.kill();
            }

            /// Ends it with `SIGTERM`; its data stays for [`Self::restart`].
            ///
            /// # Errors
            ///
            /// When it had to be killed, which leaves it ended as well.
            pub async fn stop(&mut self) -> anyhow::Result<()> {
                self.server.stop().await
            }

            /// Starts it again on the same port with the same data, killing it first if it runs.
            ///
            /// # Errors
            ///
            /// As [`Self::start`].
            pub async fn restart(&mut self) -> anyhow::Result<()> {
                self.server.restart().await
            }

            /// Freezes it: connections stay open, nothing is answered.
            ///
            /// # Errors
            ///
            /// When it does not run.
            pub fn pause(&mut self) -> anyhow::Result<()> {
                self.server.process()?.signal("STOP")
            }

            /// Lets it go on after [`Self::pause`].
            ///
            /// # Errors
            ///
            /// When it does not run.
            pub fn resume(&mut self) -> anyhow::Result<()> {
                self.server.process()?.signal("CONT")
            }
        }
    };
}

pub(crate) use server_methods;
