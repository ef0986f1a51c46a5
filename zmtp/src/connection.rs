//! One connection's protocol, without its socket: bytes in, events and bytes out.

mod secured;

use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};

use crate::command::Command;
use crate::curve::{PublicKey, Session};
use crate::frame::{COMMAND, Header, MORE, plain_message};
use crate::security::Curve;
use crate::{Greeting, Limits, Metadata, Multipart, ProtocolError, Security, SocketType, Version};

/// Bytes of answers to heartbeats that may wait to be written; what is asked meanwhile is answered
/// by the one that waits.
const MAX_PONGS: usize = 256;

/// What both sides of all connections of one socket have in common.
#[derive(Debug, Clone)]
pub struct Config {
    /// What our socket is.
    pub socket_type: SocketType,
    /// By what name peers know us; empty for none.
    pub identity: Bytes,
    /// What else we say of ourselves; names of applications begin with `X-`.
    pub properties: Metadata,
    /// What peers may ask of us.
    pub limits: Limits,
}

impl Config {
    /// A socket that says nothing but its type and identity.
    #[must_use]
    pub fn new(socket_type: SocketType, identity: impl Into<Bytes>) -> Self {
        let (properties, limits) = (Metadata::new(), Limits::default());
        Self { socket_type, identity: identity.into(), properties, limits }
    }
}

/// Who the other side says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerInfo {
    /// What it speaks.
    pub version: Version,
    /// What its socket is.
    pub socket_type: SocketType,
    /// Its name for itself, which nobody has checked; empty when it has none.
    pub identity: Bytes,
    /// All that it said.
    pub metadata: Metadata,
    /// The key that it has proved to own; none without CURVE.
    pub key: Option<PublicKey>,
}

/// What the other side's bytes amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The handshake is over; messages may be exchanged from here on.
    Ready(PeerInfo),
    /// One whole message.
    Message(Multipart),
}

/// The protocol's state on one side of one connection.
///
/// It reads nothing and writes nothing: append what came to [`input`](Self::input), call
/// [`poll`](Self::poll) until it has no more events, and write what is in [`output`](Self::output).
/// Greetings, the handshake and answers to heartbeats are in there; messages, which begin after
/// [`Event::Ready`], go past it.
///
/// ```
/// use std::sync::Arc;
/// use lymph_zmtp::{Config, Connection, Event, SocketType};
///
/// let mut router = Connection::new(Arc::new(Config::new(SocketType::Router, "")));
/// let mut dealer = Connection::new(Arc::new(Config::new(SocketType::Dealer, "me")));
/// let mut seen = None;
/// while seen.is_none() {
///     router.input().extend_from_slice(&dealer.output().split());
///     seen = router.poll().unwrap();
///     dealer.input().extend_from_slice(&router.output().split());
///     dealer.poll().unwrap();
/// }
/// let Some(Event::Ready(peer)) = seen else { panic!() };
/// assert_eq!(peer.identity, "me");
/// ```
#[derive(Debug)]
pub struct Connection {
    config: Arc<Config>,
    security: Security,
    state: State,
    /// While CURVE's handshake lasts.
    curve: Option<Curve>,
    /// What seals and opens everything after CURVE's handshake.
    session: Option<Session>,
    peer: Version,
    input: BytesMut,
    /// Opened frames of a message of which others are missing.
    opened: BytesMut,
    output: BytesMut,
    partial: Partial,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Greeting,
    Handshake,
    Traffic,
    /// The peer broke the protocol.
    Failed,
}

/// The message that `input` begins with, of which frames are missing.
#[derive(Debug, Default)]
struct Partial {
    /// Bytes of its whole frames.
    bytes: usize,
    frames: usize,
    /// Bytes that the frame under way still lacks, as far as that is known.
    missing: usize,
}

/// The next whole frame.
struct Whole {
    header: Header,
    /// Where it ends in `input`.
    end: usize,
}

impl Connection {
    /// A connection that has just been made and is not secured; our greeting is in its output
    /// already.
    #[must_use]
    pub fn new(config: Arc<Config>) -> Self {
        Self::with_security(config, Security::Null)
    }

    /// A connection that has just been made; our greeting is in its output already.
    #[must_use]
    pub fn with_security(config: Arc<Config>, security: Security) -> Self {
        let greeting = Greeting::new(security.mechanism(), security.is_server()).encode();
        Self {
            config,
            security,
            state: State::Greeting,
            curve: None,
            session: None,
            peer: Version { major: 3, minor: 0 },
            input: BytesMut::new(),
            opened: BytesMut::new(),
            output: BytesMut::from(&greeting[..]),
            partial: Partial::default(),
        }
    }

    /// Where bytes from the peer go, at the end.
    pub const fn input(&mut self) -> &mut BytesMut {
        &mut self.input
    }

    /// Bytes for the peer, to be taken from the front, and not in the middle of a message.
    pub const fn output(&mut self) -> &mut BytesMut {
        &mut self.output
    }

