//! Where sockets are bound and connected to.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// An address in ZeroMQ's notation: `tcp://IP:PORT` or `ipc://PATH`.
///
/// ```
/// use lymph_zmtp::Endpoint;
///
/// let endpoint: Endpoint = "tcp://[::1]:4400".parse().unwrap();
/// assert_eq!(endpoint.to_string(), "tcp://[::1]:4400");
/// assert!("tcp://somewhere:4400".parse::<Endpoint>().is_err(), "names are not looked up");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// A port of an address.
    Tcp(SocketAddr),
    /// A Unix socket in the file system.
    Ipc(PathBuf),
}

/// Why a text is no [`Endpoint`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither `tcp://IP:PORT` nor `ipc://PATH`")]
pub struct EndpointError(String);

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let tcp = text.strip_prefix("tcp://").and_then(|address| address.parse().ok());
        // `ipc://@name` and `ipc://*` have meanings to libzmq that we do not share.
        let ipc =
            text.strip_prefix("ipc://").filter(|path| !path.is_empty() && !path.starts_with(['@', '*']));
        tcp.map(Self::Tcp)
            .or_else(|| ipc.map(|path| Self::Ipc(path.into())))
            .ok_or_else(|| EndpointError(text.escape_debug().to_string()))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "tcp://{address}"),
            Self::Ipc(path) => write!(f, "ipc://{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_connected_to_is_refused() {
        let bad = [
            "",
            "tcp://",
            "tcp://host:1",
            "tcp://127.0.0.1",
            "tcp://127.0.0.1:65536",
            "tcp://127.0.0.1:1/x",
            "tcp:// 127.0.0.1:1",
            "TCP://127.0.0.1:1",
            "tcp://*:1",
            "tcp://127.0.0.1:*",
            "udp://127.0.0.1:1",
            "ipc://",
            "ipc://@abstract",
            "ipc://*",
            "inproc://x",
            "127.0.0.1:1",
        ];
        for text in bad {
            assert!(text.parse::<Endpoint>().is_err(), "{text}");
        }
        for good in ["tcp://127.0.0.1:1", "tcp://[::1]:65535", "ipc:///run/x.sock", "ipc://relative"] {
            assert_eq!(good.parse::<Endpoint>().map(|it| it.to_string()).as_deref(), Ok(good));
        }
    }
}
