//! A peer that writes the protocol itself.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// A name for peers whose names do not matter.
const ANYBODY: &[u8] = b"tcp://127.0.0.1:1";

pub(crate) struct Raw(TcpStream);

impl Raw {
    /// Only connects.
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        Ok(Self(TcpStream::connect(address).await?))
    }

    /// Connects from an address of this machine.
    async fn open_from(from: [u8; 4], address: SocketAddr) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((from, 0).into())?;
        Ok(Self(socket.connect(address).await?))
    }

    /// Connects and says its greeting.
    pub(crate) async fn greeted(address: SocketAddr) -> io::Result<Self> {
        let mut raw = Self::open(address).await?;
        raw.greet().await?;
        Ok(raw)
    }

    async fn greet(&mut self) -> io::Result<()> {
        let mut greeting = [0; 64];
        greeting[..16].copy_from_slice(b"\xff\0\0\0\0\0\0\0\0\x7f\x03\x00NULL");
        self.write(&greeting).await
    }

    /// Shakes hands as a peer of ours does.
    pub(crate) async fn ours(address: SocketAddr) -> io::Result<Self> {
        Self::named(address, ANYBODY, true).await
    }

    /// The same, from an address of this machine.
    pub(crate) async fn ours_from(from: [u8; 4], address: SocketAddr) -> io::Result<Self> {
        let mut raw = Self::open_from(from, address).await?;
        raw.greet().await?;
        raw.shake_hands(ANYBODY, true).await?;
        Ok(raw)
    }

    /// Shakes hands under this name, as one that reads answers where it asks or does not.
    pub(crate) async fn named(address: SocketAddr, identity: &[u8], reads: bool) -> io::Result<Self> {
        let mut raw = Self::greeted(address).await?;
        raw.shake_hands(identity, reads).await?;
        Ok(raw)
    }

    async fn shake_hands(&mut self, identity: &[u8], reads: bool) -> io::Result<()> {
        let mut ready = b"\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0".to_vec();
        ready.push(u8::try_from(identity.len()).expect("it is short"));
        ready.extend_from_slice(identity);
        if reads {
            ready.extend_from_slice(b"\x07X-Lymph\0\0\0\x07answers");
        }
        let frame = [&[4, u8::try_from(ready.len()).expect("it is short")], &ready[..]].concat();
        self.write(&frame).await?;
        self.0.read_exact(&mut [0; 64]).await?;
        self.frame().await?;
        Ok(())
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes).await
    }

    pub(crate) async fn send(&mut self, frames: &[&[u8]]) -> io::Result<()> {
        let mut bytes = Vec::new();
        for (index, frame) in frames.iter().enumerate() {
            let more = u8::from(index + 1 < frames.len());
            bytes.push(more | 2);
            bytes.extend_from_slice(&(frame.len() as u64).to_be_bytes());
            bytes.extend_from_slice(frame);
        }
        self.write(&bytes).await
    }

    /// Asks the service to say `text`.
    pub(crate) async fn send_request(&mut self, text: &str) -> io::Result<()> {
        let mut body = b"\x81\xa4text\xda".to_vec();
        body.extend(u16::try_from(text.len()).expect("it is short").to_be_bytes());
        body.extend_from_slice(text.as_bytes());
        self.send(&[lymph::new_id().as_bytes(), b"REQ", b"echo.say", b"\x80", &body]).await
    }

    /// Flags and body of the next frame.
    async fn frame(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let flags = self.0.read_u8().await?;
        let length = if flags & 2 == 0 { self.0.read_u8().await?.into() } else { self.0.read_u64().await? };
        let mut body = vec![0; usize::try_from(length).expect("it fits")];
        self.0.read_exact(&mut body).await?;
        Ok((flags, body))
    }

    /// The frames of the next message.
    pub(crate) async fn message(&mut self) -> io::Result<Vec<Vec<u8>>> {
        let mut frames = Vec::new();
        loop {
            let (flags, body) = self.frame().await?;
            if flags & 4 != 0 {
                continue;
            }
            frames.push(body);
            if flags & 1 == 0 {
                return Ok(frames);
            }
        }
    }

    /// Takes some of what was said, whatever it is.
    pub(crate) fn hear_some(&mut self) {
        _ = self.0.try_read(&mut [0; 16 << 10]);
    }

    /// Waits until the other side closes; returns what it said before.
    pub(crate) async fn end(&mut self) -> Vec<u8> {
        let mut said = Vec::new();
        // A reset says the same as an orderly end.
        _ = self.0.read_to_end(&mut said).await;
        said
    }
}
