//! Messages over ZMTP, as Python lymph exchanges them, with our own engine beneath.
//!
//! One ROUTER takes what peers send; to every peer leads one DEALER of its own. Both carry the
//! endpoint as identity. A peer of ours says so when it connects (`X-Lymph: answers`) and reads
//! answers from the connection that it asks over; ZeroMQ passes over the property. All others are
//! answered as Python is: over a connection that we make to the endpoint they name, if
//! [`Answerable`] lets us.
//!
//! Any number of connections may claim one endpoint, and none takes the place of another: requests
//! go to the address itself, and answers to the connection that asked or to an address that the
//! asker has a right to.
//!
//! With keys, all connections are encrypted, and both ends of each have proved to be somebody whom
//! the other one trusts. The registry may say which key an instance has, but not which to trust.

mod answerable;
mod inlet;
mod keys;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lymph_zmtp as zmtp;
use lymph_zmtp::curve::PublicKey;
use lymph_zmtp::{Complaints, Config, Frame, Limits, Listener, Options, OutboxLimits, SendError, SocketType};

pub use self::answerable::{Answerable, Network, NetworkError};
use self::inlet::{ANSWERS, Ear, Inlet, LYMPH};
use self::keys::{CURVE_KEY, Keyring};
use super::{Connection, MAX_BODY_BYTES, OUTBOX_MESSAGES, Receiver, TURN_MESSAGES, Transport};
use crate::config::CurveConfig;
use crate::error::NotSent;
use crate::hash::ByEndpoint;
use crate::registry::Instance;
use crate::{Endpoint, Error, MessageView};

/// Bytes that may wait for one peer.
const OUTBOX_BYTES: usize = 32 << 20;

/// What five frames take on the wire beyond their own bytes, at most.
const FRAMING_BYTES: usize = 64;

/// A bound endpoint; see the module's documentation.
///
/// Dropping it ends its tasks and loses what is queued; [`Transport::close`] delivers it first.
#[derive(Debug)]
pub struct Zmtp {
    shared: Arc<Shared>,
    /// Until somebody wants to hear what arrives.
    listener: Mutex<Option<Listener>>,
}

/// What answers need of the transport when the connection they should take is gone.
#[derive(Debug)]
struct Shared {
    endpoint: Endpoint,
    socket: zmtp::Socket<Inlet>,
    ear: Ear,
    /// Where connections are encrypted.
    keys: Option<Keys>,
    /// Whom we have dialed, so that endpoints are read once.
    peers: Mutex<ByEndpoint<Dialed>>,
    complaints: Complaints,
}

/// A peer, and the key that it must have.
#[derive(Debug, Clone)]
struct Dialed {
    peer: zmtp::Peer,
    key: Option<PublicKey>,
}

/// What is to be known of keys once connections have them.
#[derive(Debug)]
struct Keys {
    own: PublicKey,
    ring: Keyring,
}

impl Zmtp {
    /// Binds `ip` at `port`, or at any free one. Peers are answered where they ask from.
    ///
    /// # Errors
    ///
    /// [`Error::Bind`] when the address is taken, or is one that peers cannot connect to.
    pub async fn bind(ip: IpAddr, port: Option<u16>) -> Result<Self, Error> {
        Self::bind_with(ip, port, Answerable::default(), None).await
    }

    /// As [`Self::bind`]; `answerable` says where else peers may be answered.
    ///
    /// # Errors
    ///
    /// As [`Self::bind`].
    pub async fn bind_answering(
        ip: IpAddr,
        port: Option<u16>,
        answerable: Answerable,
    ) -> Result<Self, Error> {
        Self::bind_with(ip, port, answerable, None).await
    }

