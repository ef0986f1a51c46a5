//! What a peer says of itself, and how far it is believed.

use lymph_zmtp as zmtp;
use lymph_zmtp::{PeerInfo, Remote};

use super::Answerable;
use crate::Endpoint;

/// What a peer of ours says of itself.
pub(super) const LYMPH: &str = "X-Lymph";

/// It reads answers from the connection that it asks over.
pub(super) const ANSWERS: &str = "answers";

/// Who has connected to us, and where it is answered: over its own connection, over one that we make to
/// its endpoint, or over either.
#[derive(Debug)]
pub(super) struct Claim {
    /// Its name for itself.
    pub(super) endpoint: Endpoint,
    /// Whether a connection of ours may lead there.
    pub(super) may_dial: bool,
    /// Whether it reads answers from the connection that it asks over.
    pub(super) reads_answers: bool,
}

impl Claim {
    /// What the peer at `remote` claims.
    ///
    /// # Errors
    ///
    /// Why it could never be answered.
    pub(super) fn of(remote: &Remote, info: &PeerInfo, answerable: &Answerable) -> Result<Self, String> {
        let text = str::from_utf8(&info.identity).map_err(|_| "the identity is no endpoint".to_owned())?;
        if text.contains(char::is_control) {
            // Logs would have to show it.
            return Err(format!("the identity `{}` has control characters", text.escape_debug()));
        }
        let address: zmtp::Endpoint = text.parse().map_err(|error| format!("the identity {error}"))?;
        let may_dial = answerable.allows(remote, &address);
        let reads_answers = info.metadata.get(LYMPH).is_some_and(|value| value == ANSWERS);
        if !may_dial && !reads_answers {
            return Err(format!("who asks from {remote} is not answered at `{text}`"));
        }
        Ok(Self { endpoint: Endpoint::new(text), may_dial, reads_answers })
    }
}
