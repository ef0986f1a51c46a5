//! ZooKeeper.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{Kind, Server, server_methods};

/// The jar's manifest names the other jars.
const CLASSES: &str = "/usr/share/java/zookeeper.jar:/usr/share/java/slf4j-simple.jar";

/// A standalone ZooKeeper. Sessions may be as short as one second, so that expiry is testable.
#[derive(Debug)]
pub struct ZooKeeper {
    server: Server<Standalone>,
}

server_methods!(ZooKeeper, Standalone { settings: String::new() });

impl ZooKeeper {
    /// As [`Self::start`], with more lines of `zoo.cfg`.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub async fn start_with(settings: &str) -> Result<Self> {
        Ok(Self { server: Server::start(Standalone { settings: settings.to_owned() }).await? })
    }

    /// What `zkCli` prints when it is given these lines.
    ///
    /// # Errors
    ///
    /// When it does not run.
    pub async fn cli(&self, lines: &str) -> Result<String> {
        let mut command = tokio::process::Command::new("java");
        command.args(["-cp", CLASSES, "org.apache.zookeeper.ZooKeeperMain", "-server"]);
        command.arg(self.addr().to_string()).kill_on_drop(true);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut stdin = child.stdin.take().context("piped")?;
        stdin.write_all(lines.as_bytes()).await?;
        drop(stdin);
        let output = child.wait_with_output().await?;
        Ok(String::from_utf8(output.stdout)?)
    }
}

#[derive(Debug)]
struct Standalone {
    settings: String,
}

impl Kind for Standalone {
    const NAME: &'static str = "zookeeper";
    const PACKAGE: &'static str = "zookeeper";
    const PROOF: &'static str = "/usr/share/java/zookeeper.jar";

    fn command(&self, folder: &Path, port: u16) -> Result<Command> {
        let data = folder.join("data");
        let config = folder.join("zoo.cfg");
        let settings = format!(
            "tickTime=500\n\
             dataDir={}\n\
             clientPort={port}\n\
             clientPortAddress=127.0.0.1\n\
             maxClientCnxns=0\n\
             admin.enableServer=false\n\
             4lw.commands.whitelist=*\n\
             {}",
            data.display(),
            self.settings,
        );
        fs::write(&config, settings)?;
        let mut command = Command::new("java");
        command
            .args(["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"])
            .arg("-Dzookeeper.jmx.log4j.disable=true")
            // `kill -9` does not lose what the kernel holds, so no test needs the disk itself.
            .args(["-Dzookeeper.forceSync=no", "-Dzookeeper.preAllocSize=1024"])
            .args(["-cp", CLASSES])
            .arg("org.apache.zookeeper.server.ZooKeeperServerMain")
            .arg(config);
        Ok(command)
    }

    async fn check(&self, address: SocketAddr) -> Result<()> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"srvr").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        ensure!(answer.contains("Mode: standalone"), "`srvr` was answered with {answer:?}");
        Ok(())
    }
}
