//! ZooKeeper.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{Kind, Server, server_methods};

/// A standalone ZooKeeper. Sessions may be as short as one second, so that expiry is testable.
#[derive(Debug)]
pub struct ZooKeeper {
    server: Server<Standalone>,
}

server_methods!(ZooKeeper, Standalone);

#[derive(Debug)]
struct Standalone;

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
             4lw.commands.whitelist=*\n",
            data.display(),
        );
        fs::write(&config, settings)?;
        let mut command = Command::new("java");
        command
            .args(["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"])
            .arg("-Dzookeeper.jmx.log4j.disable=true")
            // `kill -9` does not lose what the kernel holds, so no test needs the disk itself.
            .args(["-Dzookeeper.forceSync=no", "-Dzookeeper.preAllocSize=1024"])
            // The jar's manifest names the other jars.
            .args(["-cp", "/usr/share/java/zookeeper.jar:/usr/share/java/slf4j-simple.jar"])
            .arg("org.apache.zookeeper.server.ZooKeeperServerMain")
            .arg(config);
        Ok(command)
    }

    async fn check(address: SocketAddr) -> Result<()> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"srvr").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        ensure!(answer.contains("Mode: standalone"), "`srvr` was answered with {answer:?}");
        Ok(())
    }
}
