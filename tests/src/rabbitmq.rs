//! RabbitMQ.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{Kind, Server, server_methods};
use crate::{Certificate, free_port};

/// A RabbitMQ node without plugins, whose `guest` may do everything.
#[derive(Debug)]
pub struct RabbitMq {
    server: Server<Node>,
}

server_methods!(RabbitMq, Node::new()?);

impl RabbitMq {
    /// Its virtual host `/` as clients take it, with user and password.
    pub fn url(&self) -> String {
        match self.server.kind().certificates {
            None => format!("amqp://guest:guest@{}/%2f", self.addr()),
            Some(_) => format!("amqps://guest:guest@localhost:{}/%2f", self.port()),
        }
    }

    /// As [`Self::start`], with TLS alone: it shows `certificate`, and if it `asks` for those of its
    /// clients, they must be signed by `authority`.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub async fn start_secure(authority: &Path, certificate: &Certificate, asks: bool) -> Result<Self> {
        let certificates = Certificates { authority: authority.to_owned(), own: certificate.clone(), asks };
        let node = Node { certificates: Some(certificates), ..Node::new()? };
        Ok(Self { server: Server::start(node).await? })
    }
}

/// Ports of the Erlang node, which has a name service of its own.
#[derive(Debug)]
struct Node {
    distribution_port: u16,
    epmd_port: u16,
    /// For a node that speaks nothing but TLS.
    certificates: Option<Certificates>,
}

#[derive(Debug)]
struct Certificates {
    authority: PathBuf,
    own: Certificate,
    asks: bool,
}

impl Node {
    fn new() -> Result<Self> {
        Ok(Self { distribution_port: free_port()?, epmd_port: free_port()?, certificates: None })
    }
}

impl Kind for Node {
    const NAME: &'static str = "rabbitmq";
    const PACKAGE: &'static str = "rabbitmq-server";
    const PROOF: &'static str = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    fn command(&self, folder: &Path, port: u16) -> Result<Command> {
        let path = |name: &str| folder.join(name);
        let listeners = match &self.certificates {
            None => format!("listeners.tcp.1 = 127.0.0.1:{port}\nnum_acceptors.tcp = 2\n"),
            Some(Certificates { authority, own, asks }) => format!(
                "listeners.tcp = none\n\
                 listeners.ssl.1 = 127.0.0.1:{port}\n\
                 num_acceptors.ssl = 2\n\
                 ssl_options.cacertfile = {}\n\
                 ssl_options.certfile = {}\n\
                 ssl_options.keyfile = {}\n\
                 ssl_options.verify = {}\n\
                 ssl_options.fail_if_no_peer_cert = {asks}\n",
                authority.display(),
                own.certificate.display(),
                own.key.display(),
                if *asks { "verify_peer" } else { "verify_none" },
            ),
        };
        let settings = format!(
            "{listeners}\
             disk_free_limit.absolute = 10MB\n\
             log.console = true\n\
             log.console.level = warning\n\
             log.file = false\n",
        );
        fs::write(path("rabbitmq.conf"), settings)?;
        fs::write(path("plugins"), "[].\n")?;
        fs::write(path("environment"), "")?;
        // The installed `rabbitmq-server` insists on a user of its own; the script that it calls
        // in the end does not. `epmd` runs beside it, in the same process group.
        let script = format!("epmd -port {} & exec {} -noinput", self.epmd_port, Self::PROOF);
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", &script])
            .env("HOME", folder)
            .env("RABBITMQ_CONF_ENV_FILE", path("environment"))
            .env("RABBITMQ_CONFIG_FILE", path("rabbitmq.conf"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", path("plugins"))
            .env("RABBITMQ_MNESIA_BASE", path("mnesia"))
            .env("RABBITMQ_LOG_BASE", path("log"))
            .env("RABBITMQ_LOGS", "-")
            .env("RABBITMQ_NODENAME", format!("lymph-{port}@localhost"))
            .env("RABBITMQ_DIST_PORT", self.distribution_port.to_string())
            .env("ERL_EPMD_PORT", self.epmd_port.to_string())
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            // Runs the node in place of the script, so that signals reach it.
            .env("RABBITMQ_ALLOW_INPUT", "1")
            .env(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                "+S 2:2 +A 4 -start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
            );
        Ok(command)
    }

    async fn check(&self, address: SocketAddr) -> Result<()> {
        let mut stream = TcpStream::connect(address).await?;
        match self.certificates {
            None => log_in(&mut stream).await,
            // Listeners are opened last of all.
            Some(_) => Ok(()),
        }
    }
}

/// `Connection` methods of AMQP 0-9-1, which all have class 10.
const START: u16 = 10;
const TUNE: u16 = 30;
const OPEN_OK: u16 = 41;
const CLOSE_OK: u16 = 51;

/// Opens a connection to `/` as `guest` and closes it again.
///
/// RabbitMQ listens only once its queues are recovered, so that whoever gets in can work.
async fn log_in(stream: &mut TcpStream) -> Result<()> {
    stream.write_all(b"AMQP\x00\x00\x09\x01").await?;
    expect(stream, START).await?;
    // No client properties; mechanism; response as a long string; locale.
    send(stream, b"\x00\x0b\x00\x00\x00\x00\x05PLAIN\x00\x00\x00\x0c\0guest\0guest\x05en_US").await?;
    expect(stream, TUNE).await?;
    // No more than one channel, frames of 4096 bytes, no heartbeat.
    send(stream, b"\x00\x1f\x00\x01\x00\x00\x10\x00\x00\x00").await?;
    send(stream, b"\x00\x28\x01/\x00\x00").await?;
    expect(stream, OPEN_OK).await?;
    // Code 200, no text, no method at fault.
    send(stream, b"\x00\x32\x00\xc8\x00\x00\x00\x00\x00").await?;
    expect(stream, CLOSE_OK).await
}

/// Sends one `Connection` method: its id and arguments.
async fn send(stream: &mut TcpStream, method: &[u8]) -> Result<()> {
    let size = u32::try_from(method.len() + 2)?;
    let mut frame = vec![1, 0, 0];
    frame.extend(size.to_be_bytes());
    frame.extend([0, 10]);
    frame.extend(method);
    frame.push(0xce);
    Ok(stream.write_all(&frame).await?)
}

/// Reads one frame, which must be the given `Connection` method.
async fn expect(stream: &mut TcpStream, method: u16) -> Result<()> {
    let mut header = [0; 7];
    stream.read_exact(&mut header).await?;
    let [kind, _, _, size @ ..] = header;
    ensure!(kind == 1, "frame of kind {kind} instead of method 10.{method}");
    // Payload and end mark; what RabbitMQ says during a handshake is short.
    let mut payload = vec![0; usize::try_from(u32::from_be_bytes(size))?.min(1 << 16) + 1];
    stream.read_exact(&mut payload).await?;
    match payload[..] {
        [0, 10, high, low, ..] if u16::from_be_bytes([high, low]) == method => Ok(()),
        _ => bail!("expected method 10.{method}, got {:?}", String::from_utf8_lossy(&payload)),
    }
}
