//! Why a connection was not made or is not to be trusted further.

/// Why a connection was not made or is not to be trusted further. Whatever it is, the connection
/// must be closed: nothing that arrives on it means anything now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CurveError {
    /// Another command than the one whose turn it is.
    #[error("expected `{expected}`, received {received}")]
    Unexpected {
        /// Name of the command whose turn it is.
        expected: &'static str,
        /// What came instead, as far as it can be named.
        received: String,
    },
    /// A command that is not built as the protocol says.
    #[error("`{command}` {mistake}")]
    Malformed {
        /// Its name.
        command: &'static str,
        /// What is wrong with it.
        mistake: &'static str,
    },
    /// A command was not made with the keys that this peer should have, or was changed on its way.
    #[error("cannot open `{command}`: {}", meaning(command))]
    Forged {
        /// Its name.
        command: &'static str,
    },
    /// A command was lost, repeated, or came out of turn.
    #[error("`{command}` has the number {received}, the next one is {expected}")]
    OutOfOrder {
        /// Its name.
        command: &'static str,
        /// The number that is next.
        expected: u64,
        /// Its number.
        received: u64,
    },
    /// The client took longer to answer `WELCOME` than its cookie lasts.
    #[error("the cookie that `INITIATE` brings back has expired")]
    CookieExpired,
    /// The server sent `ERROR`. Nothing proves that it was the server; the connection fails in any
    /// case.
    #[error("the server refuses this client: {}", explain(reason))]
    Refused {
        /// What it said, printable ASCII; `400` is what servers say of keys that they do not allow.
        reason: String,
    },
    /// A public key that belongs to no secret one. With some of those nothing stays secret; others
    /// are second ways to write a key.
    #[error("the peer's public key belongs to no secret key")]
    InvalidKey,
    /// More metadata than fits.
    #[error("{len} bytes of metadata are more than {}", super::MAX_METADATA_LEN)]
    Metadata {
        /// Its length in bytes.
        len: usize,
    },
    /// All numbers for messages are used; a new connection has new ones.
    #[error("this connection has sent all the messages it can")]
    Exhausted,
    /// The operating system gave no randomness, without which there are no keys.
    #[error("the operating system gave no randomness")]
    Randomness,
}

/// What it most likely means that a command cannot be opened.
fn meaning(command: &str) -> &'static str {
    match command {
        "HELLO" => "the client expects another public key of this server",
        "WELCOME" => "the server does not have the secret key of the expected public key",
        "INITIATE" => {
            "the client does not have the secret key of its public key, or it was changed on its way"
        }
        _ => "it was changed on its way",
    }
}

fn explain(reason: &str) -> &str {
    if reason == "400" { "it does not allow this key to connect" } else { reason }
}