    /// Bytes that are surely missing before [`poll`](Self::poll) has anything new; 0 when that is
    /// unknown. Within limits.
    #[must_use]
    pub const fn missing(&self) -> usize {
        self.partial.missing
    }

    /// Bytes that it holds once the frame under way is whole, as far as that is known.
    pub(crate) fn wanted(&self) -> usize {
        let frame = self.input.len() + self.partial.missing;
        // What is sealed is there twice while it is opened.
        if self.security.is_null() { frame } else { self.opened.len() + 2 * frame }
    }

    /// Gives all memory back that is not in use.
    pub(crate) fn shrink(&mut self) {
        for buffer in [&mut self.input, &mut self.opened] {
            *buffer = BytesMut::from(&buffer[..]);
        }
    }

    /// Whether the peer has begun something that it has not ended.
    #[must_use]
    pub fn is_amid_message(&self) -> bool {
        !self.input.is_empty() || self.partial.frames > 0
    }

    /// Whether another message is there already, as far as that can be told without opening it.
    pub(crate) fn has_message(&self) -> bool {
        let is_plain = self.security.is_null() && self.partial.bytes == 0;
        !self.input.is_empty() && (!is_plain || plain_message(&self.input, &self.config.limits).is_some())
    }

    /// Asks the peer for a sign of life. Peers before 3.1 are not asked, as they would not
    /// understand; returns whether it was.
    pub fn ping(&mut self) -> bool {
        let understood = self.state == State::Traffic && self.peer.minor >= 1;
        understood && self.say(&Command::Ping { ttl_tenths: 0, context: b"" }).is_ok()
    }

    /// The next event in what has come so far; `None` when more bytes are needed.
    ///
    /// # Errors
    ///
    /// [`ProtocolError`] when the peer breaks the protocol or a limit. Its output may then hold a
    /// last word to the peer; every further call asks for more bytes.
    pub fn poll(&mut self) -> Result<Option<Event>, ProtocolError> {
        if let Some(message) = self.plain_message() {
            return Ok(Some(Event::Message(message)));
        }
        let event = self.advance();
        if let Err(error) = &event {
            // Where peers must prove who they are, those who have not are told nothing.
            let tell = self.state == State::Handshake && self.security.is_null();
            if tell && !matches!(error, ProtocolError::Refused(_)) {
                self.refuse(&error.to_string());
            }
            self.state = State::Failed;
        }
        event
    }

    /// Tells the peer that it is not wanted, for `reason`, and takes no more from it.
    pub fn refuse(&mut self, reason: &str) {
        let reason = &reason.as_bytes()[..reason.len().min(u8::MAX.into())];
        // A session without numbers left cannot even say this.
        _ = self.say(&Command::Error(reason));
        self.state = State::Failed;
    }

    fn advance(&mut self) -> Result<Option<Event>, ProtocolError> {
        if self.state == State::Greeting {
            let mechanism = self.security.mechanism();
            let Some(greeting) = Greeting::decode(&self.input, mechanism)? else { return Ok(None) };
            self.input.advance(Greeting::LEN);
            self.peer = greeting.version;
            match Curve::begin(&self.security)? {
                None => Command::Ready(&self.own_metadata()).put(&mut self.output),
                Some((curve, hello)) => {
                    self.curve = Some(curve);
                    self.put_command(&hello);
                }
            }
            self.state = State::Handshake;
        }
        if self.state == State::Handshake {
            let peer = if self.security.is_null() { self.hear_ready()? } else { self.secure()? };
            return Ok(peer.map(Event::Ready));
        }
        if self.state != State::Traffic {
            return Ok(None);
        }
        let message = if self.security.is_null() { self.message()? } else { self.sealed_message()? };
        Ok(message.map(Event::Message))
    }

    fn own_metadata(&self) -> BytesMut {
        let mut all = Metadata::new();
        all.insert("Socket-Type", self.config.socket_type.as_str());
        all.insert("Identity", self.config.identity.clone());
        for (name, value) in self.config.properties.iter() {
            all.insert(name, value.clone());
        }
        let mut data = BytesMut::new();
        all.encode(&mut data);
        data
    }

    fn hear_ready(&mut self) -> Result<Option<PeerInfo>, ProtocolError> {
        let Some(Whole { header, end }) = self.frame()? else { return Ok(None) };
        let frame = self.input.split_to(end);
        let out_of_place = |name: &[u8]| ProtocolError::OutOfPlace(name.escape_ascii().to_string());
        let metadata = match Command::decode(&frame[header.len..])? {
            Command::Ready(data) => Metadata::decode(data, &self.config.limits)?,
            Command::Error(reason) => {
                return Err(ProtocolError::Refused(reason.escape_ascii().to_string()));
            }
            Command::Ping { .. } => return Err(out_of_place(b"PING")),
            Command::Pong { .. } => return Err(out_of_place(b"PONG")),
            Command::Other { name } => return Err(out_of_place(name)),
        };
        let peer = self.identify(metadata, None)?;
        self.state = State::Traffic;
        Ok(Some(peer))
    }

