//! How a connection is secured, and the steps to get there.

use std::sync::Arc;
use std::time::Instant;

use crate::curve::{
    Allow, AwaitInitiate, AwaitReady, AwaitWelcome, Client, PublicKey, SecretKey, Server, Session,
};
use crate::{Mechanism, ProtocolError};

/// How a connection is secured, and which part we play in that.
#[derive(Debug, Clone, Default)]
pub enum Security {
    /// Not at all: whoever is on the way can read and change everything, and anybody can connect.
    #[default]
    Null,
    /// CURVE, as the side that takes whom it allows.
    CurveServer {
        /// Our own.
        keys: SecretKey,
        /// Who may connect.
        allow: Arc<Allow>,
    },
    /// CURVE, as the side that connects to somebody whom it knows.
    CurveClient {
        /// Our own.
        keys: SecretKey,
        /// Whose secret half the other side must have.
        server: PublicKey,
    },
}

impl Security {
    /// What the greeting calls it; both sides must name the same.
    #[must_use]
    pub const fn mechanism(&self) -> Mechanism {
        match self {
            Self::Null => Mechanism::Null,
            Self::CurveServer { .. } | Self::CurveClient { .. } => Mechanism::Curve,
        }
    }

    pub(crate) const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether we play the server's part.
    #[must_use]
    pub const fn is_server(&self) -> bool {
        matches!(self, Self::CurveServer { .. })
    }
}

/// How far CURVE has come: the command that the peer must send next.
#[derive(Debug)]
pub(crate) enum Curve {
    Hello(Server, Arc<Allow>),
    Welcome(AwaitWelcome, PublicKey),
    Initiate(AwaitInitiate, Arc<Allow>),
    Ready(AwaitReady, PublicKey),
}

/// What a command led to.
pub(crate) enum Step {
    /// The handshake goes on.
    Next(Curve, Vec<u8>),
    /// It is over, with a last word to say if we are the server.
    Done { session: Session, peer: Peer, last: Option<Vec<u8>> },
    /// The client with this key must not connect, and is told so.
    Refused(PublicKey, Vec<u8>),
}

/// Who the other side has proved to be, and its metadata.
pub(crate) struct Peer {
    pub(crate) key: PublicKey,
    pub(crate) metadata: Vec<u8>,
}

impl Curve {
    /// The beginning, and the first command if it is ours.
    pub(crate) fn begin(security: &Security) -> Result<Option<(Self, Vec<u8>)>, ProtocolError> {
        Ok(match security {
            Security::Null => None,
            Security::CurveServer { keys, allow } => {
                Some((Self::Hello(Server::new(keys), allow.clone()), Vec::new()))
            }
            Security::CurveClient { keys, server } => {
                let (next, hello) = Client::start(keys, server)?;
                Some((Self::Welcome(next, *server), hello))
            }
        })
    }

    /// Takes the peer's next command; `metadata` is what we say of ourselves.
    pub(crate) fn step(self, command: &[u8], metadata: &[u8]) -> Result<Step, ProtocolError> {
        // The age of a cookie is all that time means to the protocol.
        let now = Instant::now();
        Ok(match self {
            Self::Hello(server, allow) => {
                let (next, welcome) = server.hello(command, now)?;
                Step::Next(Self::Initiate(next, allow), welcome)
            }
            Self::Welcome(client, server) => {
                let (next, initiate) = client.welcome(command, metadata)?;
                Step::Next(Self::Ready(next, server), initiate)
            }
            Self::Initiate(server, allow) => {
                let request = server.initiate(command, now)?;
                let key = *request.client_key();
                if !allow.allows(&key) {
                    return Ok(Step::Refused(key, request.refuse()));
                }
                let peer = Peer { key, metadata: request.metadata().to_vec() };
                let (session, ready) = request.accept(metadata)?;
                Step::Done { session, peer, last: Some(ready) }
            }
            Self::Ready(client, key) => {
                let (session, metadata) = client.ready(command)?;
                Step::Done { session, peer: Peer { key, metadata }, last: None }
            }
        })
    }
}
