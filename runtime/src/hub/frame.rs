//! Frames on a stream.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::{Decode, Encode, codec};

/// The largest frame.
pub(super) const MAX_FRAME_BYTES: usize = 8 << 20;

/// The largest one of a client: what it publishes comes back with a little more around it.
pub(super) const MAX_REQUEST_BYTES: usize = MAX_FRAME_BYTES - (64 << 10);

/// How often a client says that it is there, and the hub answers.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(2);

/// A peer silent for this long, or not taking what is written for this long, is gone.
pub(super) const SILENCE: Duration = Duration::from_secs(10);

/// How long a peer may take to introduce itself.
pub(super) const HANDSHAKE_WITHIN: Duration = Duration::from_secs(5);

/// One frame with its length.
pub(super) fn frame(message: &impl Encode) -> Bytes {
    let body = codec::to_bytes(message);
    // Bodies beyond the limit are refused before they get here, the other end checks again.
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let mut frame = Vec::with_capacity(4 + body.len());
    frame.extend(length.to_be_bytes());
    frame.extend_from_slice(&body);
    frame.into()
}

/// Reads one frame of up to `limit` bytes; must not be dropped on the way.
///
/// Memory grows with what comes, not with what is promised.
pub(super) async fn read<T: Decode>(stream: &mut (impl AsyncRead + Unpin), limit: usize) -> io::Result<T> {
    let within = tokio::time::timeout(SILENCE, async {
        let length = stream.read_u32().await? as usize;
        if length > limit {
            return Err(invalid(format!("a frame of {length} bytes")));
        }
        let mut body = Vec::with_capacity(length.min(1 << 16));
        stream.take(length as u64).read_to_end(&mut body).await?;
        if body.len() < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        codec::from_bytes(&body).map_err(|error| invalid(error.to_string()))
    });
    within.await.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the peer is silent"))?
}

/// Writes a frame whole, or fails.
pub(super) async fn write(stream: &mut (impl AsyncWrite + Unpin), frame: &[u8]) -> io::Result<()> {
    let within = tokio::time::timeout(SILENCE, stream.write_all(frame)).await;
    within.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the peer does not read"))?
}

fn invalid(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
