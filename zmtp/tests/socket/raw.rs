//! A connection on which the test writes the protocol itself.

use std::io;

use lymph_zmtp::{Endpoint, Greeting, Mechanism};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) struct Raw(pub(crate) TcpStream);

impl Raw {
    pub(crate) async fn open(endpoint: &Endpoint) -> io::Result<Self> {
        let Endpoint::Tcp(address) = endpoint else { panic!("it has no port") };
        Ok(Self(TcpStream::connect(address).await?))
    }

    /// Connects as a DEALER with this identity that speaks 3.`minor`.
    pub(crate) async fn dealer(endpoint: &Endpoint, identity: &[u8], minor: u8) -> io::Result<Self> {
        let mut raw = Self::open(endpoint).await?;
        raw.greet(b"DEALER", identity, minor).await?;
        Ok(raw)
    }

    pub(crate) async fn greet(&mut self, socket_type: &[u8], identity: &[u8], minor: u8) -> io::Result<()> {
        let mut greeting = Greeting::new(Mechanism::Null, false).encode();
        greeting[11] = minor;
        let mut ready = b"\x05READY".to_vec();
        for (name, value) in [("Socket-Type", socket_type), ("Identity", identity)] {
            ready.push(name.len() as u8);
            ready.extend_from_slice(name.as_bytes());
            ready.extend_from_slice(&(value.len() as u32).to_be_bytes());
            ready.extend_from_slice(value);
        }
        self.0.write_all(&greeting).await?;
        self.0.write_all(&[4, ready.len() as u8]).await?;
        self.0.write_all(&ready).await?;
        self.0.read_exact(&mut greeting).await?;
        self.frame().await?;
        Ok(())
    }

    /// Flags and body of the next short frame.
    pub(crate) async fn frame(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let mut header = [0; 2];
        self.0.read_exact(&mut header).await?;
        let mut body = vec![0; header[1].into()];
        self.0.read_exact(&mut body).await?;
        Ok((header[0], body))
    }

    pub(crate) async fn send(&mut self, frames: &[&[u8]]) -> io::Result<()> {
        self.0.write_all(lymph_zmtp::Multipart::new(frames.iter().copied()).wire()).await
    }

    /// Waits until the other side closes, and returns what it said before.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset says the same as an orderly end.
        _ = self.0.read_to_end(&mut rest).await;
        rest
    }
}