    /// As [`Self::bind_answering`]; with `curve`, all connections are encrypted, and peers without a
    /// key that it trusts are refused.
    ///
    /// # Errors
    ///
    /// As [`Self::bind`].
    pub async fn bind_with(
        ip: IpAddr,
        port: Option<u16>,
        answerable: Answerable,
        curve: Option<CurveConfig>,
    ) -> Result<Self, Error> {
        let wanted = SocketAddr::new(ip, port.unwrap_or(0));
        let failed = |cause| Error::Bind { address: format!("tcp://{wanted}"), cause };
        if ip.is_unspecified() {
            let reason = "peers need an address that they can connect to";
            return Err(failed(std::io::Error::new(std::io::ErrorKind::InvalidInput, reason)));
        }
        let listener = Listener::bind(&zmtp::Endpoint::Tcp(wanted)).map_err(failed)?;
        let endpoint = Endpoint::new(listener.endpoint().to_string());
        let shared = Arc::new_cyclic(|shared: &Weak<Shared>| {
            let ear = Ear::default();
            let inlet = Inlet::new(ear.clone(), answerable, shared.clone());
            let mut dialing = config(SocketType::Dealer, &endpoint);
            dialing.properties.insert(LYMPH, ANSWERS);
            let listening = config(SocketType::Router, &endpoint);
            let socket = zmtp::Socket::new(listening, options(), inlet).dialing_as(dialing);
            let (socket, keys) = match curve {
                None => (socket, None),
                Some(CurveConfig { secret_key, trusted }) => {
                    let keys = Keys { own: secret_key.public_key(), ring: Keyring::new(trusted.clone()) };
                    (socket.secured(secret_key, trusted), Some(keys))
                }
            };
            Shared { endpoint, socket, ear, keys, peers: Mutex::default(), complaints: Complaints::default() }
        });
        Ok(Self { shared, listener: Mutex::new(Some(listener)) })
    }
}

fn config(socket_type: SocketType, endpoint: &Endpoint) -> Config {
    let mut config = Config::new(socket_type, endpoint.to_string());
    let message_bytes = MAX_BODY_BYTES + FRAMING_BYTES;
    config.limits = Limits { frame_bytes: MAX_BODY_BYTES, message_bytes, ..Limits::default() };
    config
}

fn options() -> Options {
    let message_bytes = MAX_BODY_BYTES + FRAMING_BYTES;
    let outbox = OutboxLimits { messages: OUTBOX_MESSAGES, bytes: OUTBOX_BYTES, message_bytes };
    Options { outbox, turn_messages: TURN_MESSAGES, ..Options::default() }
}

impl Shared {
    /// The key that the peer at `endpoint` must have, where connections are encrypted.
    fn key_of(&self, endpoint: &Endpoint) -> Result<Option<PublicKey>, NotSent> {
        self.keys.as_ref().map(|keys| keys.ring.find(endpoint)).transpose()
    }

    /// Queues `message` for the peer that listens at `endpoint` and has this `key`.
    fn send(
        &self,
        endpoint: &Endpoint,
        key: Option<PublicKey>,
        message: MessageView<'_>,
    ) -> Result<(), NotSent> {
        if message.len() > MAX_BODY_BYTES {
            return Err(NotSent::TooLarge);
        }
        let known = self.peers().get(endpoint).filter(|known| known.key == key).cloned();
        let sent = known.map(|known| with_frames(message, |frames| known.peer.send(frames)));
        match sent {
            // It was idle or out of reach for a while, and nobody serves that peer any more.
            None | Some(Err(SendError::Closed)) => self.dial(endpoint, key, message)?,
            Some(sent) => sent,
        }
        .map_err(|error| not_sent(endpoint, error, &self.complaints))
    }

    fn dial(
        &self,
        endpoint: &Endpoint,
        key: Option<PublicKey>,
        message: MessageView<'_>,
    ) -> Result<Result<(), SendError>, NotSent> {
        let address = endpoint.as_str().parse::<zmtp::Endpoint>();
        let address = address.map_err(|error| NotSent::Transport(error.to_string()))?;
        let dialed = with_frames(message, |frames| self.socket.send(&address, key.as_ref(), frames));
        Ok(dialed.map(|peer| {
            let mut peers = self.peers();
            peers.retain(|_, known| !known.peer.is_closed());
            peers.insert(endpoint.clone(), Dialed { peer, key });
        }))
    }

