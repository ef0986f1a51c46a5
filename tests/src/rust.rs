//! The example services and the command line tool as peers in a cluster.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tokio::sync::OnceCell;

use crate::peer::{Output, Peer};
use crate::{Cluster, PATIENCE};

/// What the tests run, built once.
const PACKAGES: [&str; 4] = ["greeting", "listen", "echo", "lymph-cli"];

/// The programs of this workspace, built with the profile of the tests.
#[derive(Debug, Clone)]
pub struct RustEnv {
    programs: PathBuf,
}

impl RustEnv {
    /// Builds them where that is needed; says so on stderr.
    ///
    /// # Errors
    ///
    /// When they do not compile.
    pub async fn get() -> Result<Self> {
        static BUILT: OnceCell<RustEnv> = OnceCell::const_new();
        BUILT.get_or_try_init(|| async { tokio::task::spawn_blocking(Self::build).await? }).await.cloned()
    }

    fn build() -> Result<Self> {
        // Tests are at target/PROFILE/deps/NAME-HASH.
        let own = std::env::current_exe()?;
        let programs = own.ancestors().nth(2).context("tests run from the target folder")?.to_owned();
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(root()).args(["build", "--quiet"]);
        command.arg("--target-dir").arg(programs.parent().context("a profile has a parent")?);
        command.args(PACKAGES.iter().flat_map(|package| ["--package", package]));
        ensure!(command.status()?.success(), "`{command:?}` failed");
        Ok(Self { programs })
    }

    /// Starts `NAME instance` with `examples/conf/NAME.yml`; returns once it is registered.
    ///
    /// # Errors
    ///
    /// When it ends or is not registered in time.
    pub async fn instance(&self, name: &str, cluster: &Cluster) -> Result<Peer> {
        self.instance_of(name, &cluster.rust_config()).await
    }

    /// The same, with node settings of one's own in YAML.
    ///
    /// # Errors
    ///
    /// When it ends or is not registered in time.
    pub async fn instance_of(&self, name: &str, node: &str) -> Result<Peer> {
        let config = root().join(format!("examples/conf/{name}.yml"));
        let mut command = self.command(name);
        command.args(["instance", "--config"]).arg(config);
        let mut peer = Peer::start(name, "LYMPH_NODE_CONFIG", node, command)?;
        let line = peer.line("started", PATIENCE).await?;
        let field = |name: &str| {
            let value = line.split_once(&format!("{name}="))?.1;
            value.split_whitespace().next().map(str::to_owned)
        };
        let endpoint = field("endpoint").with_context(|| format!("no endpoint in {line:?}"))?;
        let identity = field("identity").with_context(|| format!("no identity in {line:?}"))?;
        peer.registered_as(identity, endpoint);
        Ok(peer)
    }

    /// Runs `lymph ARGS` to its end.
    ///
    /// # Errors
    ///
    /// When it does not end in time.
    pub async fn run(&self, cluster: &Cluster, args: &[&str]) -> Result<Output> {
        self.start(cluster, args)?.output(PATIENCE).await
    }

    /// Starts `lymph ARGS`, and waits for nothing.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn start(&self, cluster: &Cluster, args: &[&str]) -> Result<Peer> {
        self.start_with(&cluster.rust_config(), args)
    }

    /// Runs `lymph ARGS` to its end, with node settings of one's own in YAML.
    ///
    /// # Errors
    ///
    /// When it does not end in time.
    pub async fn run_with(&self, node: &str, args: &[&str]) -> Result<Output> {
        self.start_with(node, args)?.output(PATIENCE).await
    }

    fn start_with(&self, node: &str, args: &[&str]) -> Result<Peer> {
        let mut command = self.command("lymph");
        command.args(args);
        Peer::start("lymph", "LYMPH_NODE_CONFIG", node, command)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.env("RUST_LOG", "info");
        command
    }
}

/// The workspace's folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate is a folder of the workspace")
}

impl Cluster {
    /// Node settings for Rust services and tools in this cluster.
    #[must_use]
    pub fn rust_config(&self) -> String {
        format!(
            "container:
  ip: 127.0.0.1
  registry:
    class: zookeeper
    hosts: {}
  events:
    class: amqp
    url: {}
",
            self.zookeeper.addr(),
            self.rabbitmq.url()
        )
    }
}