    fn identify(&self, metadata: Metadata, key: Option<PublicKey>) -> Result<PeerInfo, ProtocolError> {
        let name = metadata.get("Socket-Type").cloned().unwrap_or_default();
        let unknown = || ProtocolError::UnknownSocketType(name.escape_ascii().to_string());
        let (theirs, ours) = (SocketType::from_wire(&name).ok_or_else(unknown)?, self.config.socket_type);
        if !ours.talks_to(theirs) {
            return Err(ProtocolError::IncompatibleSockets { theirs, ours });
        }
        let identity = metadata.get("Identity").cloned().unwrap_or_default();
        if identity.len() > u8::MAX.into() || identity.first() == Some(&0) {
            return Err(ProtocolError::Identity);
        }
        Ok(PeerInfo { version: self.peer, socket_type: theirs, identity, metadata, key })
    }

    /// The next message, when it is there as a whole and nothing about it is unusual.
    fn plain_message(&mut self) -> Option<Multipart> {
        if self.state != State::Traffic || !self.security.is_null() || self.partial.bytes > 0 {
            return None;
        }
        let (bytes, frames) = plain_message(&self.input, &self.config.limits)?;
        self.partial.missing = 0;
        Some(Multipart::from_wire(self.input.split_to(bytes).freeze(), frames))
    }

    fn message(&mut self) -> Result<Option<Multipart>, ProtocolError> {
        while let Some(Whole { header, end }) = self.frame()? {
            if header.flags & COMMAND != 0 {
                // Obeying needs all of the connection, but not its input.
                let input = std::mem::take(&mut self.input);
                let obeyed = self.obey(&input[end - header.size as usize..end]);
                self.input = input;
                obeyed?;
                if self.partial.frames == 0 {
                    self.input.advance(end);
                } else {
                    // It stays where it is, and readers of the message skip it.
                    self.partial.bytes = end;
                }
                continue;
            }
            self.partial.frames += 1;
            self.partial.bytes = end;
            if header.flags & MORE == 0 {
                let Partial { bytes, frames, .. } = std::mem::take(&mut self.partial);
                return Ok(Some(Multipart::from_wire(self.input.split_to(bytes).freeze(), frames)));
            }
        }
        Ok(None)
    }

    /// Does what the command says.
    fn obey(&mut self, command: &[u8]) -> Result<(), ProtocolError> {
        match Command::decode(command)? {
            Command::Ping { context, .. } => {
                if self.output.len() < MAX_PONGS {
                    self.say(&Command::Pong { context })?;
                }
            }
            Command::Error(reason) => {
                return Err(ProtocolError::Refused(reason.escape_ascii().to_string()));
            }
            // That it came is all that a PONG says; the others are for sockets that we have not.
            Command::Pong { .. } | Command::Ready(_) | Command::Other { .. } => {}
        }
        Ok(())
    }

    /// The frame behind those of the partial message, once it is whole. Limits are checked as soon
    /// as its header is there.
    fn frame(&mut self) -> Result<Option<Whole>, ProtocolError> {
        self.partial.missing = 0;
        let begin = self.partial.bytes;
        let Some(header) = Header::decode(&self.input[begin..])? else { return Ok(None) };
        let size = self.within_limits(&header)?;
        let end = begin + header.len + size;
        if self.input.len() < end {
            self.partial.missing = end - self.input.len();
            return Ok(None);
        }
        Ok(Some(Whole { header, end }))
    }

    fn within_limits(&self, header: &Header) -> Result<usize, ProtocolError> {
        if self.state == State::Handshake && header.flags & COMMAND == 0 {
            return Err(ProtocolError::OutOfPlace("message".to_owned()));
        }
        let (limits, bytes) = (&self.config.limits, header.size);
        let size = usize::try_from(bytes).unwrap_or(usize::MAX);
        if header.flags & COMMAND != 0 {
            if size > limits.command_bytes {
                return Err(ProtocolError::CommandTooLarge { bytes, limit: limits.command_bytes });
            }
        } else if size > limits.frame_bytes {
            return Err(ProtocolError::FrameTooLarge { bytes, limit: limits.frame_bytes });
        } else if self.partial.frames == limits.frames {
            return Err(ProtocolError::TooManyFrames(limits.frames));
        }
        // Commands between frames count, as they stay in memory with them.
        if self.partial.frames > 0 || header.flags & COMMAND == 0 {
            let whole = self.partial.bytes.saturating_add(header.len).saturating_add(size);
            if whole > limits.message_bytes {
                return Err(ProtocolError::MessageTooLarge(limits.message_bytes));
            }
        }
        Ok(size)
    }
}
