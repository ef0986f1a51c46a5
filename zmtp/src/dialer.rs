//! Keeps a connection to one peer, for as long as there is something to send.

use std::future::poll_fn;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::net::{TcpStream, UnixStream};
use tokio::time::{Instant, sleep, timeout};

use crate::batch::Writing;
use crate::driver::{End, drive};
use crate::peer::Handler;
use crate::stream::Stream;
use crate::{Config, Endpoint, Options, Peer, Security};

/// Between one connection and the next, of this socket or whatever takes its identity after it: libzmq
/// ignores a newcomer for good when it still knows the identity from a connection that has just
/// closed. It waits as long itself before it connects again.
const REST: Duration = Duration::from_millis(100);

/// Why there is no connection.
struct Unreachable {
    reason: String,
    outlook: Outlook,
}

/// What there is to wait for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outlook {
    /// The peer may be there any moment.
    Unclear,
    /// Somebody listens, and one of us will have nothing to do with the other.
    Refused,
    /// Nobody listens.
    Gone,
}

/// Sends what is put into the outbox of `peer`, over as many connections as that takes. Ends once
/// the peer was idle or out of reach for a while, or its outbox was closed.
pub(crate) async fn run<H: Handler>(
    endpoint: Endpoint,
    config: Arc<Config>,
    security: Security,
    options: Arc<Options>,
    peer: Peer,
    handler: Arc<H>,
) {
    let _guard = peer.close_on_drop();
    let mut writing = Writing::default();
    let (mut failures, mut gone) = (0, false);
    let mut wanted_at = Instant::now();
    loop {
        let attempt = match connect(&endpoint, options.connect).await {
            Ok(stream) => {
                let (config, security) = (config.clone(), security.clone());
                let end = drive(stream, config, security, &options, &peer, &*handler, &mut writing).await;
                tracing::debug!(%endpoint, %end, "disconnected");
                Ok(end)
            }
            Err(unreachable) => Err(unreachable),
        };
        let was_connected = peer.outbox().disconnected(&mut writing);
        match attempt.and_then(|end| after(end, was_connected)) {
            Ok(reason) => {
                (failures, gone) = (0, false);
                if let Some(reason) = &reason {
                    // Most likely the process died: whoever has a choice had better try another.
                    peer.outbox().refuse(reason);
                }
                let is_over = peer.outbox().is_closing() && peer.outbox().leave();
                sleep(REST).await;
                if is_over {
                    return;
                }
                wanted_at = Instant::now();
                // Without a reason it was idle, and stays away until it is needed.
                if reason.is_none() && peer.outbox().leave() {
                    return;
                }
            }
            Err(Unreachable { reason, outlook }) => {
                tracing::debug!(%endpoint, %reason, "cannot connect");
                peer.outbox().refuse(&reason);
                // Who is closing does not wait for a peer that is most likely dead.
                let closing = peer.outbox().is_closing();
                let is_over = closing || outlook != Outlook::Unclear;
                let longest = if is_over { Duration::ZERO } else { options.reach };
                let expired = peer.outbox().expire(longest);
                if !expired.is_empty() {
                    tracing::warn!(%endpoint, messages = expired.len(), reason, "dropped, the peer is out of reach");
                }
                for message in expired {
                    handler.unsent(&peer, message, &reason);
                }
                if outlook == Outlook::Gone && !std::mem::replace(&mut gone, true) {
                    handler.gone(&peer);
                }
                let given_up = closing || wanted_at.elapsed() > options.give_up;
                if given_up && peer.outbox().leave() {
                    return;
                }
                wait(&peer, pause(options.backoff, failures)).await;
                if peer.outbox().is_closing() && peer.outbox().leave() {
                    return;
                }
                failures += 1;
            }
        }
    }
}

/// Waits for `pause`, or until `peer` is to be closed.
async fn wait(peer: &Peer, pause: Duration) {
    let mut sleep = pin!(sleep(pause));
    poll_fn(|cx| {
        // Before the question, so that an answer in between is not missed.
        peer.outbox().sleep(cx.waker(), false);
        if peer.outbox().is_closing() { Poll::Ready(()) } else { sleep.as_mut().poll(cx) }
    })
    .await;
}

/// What the end of a connection means for the next one: the reason why the peer is likely to be out
/// of reach for a moment, if it is, or why there never was a connection.
fn after(end: End, was_connected: bool) -> Result<Option<String>, Unreachable> {
    let unreachable = |outlook| Err(Unreachable { reason: end.to_string(), outlook });
    match end {
        End::Idle | End::Closed => Ok(None),
        End::Lost(_) | End::Silent | End::Unfinished | End::Hoarding => Ok(Some(end.to_string())),
        End::Protocol(_) | End::Refused(_) if !was_connected => unreachable(Outlook::Refused),
        // A server that cannot open what was meant for another key closes without a word.
        End::Cut { is_unproven: true } => unreachable(Outlook::Refused),
        End::Protocol(_) | End::Refused(_) | End::Handshake | End::Cut { .. } => {
            unreachable(Outlook::Unclear)
        }
    }
}

async fn connect(endpoint: &Endpoint, within: Duration) -> Result<Stream, Unreachable> {
    let connect = async {
        Ok(match endpoint {
            Endpoint::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                Stream::Tcp(stream)
            }
            Endpoint::Ipc(path) => Stream::Unix(UnixStream::connect(path).await?),
        })
    };
    match timeout(within, connect).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(unreachable(error)),
        Err(_) => {
            let reason = format!("no connection within {within:?}");
            Err(Unreachable { reason, outlook: Outlook::Unclear })
        }
    }
}

fn unreachable(error: io::Error) -> Unreachable {
    // A path that is not there is the refusal of a Unix socket.
    let outlook = match error.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => Outlook::Gone,
        _ => Outlook::Unclear,
    };
    Unreachable { reason: error.to_string(), outlook }
}

/// Grows with the failures in a row; chance keeps many callers of one peer apart.
fn pause((first, longest): (Duration, Duration), failures: u32) -> Duration {
    let whole = first.saturating_mul(1 << failures.min(20)).min(longest);
    // Every `RandomState` has keys of its own.
    let chance = RandomState::new().build_hasher().finish() >> 32;
    whole.mul_f64(0.5 + chance as f64 / f64::from(u32::MAX) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_are_bounded() {
        let backoff = (Duration::from_millis(50), Duration::from_secs(1));
        for failures in 0..100 {
            let pause = pause(backoff, failures);
            assert!((backoff.0 / 2..=backoff.1).contains(&pause), "{pause:?} after {failures}");
        }
        assert!(pause(backoff, 0) < pause(backoff, 10));
    }
}
