//! Where a peer may be answered that does not read answers from the connection it asks over.

use std::net::IpAddr;
use std::str::FromStr;

use lymph_zmtp::{Endpoint, Remote};

/// Decides whether an answer may go to the address that a peer names as its own.
///
/// Nobody has checked that name: without a rule, anybody who may send us a request could make us
/// connect to whom they like, and send there what we answer. A peer may always be answered at the IP
/// address that it asks from, and on this machine when it asks from there.
#[derive(Debug, Clone, Default)]
pub struct Answerable {
    networks: Vec<Network>,
}

/// IP addresses that begin alike, as `10.1.0.0/16`.
///
/// ```
/// use lymph::transport::zmtp::Network;
///
/// let network: Network = "10.1.0.0/16".parse().unwrap();
/// assert!(network.contains("10.1.2.3".parse().unwrap()));
/// assert!(!network.contains("10.2.0.1".parse().unwrap()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

/// Why a text is no [`Network`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no network such as `10.1.0.0/16`")]
pub struct NetworkError(String);

impl Answerable {
    /// Lets peers also be answered at any address in `networks`, wherever they ask from: for hosts
    /// that have several addresses.
    #[must_use]
    pub const fn also_in(networks: Vec<Network>) -> Self {
        Self { networks }
    }

    pub(super) fn allows(&self, from: &Remote, at: &Endpoint) -> bool {
        let is_own = match (from, at) {
            (Remote::Tcp(from), Endpoint::Tcp(at)) => {
                from.ip() == at.ip() || (from.ip().is_loopback() && at.ip().is_loopback())
            }
            (Remote::Ipc, Endpoint::Tcp(at)) => at.ip().is_loopback(),
            (Remote::Ipc, Endpoint::Ipc(_)) => true,
            // A path names a socket of this machine, which is not for others to use.
            (Remote::Tcp(_), Endpoint::Ipc(_)) => false,
            (Remote::Dialed(endpoint), at) => endpoint == at,
        };
        let is_listed = |at: IpAddr| self.networks.iter().any(|network| network.contains(at));
        is_own || matches!(at, Endpoint::Tcp(at) if is_listed(at.ip()))
    }
}

impl Network {
    /// Whether `address` is one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let differs = ours.to_bits() ^ theirs.to_bits();
                differs.checked_shr(32 - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let differs = ours.to_bits() ^ theirs.to_bits();
                differs.checked_shr(128 - self.bits).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let parse = || {
            let (address, bits) = text.split_once('/')?;
            let (address, bits): (IpAddr, u32) = (address.parse().ok()?, bits.parse().ok()?);
            let most = if address.is_ipv4() { 32 } else { 128 };
            (bits <= most).then_some(Self { address, bits })
        };
        parse().ok_or_else(|| NetworkError(text.escape_debug().to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(answerable: &Answerable, from: &str, at: &str) -> bool {
        let from = from.parse().map_or(Remote::Ipc, Remote::Tcp);
        answerable.allows(&from, &at.parse().expect("it is an endpoint"))
    }

    #[test]
    fn peers_are_answered_where_they_ask_from() {
        let strict = Answerable::default();
        assert!(allows(&strict, "10.1.2.3:50000", "tcp://10.1.2.3:4400"));
        assert!(allows(&strict, "127.0.0.1:50000", "tcp://127.0.0.2:4400"));
        assert!(allows(&strict, "ipc", "tcp://127.0.0.1:4400"));
        assert!(allows(&strict, "ipc", "ipc:///run/x"));
        assert!(!allows(&strict, "10.1.2.3:50000", "tcp://10.1.2.4:4400"));
        assert!(
            !allows(&strict, "10.1.2.3:50000", "tcp://127.0.0.1:4400"),
            "our own machine is not for others"
        );
        assert!(!allows(&strict, "127.0.0.1:50000", "ipc:///run/x"));
        assert!(!allows(&strict, "ipc", "tcp://10.1.2.3:4400"));
    }

    #[test]
    fn networks_are_allowed_besides() {
        let networks = ["10.1.0.0/16", "fd00::/8"].map(|text| text.parse().expect("it is one"));
        let wide = Answerable::also_in(networks.to_vec());
        assert!(allows(&wide, "192.168.0.1:50000", "tcp://10.1.255.1:4400"));
        assert!(allows(&wide, "192.168.0.1:50000", "tcp://[fdff::1]:4400"));
        assert!(!allows(&wide, "192.168.0.1:50000", "tcp://10.2.0.1:4400"));
        assert!(!allows(&wide, "192.168.0.1:50000", "tcp://127.0.0.1:4400"));
    }

    #[test]
    fn networks_of_any_size_are_read() {
        let contains = |network: &str, address: &str| {
            network.parse::<Network>().expect("it is one").contains(address.parse().expect("it is one"))
        };
        assert!(contains("0.0.0.0/0", "255.1.2.3") && contains("::/0", "ff::1"));
        assert!(contains("10.0.0.1/32", "10.0.0.1") && !contains("10.0.0.1/32", "10.0.0.0"));
        assert!(!contains("0.0.0.0/0", "::1"));
        for bad in ["", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "host/8", "10.0.0.0/8/8"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }
}
