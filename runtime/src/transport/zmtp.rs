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
mod claim;
#[cfg(any(test, fuzzing))]
#[path = "../../tests/fuzzed/claim.rs"]
pub(crate) mod fuzzed;
mod inlet;
mod keys;
mod routes;
mod settings;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lymph_zmtp as zmtp;
use lymph_zmtp::curve::PublicKey;
use lymph_zmtp::{Complaints, Config, Frame, Limits, Listener, SendError, SocketType, Threads};

pub use self::answerable::{Answerable, Network, NetworkError};
use self::claim::{ANSWERS, LYMPH};
use self::inlet::{Ear, Inlet};
use self::keys::{CURVE_KEY, Keyring};
use self::routes::{Route, Routes};
use self::settings::MESSAGE_BYTES;
pub use self::settings::Settings;
use super::{Connection, MAX_BODY_BYTES, Receiver, Transport};
use crate::config::CurveConfig;
use crate::error::NotSent;
use crate::registry::Instance;
use crate::{Endpoint, Error, MessageView};

/// What those who bear several connections of one process say they understand.
const CONNECTIONS: &str = "connections";

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
    own_key: Option<PublicKey>,
    keys: Keyring,
    routes: Routes,
    complaints: Complaints,
}

impl Zmtp {
    /// Binds `ip` at `port`, or at any free one, with [`Settings`] as they are by default.
    ///
    /// # Errors
    ///
    /// [`Error::Bind`] when the address is taken, or is one that peers cannot connect to.
    pub async fn bind(ip: IpAddr, port: Option<u16>) -> Result<Self, Error> {
        Self::bind_with(ip, port, Settings::default()).await
    }

    /// As [`Self::bind`], with these settings.
    ///
    /// # Errors
    ///
    /// As [`Self::bind`], and when the system gives no more threads.
    pub async fn bind_with(ip: IpAddr, port: Option<u16>, settings: Settings) -> Result<Self, Error> {
        let wanted = SocketAddr::new(ip, port.unwrap_or(0));
        let failed = |cause| Error::Bind { address: format!("tcp://{wanted}"), cause };
        if ip.is_unspecified() {
            let reason = "peers need an address that they can connect to";
            return Err(failed(std::io::Error::new(std::io::ErrorKind::InvalidInput, reason)));
        }
        let listener = Listener::bind(&zmtp::Endpoint::Tcp(wanted)).map_err(failed)?;
        let endpoint = Endpoint::new(listener.endpoint().to_string());
        let start = |count| Threads::start("lymph", count);
        let threads = settings.threads.map(start).transpose().map_err(failed)?;
        let options = settings.options();
        let Settings { answerable, curve, .. } = settings;
        let shared = Arc::new_cyclic(|shared: &Weak<Shared>| {
            let ear = Ear::default();
            let inlet = Inlet::new(ear.clone(), answerable, shared.clone());
            let mut dialing = config(SocketType::Dealer, &endpoint);
            dialing.properties.insert(LYMPH, ANSWERS);
            let listening = config(SocketType::Router, &endpoint);
            let mut socket = zmtp::Socket::new(listening, options, inlet).dialing_as(dialing);
            if let Some(threads) = threads {
                socket = socket.spread_over(threads);
            }
            let routes = Routes::new(socket.threads());
            let own_key = curve.as_ref().map(|curve| curve.secret_key.public_key());
            let keys = Keyring::new(curve.as_ref().map(|curve| curve.trusted.clone()));
            let socket = match curve {
                None => socket,
                Some(CurveConfig { secret_key, trusted }) => socket.secured(secret_key, trusted),
            };
            Shared { endpoint, socket, ear, own_key, keys, routes, complaints: Complaints::default() }
        });
        Ok(Self { shared, listener: Mutex::new(Some(listener)) })
    }
}

