//! One unit on the wire: id, type, subject, headers, body.

mod id;
mod text;
mod view;

use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::{Arc, LazyLock};

use bytes::Bytes;

use crate::{Headers, codec};

pub use id::new_id;
pub(crate) use id::{Id, random_id, request_id, slot_of, unanswered_id};
pub(crate) use text::Text;
pub use view::MessageView;

/// Where an instance takes messages, as `tcp://127.0.0.1:4400`; also its identity on the wire.
///
/// It knows its own hash, under a key that only this process has: endpoints are looked up for every
/// message, and most come from outside.
#[derive(Clone)]
pub struct Endpoint {
    text: Arc<str>,
    hash: u64,
}

impl Endpoint {
    /// Takes the text as it is.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        let text = text.into();
        let hash = KEY.hash_one(&text);
        Self { text, hash }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// As good as the text to tell one from another, also for who chooses the text: the key is secret.
    pub(crate) fn key(&self) -> u64 {
        self.hash
    }
}

impl PartialEq for Endpoint {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && (Arc::ptr_eq(&self.text, &other.text) || self.text == other.text)
    }
}

impl Eq for Endpoint {}

impl Hash for Endpoint {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl PartialOrd for Endpoint {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Endpoint {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.text, f)
    }
}

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageType {
    /// A request.
    Req,
    /// Its result.
    Rep,
    /// It arrived; no result.
    Ack,
    /// No answer will come.
    Nack,
    /// A failure that the method declares, or one of the protocol's own.
    Error,
    /// The caller no longer waits; sent only to peers that say they understand it.
    Cancel,
}

impl MessageType {
    /// The type's frame.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Req => "REQ",
            Self::Rep => "REP",
            Self::Ack => "ACK",
            Self::Nack => "NACK",
            Self::Error => "ERROR",
            Self::Cancel => "CANCEL",
        }
    }

    fn from_frame(frame: &[u8]) -> Option<Self> {
        Some(match frame {
            b"REQ" => Self::Req,
            b"REP" => Self::Rep,
            b"ACK" => Self::Ack,
            b"NACK" => Self::Nack,
            b"ERROR" => Self::Error,
            b"CANCEL" => Self::Cancel,
            _ => return None,
        })
    }
}

/// One message, without the addresses that a transport puts around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// 32 hex digits.
    pub id: Arc<str>,
    /// What it is.
    pub kind: MessageType,
    /// `Interface.method` on requests, the request's id on all others.
    pub subject: Arc<str>,
    /// Unknown keys are kept.
    pub headers: Headers,
    /// One MessagePack document, not yet read.
    pub body: Bytes,
}

/// Why frames are not a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Neither more nor fewer than five frames make a message.
    #[error("{0} frames instead of 5")]
    FrameCount(usize),
    /// Id or subject is not text.
    #[error("the frame `{0}` is not UTF-8")]
    NotUtf8(&'static str),
    /// The type is none of ours.
    #[error("unknown message type")]
    UnknownType,
    /// The headers are no MessagePack map.
    #[error("unreadable headers: {0}")]
    Headers(#[from] codec::DecodeError),
}

impl Message {
    /// Reads the frames behind the sender's identity.
    ///
    /// # Errors
    ///
    /// [`MessageError`] says which frame is wrong; the body is not looked at.
    pub fn from_frames(frames: &[Bytes]) -> Result<Self, MessageError> {
        let [id, kind, subject, headers, body] = frames else {
            return Err(MessageError::FrameCount(frames.len()));
        };
        let view = MessageView::from_frames([id, kind, subject, headers, body])?;
        MessageView { shared: Some(body), ..view }.to_message()
    }

    /// The same, borrowed; `headers` are its own, encoded.
    #[must_use]
    pub fn view<'a>(&'a self, headers: &'a [u8]) -> MessageView<'a> {
        let Self { id, kind, subject, headers: _, body } = self;
        let (id, subject) = (id.as_bytes(), subject.as_bytes());
        MessageView { id, kind: *kind, subject, headers, body, rest: &[], shared: Some(body) }
    }
}
