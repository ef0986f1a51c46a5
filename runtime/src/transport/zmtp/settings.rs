//! What a transport may be told when it is bound.

use std::num::NonZeroUsize;

use super::Answerable;
use crate::config::CurveConfig;

/// How a transport treats its peers, and what it runs on; the defaults suit one service on loopback.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Settings {
    /// Where peers may be answered besides the address that they ask from.
    pub answerable: Answerable,
    /// With keys, all connections are encrypted, and peers without one that is trusted are refused.
    pub curve: Option<CurveConfig>,
    /// Threads that connections are spread over, with the handlers of what comes over them. Without
    /// a number they run in the runtime that binds the transport.
    pub threads: Option<NonZeroUsize>,
}
