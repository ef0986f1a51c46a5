//! What is different when a connection is secured.

use bytes::{BufMut, BytesMut};

use super::{Connection, PeerInfo, State, Whole};
use crate::command::Command;
use crate::curve::{self, Session};
use crate::frame::{COMMAND, Header, MORE, framed, put_header};
use crate::security::{Curve, Step};
use crate::{Metadata, Multipart, ProtocolError};

impl Connection {
    /// Whether what is written must be sealed.
    pub(crate) const fn is_secured(&self) -> bool {
        !self.security.is_null()
    }

    /// Whether the peer was asked to prove that it has the key we expect, and has not done so.
    pub(crate) const fn awaits_proof(&self) -> bool {
        matches!(self.curve, Some(Curve::Welcome(..)))
    }

    /// Appends `message` to `out` as it is written on this connection: sealed, if that is secured.
    /// What is sealed must be written in the order of the calls, and behind what was in
    /// [`output`](Self::output) before.
    ///
    /// # Errors
    ///
    /// When a connection that is to be secured is not yet, or has carried all the messages that it
    /// can, which are more than anybody has ever sent.
    pub fn encode(&mut self, message: &Multipart, out: &mut BytesMut) -> Result<(), ProtocolError> {
        let last = message.len().saturating_sub(1);
        for (index, frame) in message.frames().enumerate() {
            self.encode_frame(index < last, frame, out)?;
        }
        Ok(())
    }

    /// Appends one frame to `out`, of a message that has `more` or ends with it. Otherwise as
    /// [`Self::encode`].
    pub(crate) fn encode_frame(
        &mut self,
        more: bool,
        frame: &[u8],
        out: &mut BytesMut,
    ) -> Result<(), ProtocolError> {
        match &mut self.session {
            Some(session) => seal(session, curve::Flags { more, command: false }, frame, out)?,
            None if self.security.is_null() => {
                put_header(out, if more { MORE } else { 0 }, frame.len());
                out.put_slice(frame);
            }
            None => return Err(ProtocolError::OutOfPlace("message".to_owned())),
        }
        Ok(())
    }

    /// Goes on with CURVE's handshake, as far as there are commands.
    pub(super) fn secure(&mut self) -> Result<Option<PeerInfo>, ProtocolError> {
        while let Some(Whole { header, end }) = self.frame()? {
            let Some(curve) = self.curve.take() else { break };
            let frame = self.input.split_to(end);
            match curve.step(&frame[header.len..], &self.own_metadata())? {
                Step::Next(curve, answer) => {
                    self.curve = Some(curve);
                    self.put_command(&answer);
                }
                Step::Refused(key, answer) => {
                    self.put_command(&answer);
                    return Err(ProtocolError::NotAllowed(key));
                }
                Step::Done { session, peer, last } => {
                    let metadata = Metadata::decode(&peer.metadata, &self.config.limits);
                    let info = metadata.and_then(|metadata| self.identify(metadata, Some(peer.key)));
                    if let (Err(error), true) = (&info, last.is_some()) {
                        self.refuse(&error.to_string());
                    }
                    let info = info?;
                    self.put_command(&last.unwrap_or_default());
                    self.session = Some(session);
                    self.state = State::Traffic;
                    return Ok(Some(info));
                }
            }
        }
        Ok(None)
    }

    /// The next message of a connection that is secured. Frames are opened in their place and then
    /// moved together, as those of an open connection lie.
    pub(super) fn sealed_message(&mut self) -> Result<Option<Multipart>, ProtocolError> {
        loop {
            self.partial.missing = 0;
            let Some(header) = Header::decode(&self.input)? else { return Ok(None) };
            let end = header.len + self.sealed_within_limits(&header)?;
            if self.input.len() < end {
                self.partial.missing = end - self.input.len();
                return Ok(None);
            }
            let mut frame = self.input.split_to(end).split_off(header.len);
            let Some(session) = &mut self.session else { return Ok(None) };
            let curve::Message { flags, payload } = session.open(&mut frame)?;
            let body = &frame[payload];
            if flags.command {
                self.obey(body)?;
                continue;
            }
            self.partial.frames += 1;
            put_header(&mut self.opened, if flags.more { MORE } else { 0 }, body.len());
            self.opened.put_slice(body);
            if !flags.more {
                let frames = std::mem::take(&mut self.partial).frames;
                return Ok(Some(Multipart::from_wire(self.opened.split().freeze(), frames)));
            }
        }
    }

    /// [`Self::within_limits`] of a frame that is sealed, of which one cannot tell a command.
    fn sealed_within_limits(&self, header: &Header) -> Result<usize, ProtocolError> {
        let limits = &self.config.limits;
        let size = usize::try_from(header.size).unwrap_or(usize::MAX);
        let bytes = size.saturating_sub(curve::OVERHEAD);
        if header.flags & MORE != 0 {
            // Whether more follows is sealed as well.
            return Err(ProtocolError::Flags(header.flags));
        } else if bytes > limits.frame_bytes {
            return Err(ProtocolError::FrameTooLarge { bytes: bytes as u64, limit: limits.frame_bytes });
        } else if self.partial.frames == limits.frames {
            return Err(ProtocolError::TooManyFrames(limits.frames));
        } else if framed(bytes).saturating_add(self.opened.len()) > limits.message_bytes {
            return Err(ProtocolError::MessageTooLarge(limits.message_bytes));
        }
        Ok(size)
    }

    /// Writes a command of the handshake, unless it is empty.
    pub(super) fn put_command(&mut self, command: &[u8]) {
        if !command.is_empty() {
            put_header(&mut self.output, COMMAND, command.len());
            self.output.put_slice(command);
        }
    }

    /// Writes a command, sealed if the connection is.
    pub(super) fn say(&mut self, command: &Command<'_>) -> Result<(), ProtocolError> {
        let Some(session) = &mut self.session else {
            command.put(&mut self.output);
            return Ok(());
        };
        let mut body = BytesMut::new();
        command.put_body(&mut body);
        seal(session, curve::Flags { more: false, command: true }, &body, &mut self.output)
    }
}

/// Appends a frame that holds `body`, sealed.
fn seal(
    session: &mut Session,
    flags: curve::Flags,
    body: &[u8],
    out: &mut BytesMut,
) -> Result<(), ProtocolError> {
    let start = out.len();
    put_header(out, 0, curve::OVERHEAD + body.len());
    session.seal(flags, body, out).inspect_err(|_| out.truncate(start))?;
    Ok(())
}