    fn peers(&self) -> std::sync::MutexGuard<'_, ByEndpoint<Dialed>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls `send` with the frames of `message`; a large body is not copied.
fn with_frames<T>(message: MessageView<'_>, send: impl FnOnce(&[Frame<'_>]) -> T) -> T {
    let [id, kind, subject, headers, body] = message.frames().map(Frame::Copied);
    if message.body.len() < Frame::SHARE_FROM {
        return send(&[id, kind, subject, headers, body]);
    }
    send(&[id, kind, subject, headers, Frame::Shared(&message.body_bytes())])
}

fn not_sent(peer: impl std::fmt::Display, error: SendError, complaints: &Complaints) -> NotSent {
    match error {
        SendError::Full | SendError::Crowded => {
            if let Some(others) = complaints.may_speak() {
                tracing::warn!(%peer, %error, others, "dropped a message");
            }
            NotSent::QueueFull(peer.to_string())
        }
        SendError::TooLarge => NotSent::TooLarge,
        SendError::Unreachable(reason) => NotSent::Transport(format!("`{peer}` is out of reach: {reason}")),
        SendError::Closed | SendError::NotDialed(zmtp::DialError::Closed) => NotSent::Stopped,
        SendError::NotDialed(error) => NotSent::Transport(error.to_string()),
    }
}

impl Transport for Zmtp {
    fn endpoint(&self) -> &Endpoint {
        &self.shared.endpoint
    }

    fn start(&self, receiver: Arc<dyn Receiver>) {
        let listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.shared.ear.set(Some(receiver));
        self.shared.socket.listen(listener.expect("a transport is started once"));
    }

    fn send(&self, peer: &Endpoint, message: MessageView<'_>) -> Result<(), NotSent> {
        self.shared.send(peer, self.shared.key_of(peer)?, message)
    }

    fn describe(&self) -> BTreeMap<String, serde_json::Value> {
        let key = self.shared.keys.iter().map(|keys| keys.own.to_string().into());
        key.map(|key| (CURVE_KEY.to_owned(), key)).collect()
    }

    fn introduce(&self, peer: &Endpoint, instance: &Instance) {
        if let Some(keys) = &self.shared.keys {
            keys.ring.learn(peer, instance);
        }
    }

    fn close(&self, patience: Duration) -> BoxFuture<'_, ()> {
        let close = async move {
            self.shared.socket.close(patience).await;
            self.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
            self.shared.ear.set(None);
            self.shared.peers().clear();
        };
        close.boxed()
    }
}

/// The connection that a peer of ours asks over, and where else it may be answered.
#[derive(Debug)]
struct Back {
    peer: zmtp::Peer,
    /// Where a connection of our own may lead to it.
    endpoint: Option<Endpoint>,
    /// What it has proved to own, and must have there as well.
    key: Option<PublicKey>,
    shared: Weak<Shared>,
}

impl Connection for Back {
    fn send(&self, message: MessageView<'_>) -> Result<(), NotSent> {
        let sent = with_frames(message, |frames| self.peer.send(frames));
        let again = (self.endpoint.as_ref(), self.shared.upgrade());
        match (sent, again) {
            (Err(SendError::Closed), (Some(endpoint), Some(shared))) => {
                shared.send(endpoint, self.key, message)
            }
            (Err(SendError::Closed), _) => Err(NotSent::Transport(SendError::Closed.to_string())),
            (Err(error), (_, Some(shared))) => Err(not_sent(self.peer.remote(), error, &shared.complaints)),
            (Err(_), (_, None)) => Err(NotSent::Stopped),
            (Ok(()), _) => Ok(()),
        }
    }
}
