//! Redis.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{Kind, Server, server_methods};

/// A Redis that keeps an append-only file.
#[derive(Debug)]
pub struct Redis {
    server: Server<Persistent>,
}

server_methods!(Redis, Persistent);

impl Redis {
    /// Its database 0 as clients take it.
    pub fn url(&self) -> String {
        format!("redis://{}/0", self.addr())
    }
}

#[derive(Debug)]
struct Persistent;

impl Kind for Persistent {
    const NAME: &'static str = "redis";
    const PACKAGE: &'static str = "redis-server";
    const PROOF: &'static str = "/usr/bin/redis-server";

    fn command(&self, folder: &Path, port: u16) -> Result<Command> {
        let mut command = Command::new(Self::PROOF);
        command.args(["--bind", "127.0.0.1", "--port", &port.to_string()]).arg("--dir").arg(folder).args([
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "everysec",
        ]);
        Ok(command)
    }

    async fn check(&self, address: SocketAddr) -> Result<()> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"PING\r\n").await?;
        let mut answer = [0; 7];
        stream.read_exact(&mut answer).await?;
        ensure!(&answer == b"+PONG\r\n", "`PING` was answered with {answer:?}");
        Ok(())
    }
}
