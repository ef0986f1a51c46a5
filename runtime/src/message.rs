//! One unit on the wire: id, type, subject, headers, body.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::{Headers, codec};

/// Where an instance takes messages, as `tcp://127.0.0.1:4400`; also its identity on the wire.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint(Arc<str>);

impl Endpoint {
    /// Takes the text as it is.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
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
        [Self::Req, Self::Rep, Self::Ack, Self::Nack, Self::Error, Self::Cancel]
            .into_iter()
            .find(|kind| kind.as_str().as_bytes() == frame)
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
    /// The five frames `[id][type][subject][headers][body]`.
    #[must_use]
    pub fn to_frames(&self) -> [Bytes; 5] {
        [
            Bytes::copy_from_slice(self.id.as_bytes()),
            Bytes::from_static(self.kind.as_str().as_bytes()),
            Bytes::copy_from_slice(self.subject.as_bytes()),
            codec::to_bytes(&self.headers),
            self.body.clone(),
        ]
    }

    /// Reads the frames behind the sender's identity.
    ///
    /// # Errors
    ///
    /// [`MessageError`] says which frame is wrong; the body is not looked at.
    pub fn from_frames(frames: &[Bytes]) -> Result<Self, MessageError> {
        let [id, kind, subject, headers, body] = frames else {
            return Err(MessageError::FrameCount(frames.len()));
        };
        let text = |frame: &Bytes, name| {
            std::str::from_utf8(frame).map(Arc::from).map_err(|_| MessageError::NotUtf8(name))
        };
        Ok(Self {
            id: text(id, "id")?,
            kind: MessageType::from_frame(kind).ok_or(MessageError::UnknownType)?,
            subject: text(subject, "subject")?,
            headers: codec::from_bytes(headers)?,
            body: body.clone(),
        })
    }
}

/// A new message or trace id: a random UUID as 32 hex digits.
#[must_use]
pub fn new_id() -> Arc<str> {
    uuid::Uuid::new_v4().simple().to_string().into()
}
