//! A message whose parts lie elsewhere: in a connection's buffer, or in that of a call.

use std::sync::Arc;

use bytes::Bytes;

use super::{Message, MessageError, MessageType};
use crate::codec;

/// One message without its addresses, borrowed; what transports read and write.
#[derive(Debug, Clone, Copy)]
pub struct MessageView<'a> {
    /// 32 hex digits, unless the sender has ids of its own. UTF-8, as `subject` is: most messages are
    /// matched by their bytes alone.
    pub id: &'a [u8],
    /// What it is.
    pub kind: MessageType,
    /// `Interface.method` on requests, the request's id on all others.
    pub subject: &'a [u8],
    /// One MessagePack map, not yet read.
    pub headers: &'a [u8],
    /// One MessagePack document, not yet read.
    pub body: &'a [u8],
    /// More of that document, if it is about to be sent: large parts need not be copied into one.
    pub rest: &'a [Bytes],
    /// What `body` is a part of, if others may share it: a large body need not be copied then.
    pub shared: Option<&'a Bytes>,
}

impl<'a> MessageView<'a> {
    /// Reads the frames behind the sender's identity; neither headers nor body are looked at.
    ///
    /// # Errors
    ///
    /// [`MessageError`] says which frame is wrong.
    pub fn from_frames(frames: [&'a [u8]; 5]) -> Result<Self, MessageError> {
        let [id, kind, subject, headers, body] = frames;
        let text = |frame: &'a [u8], name| match frame.is_ascii() || std::str::from_utf8(frame).is_ok() {
            true => Ok(frame),
            false => Err(MessageError::NotUtf8(name)),
        };
        Ok(Self {
            id: text(id, "id")?,
            kind: MessageType::from_frame(kind).ok_or(MessageError::UnknownType)?,
            subject: text(subject, "subject")?,
            headers,
            body,
            rest: &[],
            shared: None,
        })
    }

    /// The five frames `[id][type][subject][headers][body]`, of which the last goes on with [`Self::rest`].
    #[must_use]
    pub fn frames(&self) -> [&'a [u8]; 5] {
        let Self { id, kind, subject, headers, body, .. } = *self;
        [id, kind.as_str().as_bytes(), subject, headers, body]
    }

    /// Bytes of all frames together.
    #[must_use]
    pub fn len(&self) -> usize {
        let rest: usize = self.rest.iter().map(Bytes::len).sum();
        self.frames().iter().map(|frame| frame.len()).sum::<usize>() + rest
    }

    /// Whether all frames are empty, which those of no message are.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The body for as long as it is needed: shared where that is possible, else copied.
    #[must_use]
    pub fn body_bytes(&self) -> Bytes {
        match self.shared {
            Some(shared) => shared.slice_ref(self.body),
            None => codec::join(self.body, self.rest).into_owned().into(),
        }
    }

    /// The message with its headers read.
    ///
    /// # Errors
    ///
    /// [`MessageError`] when id or subject are not text, or the headers no MessagePack map.
    pub fn to_message(&self) -> Result<Message, MessageError> {
        let text =
            |frame, name| std::str::from_utf8(frame).map(Arc::from).map_err(|_| MessageError::NotUtf8(name));
        Ok(Message {
            id: text(self.id, "id")?,
            kind: self.kind,
            subject: text(self.subject, "subject")?,
            headers: codec::from_bytes(self.headers)?,
            body: self.body_bytes(),
        })
    }
}
