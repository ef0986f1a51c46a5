// What must hold of what a peer says of itself, wherever it asks from: a part of the crate, as nobody else
// can say where a peer is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use bytes::Bytes;
use lymph_zmtp::{Metadata, PeerInfo, Remote, SocketType, Version};

use super::claim::{ANSWERS, Claim, LYMPH};
use super::{Answerable, Network};

/// Where peers may be answered besides.
const NETWORKS: [&str; 2] = ["10.1.0.0/16", "2001:db8::/33"];

/// The first byte says from where it asks and whether it reads answers there; the last bytes are its name.
pub(crate) fn check(input: &[u8]) {
    let [how, address @ ..] = input else { return };
    let (remote, identity) = match how & 3 {
        0 => (ip(Ipv4Addr::LOCALHOST), address),
        1 => match address.split_first_chunk::<4>() {
            Some((octets, rest)) => (ip(*octets), rest),
            None => return,
        },
        2 => match address.split_first_chunk::<16>() {
            // As the listener does it, so that peers by IPv4 are the same peers on a socket for both versions.
            Some((octets, rest)) => (ip(Ipv6Addr::from(*octets).to_canonical()), rest),
            None => return,
        },
        _ => (Remote::Ipc, address),
    };
    let identity = &identity[..identity.len().min(255)];
    let (says, lists) = (how & 4 != 0, how & 8 != 0);
    let networks = NETWORKS.map(|network| network.parse::<Network>().expect("it is one"));
    let answerable = Answerable::also_in(if lists { networks.to_vec() } else { Vec::new() });
    match Claim::of(&remote, &info(identity, says), &answerable) {
        Ok(Claim { endpoint, may_dial, reads_answers }) => {
            assert_eq!(endpoint.as_str().as_bytes(), identity);
            assert_eq!(reads_answers, says);
            assert_eq!(may_dial, is_near(&remote, endpoint.as_str(), lists), "{remote} at {endpoint}");
            assert!(may_dial || reads_answers, "it could never be answered");
        }
        Err(reason) => {
            assert!(
                reason.len() < 3000 && !reason.contains(char::is_control),
                "{reason:?} is told and logged"
            );
            let is_endpoint = str::from_utf8(identity)
                .ok()
                .filter(|text| !text.contains(char::is_control))
                .filter(|text| {
                    let path = text.strip_prefix("ipc://");
                    port(text).is_some()
                        || path.is_some_and(|path| !path.is_empty() && !path.starts_with(['@', '*']))
                });
            let is_far = is_endpoint.is_none_or(|text| !says && !is_near(&remote, text, lists));
            assert!(is_far, "{reason:?}, though it could be answered");
        }
    }
}

fn ip(address: impl Into<IpAddr>) -> Remote {
    Remote::Tcp(SocketAddr::new(address.into(), 1))
}

fn info(identity: &[u8], says: bool) -> PeerInfo {
    let mut metadata = Metadata::new();
    if says {
        metadata.insert(LYMPH, ANSWERS);
    }
    let (version, identity) = (Version { major: 3, minor: 1 }, Bytes::copy_from_slice(identity));
    PeerInfo { version, socket_type: SocketType::Dealer, identity, metadata, key: None }
}

fn port(text: &str) -> Option<SocketAddr> {
    text.strip_prefix("tcp://")?.parse().ok()
}

/// Whether who asks from there has a right to be answered at `text`, said in another way.
fn is_near(remote: &Remote, text: &str, lists: bool) -> bool {
    let is_here =
        |ip: IpAddr| ip == Ipv6Addr::LOCALHOST || matches!(ip, IpAddr::V4(ip) if ip.octets()[0] == 127);
    let is_listed = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => ip.octets()[..2] == [10, 1],
        IpAddr::V6(ip) => ip.segments()[..2] == [0x2001, 0x0db8] && ip.segments()[2] < 0x8000,
    };
    match (remote, port(text)) {
        (Remote::Tcp(from), Some(at)) => {
            let (from, at) = (from.ip(), at.ip());
            from == at || is_here(from) && is_here(at) || lists && is_listed(at)
        }
        (Remote::Ipc, Some(at)) => is_here(at.ip()) || lists && is_listed(at.ip()),
        // A path is of this machine.
        (remote, None) => *remote == Remote::Ipc,
        (Remote::Dialed(_), Some(_)) => unreachable!("these connected to us"),
    }
}

#[cfg(test)]
#[test]
fn claims() {
    crate::mutation::each("claim", 50, check);
}
