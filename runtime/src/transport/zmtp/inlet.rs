//! From a peer's handshake and frames to a message and the way back.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use lymph_zmtp as zmtp;
use lymph_zmtp::{Complaints, Handler, Multipart, PeerInfo, Remote};

use super::claim::Claim;
use super::{Answerable, Back, Shared};
use crate::transport::{Loss, MAX_BODY_BYTES, Pace, Peer, Receiver, Turn};
use crate::{Endpoint, MessageError, MessageView};

/// Who hears what arrives, from the start until the end.
#[derive(Clone, Default)]
pub(super) struct Ear(Arc<Mutex<Option<Arc<dyn Receiver>>>>);

impl Ear {
    pub(super) fn set(&self, receiver: Option<Arc<dyn Receiver>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = receiver;
    }

    fn get(&self) -> Option<Arc<dyn Receiver>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Ear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ear")
    }
}

/// What the engine hands peers, messages and losses to.
#[derive(Debug)]
pub(super) struct Inlet {
    ear: Ear,
    answerable: Answerable,
    shared: Weak<Shared>,
    complaints: Arc<Complaints>,
}

impl Inlet {
    pub(super) fn new(ear: Ear, answerable: Answerable, shared: Weak<Shared>) -> Self {
        Self { ear, answerable, shared, complaints: Arc::default() }
    }

    /// Who has connected to us, and the way back to it.
    fn identify(&self, peer: &zmtp::Peer, info: &PeerInfo) -> Result<Peer, String> {
        let Claim { endpoint, may_dial, reads_answers } = Claim::of(peer.remote(), info, &self.answerable)?;
        if !reads_answers {
            return Ok(Peer::at(endpoint));
        }
        let (peer, shared) = (peer.clone(), self.shared.clone());
        let again = may_dial.then(|| endpoint.clone());
        let back = Back { peer, endpoint: again, key: info.key, shared };
        Ok(Peer::behind(endpoint, Arc::new(back)))
    }
}

impl Handler for Inlet {
    type Receiver = Reader;

    fn connected(&self, on: &zmtp::Peer, info: &PeerInfo) -> Result<Reader, String> {
        let peer = match on.remote() {
            // Whatever it calls itself, it is what listens there.
            Remote::Dialed(endpoint) => Peer::at(Endpoint::new(endpoint.to_string())),
            Remote::Tcp(_) | Remote::Ipc => self.identify(on, info)?,
        };
        let peer = peer.on_host(on.remote().host());
        let (ear, complaints) = (self.ear.clone(), self.complaints.clone());
        Ok(Reader { peer, ear, receiver: None, turn: Turn::default(), complaints })
    }

    fn unsent(&self, peer: &zmtp::Peer, message: Multipart, reason: &str) {
        let id = message.frame(0).and_then(|id| str::from_utf8(id).ok()).unwrap_or_default();
        match (peer.remote(), self.ear.get()) {
            (Remote::Dialed(endpoint), Some(receiver)) => {
                let peer = &Endpoint::new(endpoint.to_string());
                receiver.lost(Loss::Unsent { peer, id, reason });
            }
            (remote, _) => {
                tracing::debug!(peer = %remote, id, reason, "an answer was lost with its connection");
            }
        }
    }

    fn gone(&self, peer: &zmtp::Peer) {
        if let (Remote::Dialed(endpoint), Some(receiver)) = (peer.remote(), self.ear.get()) {
            receiver.lost(Loss::PeerGone(&Endpoint::new(endpoint.to_string())));
        }
    }
}

/// Reads the messages of one connection.
pub(super) struct Reader {
    peer: Peer,
    ear: Ear,
    /// Once it is known; looked up no more then.
    receiver: Option<Arc<dyn Receiver>>,
    turn: Turn,
    complaints: Arc<Complaints>,
}

impl zmtp::Receiver for Reader {
    fn message(&mut self, message: Multipart) -> zmtp::Pace {
        if self.receiver.is_none() {
            self.receiver = self.ear.get();
        }
        let Some(receiver) = &self.receiver else { return zmtp::Pace::Steady };
        match read(&message) {
            Ok(view) => match receiver.received(&self.peer, view, &mut self.turn) {
                Pace::Steady => zmtp::Pace::Steady,
                Pace::Rest => zmtp::Pace::Rest,
            },
            Err(reason) => {
                if let Some(others) = self.complaints.may_speak() {
                    let source = self.peer.endpoint();
                    tracing::warn!(%source, reason, others, "dropped a message that cannot be read");
                }
                zmtp::Pace::Steady
            }
        }
    }

    fn end_of_batch(&mut self) {
        self.turn = Turn::default();
    }
}

/// Reads `[id][type][subject][headers][body]`.
fn read(message: &Multipart) -> Result<MessageView<'_>, String> {
    if message.len() != 5 {
        return Err(MessageError::FrameCount(message.len()).to_string());
    }
    let mut frames = message.frames();
    let mut next = || frames.next().unwrap_or_default();
    let view = MessageView::from_frames([next(), next(), next(), next(), next()]);
    let view = view.map_err(|error| error.to_string())?;
    if view.len() > MAX_BODY_BYTES {
        return Err("it is too large".to_owned());
    }
    Ok(MessageView { shared: Some(message.wire()), ..view })
}