fn config(socket_type: SocketType, endpoint: &Endpoint) -> Config {
    let mut config = Config::new(socket_type, endpoint.to_string());
    let (frame_bytes, message_bytes) = (MAX_BODY_BYTES, MESSAGE_BYTES);
    config.limits = Limits { frame_bytes, message_bytes, ..Limits::default() };
    config
}

impl Shared {
    /// The key that the peer at `endpoint` must have, where connections are encrypted.
    fn key_of(&self, endpoint: &Endpoint) -> Result<Option<PublicKey>, NotSent> {
        // Those without are asked about once, when a peer is dialed: there is no key to choose the way by.
        if self.own_key.is_some() { self.keys.find(endpoint) } else { Ok(None) }
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
        let thread = self.socket.this_thread();
        let known = self.routes.table(thread).get(endpoint).filter(|known| known.key == key).cloned();
        let sent = known.map(|known| with_frames(message, |frames| known.peer.send(frames)));
        match sent {
            // It was idle or out of reach for a while, and nobody serves that peer any more.
            None | Some(Err(SendError::Closed)) => self.dial(thread, endpoint, key, message)?,
            Some(sent) => sent,
        }
        .map_err(|error| not_sent(endpoint, error, &self.complaints))
    }

    /// Queues `message` over a connection for those who send from `thread`.
    fn dial(
        &self,
        thread: Option<usize>,
        endpoint: &Endpoint,
        key: Option<PublicKey>,
        message: MessageView<'_>,
    ) -> Result<Result<(), SendError>, NotSent> {
        let address = endpoint.as_str().parse::<zmtp::Endpoint>();
        let address = address.map_err(|error| NotSent::Transport(error.to_string()))?;
        if self.own_key.is_none() {
            self.keys.find(endpoint)?;
        }
        let own = thread.filter(|_| self.routes.is_patient(endpoint));
        let runs_on = own.unwrap_or_else(|| self.socket.usual_thread(&address));
        let send = |frames: &[Frame<'_>]| self.socket.send_on(runs_on, &address, key.as_ref(), frames);
        Ok(with_frames(message, send).map(|peer| {
            let mut routes = self.routes.table(thread);
            routes.retain(|_, known| !known.peer.is_closed());
            routes.insert(endpoint.clone(), Route { peer, key });
        }))
    }
}

/// Calls `send` with the frames of `message`; a large body is not copied.
fn with_frames<T>(message: MessageView<'_>, send: impl FnOnce(&[Frame<'_>]) -> T) -> T {
    let [id, kind, subject, headers, _] = message.frames().map(Frame::Copied);
    if message.shared.is_some() {
        return send(&[id, kind, subject, headers, Frame::Shared(&message.body_bytes())]);
    }
    send(&[id, kind, subject, headers, Frame::Parts(message.body, message.rest)])
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
        let key = self.shared.own_key.iter().map(|key| key.to_string().into());
        key.map(|key| (CURVE_KEY.to_owned(), key)).collect()
    }

    fn introduce(&self, peer: &Endpoint, instance: &Instance) {
        self.shared.keys.learn(peer, instance);
        if self.shared.socket.threads() > 1 {
            self.shared.routes.learn(peer, instance.understands(CONNECTIONS));
        }
    }

    fn close(&self, patience: Duration) -> BoxFuture<'_, ()> {
        let close = async move {
            self.shared.socket.close(patience).await;
            self.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
            self.shared.ear.set(None);
            self.shared.routes.clear();
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
        let Err(error) = with_frames(message, |frames| self.peer.send(frames)) else { return Ok(()) };
        match (error, self.endpoint.as_ref(), self.shared.upgrade()) {
            (SendError::Closed, Some(endpoint), Some(shared)) => shared.send(endpoint, self.key, message),
            (SendError::Closed, ..) => Err(NotSent::Transport(SendError::Closed.to_string())),
            (error, _, Some(shared)) => Err(not_sent(self.peer.remote(), error, &shared.complaints)),
            (_, _, None) => Err(NotSent::Stopped),
        }
    }
}
