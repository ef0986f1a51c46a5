//! Requests that wait for their turn, by those who sent them.

mod turns;

use std::collections::BTreeMap;

use self::turns::Turns;
use crate::transport::Origin;

/// Hosts take turns, then the peers of each, however many requests they have in line. When the line
/// is full, whoever takes up most of it gives way to those that take up less.
///
/// `T` stands for a request.
#[derive(Debug)]
pub(super) struct Line<T> {
    /// The least that a request takes up.
    least: usize,
    /// What all of them together may.
    room: usize,
    taken: usize,
    hosts: Turns<Turns<Requests<T>>>,
    next_number: u64,
}

/// Requests of one peer with what they take up, in the order they came.
type Requests<T> = BTreeMap<u64, (usize, T)>;

/// There is no room for a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl<T> Line<T> {
    /// One for so many requests, and as many bytes of them. A request takes up its bytes, but no
    /// less than its part of these.
    pub(super) fn new(requests: usize, bytes: usize) -> Self {
        let least = (bytes / requests.max(1)).max(1);
        let room = least.saturating_mul(requests);
        Self { least, room, taken: 0, hosts: Turns::default(), next_number: 0 }
    }

    /// Adds a request of `bytes`. Returns its number, and requests that had to give way to it.
    pub(super) fn add(&mut self, from: Origin, bytes: usize, request: T) -> Result<(u64, Vec<T>), Full> {
        let size = bytes.max(self.least);
        let missing = (self.taken + size).saturating_sub(self.room);
        let gone = if missing > 0 { self.make_room(from, size, missing)? } else { Vec::new() };
        let number = self.number();
        let peers = self.hosts.grow(from.host, size, number);
        peers.grow(from.peer, size, number).insert(number, (size, request));
        self.taken += size;
        Ok((number, gone))
    }

    /// The request whose turn it is.
    pub(super) fn next(&mut self) -> Option<T> {
        let turn = self.number();
        let host = self.hosts.next(turn)?;
        let peers = self.hosts.get_mut(host)?;
        let peer = peers.next(turn)?;
        let first = *peers.get_mut(peer)?.first_key_value()?.0;
        self.remove(Origin { host, peer }, first)
    }

    /// Takes a request out, if it is there.
    pub(super) fn remove(&mut self, from: Origin, number: u64) -> Option<T> {
        let peers = self.hosts.get_mut(from.host)?;
        let (size, request) = peers.get_mut(from.peer)?.remove(&number)?;
        peers.shrink(from.peer, size);
        self.hosts.shrink(from.host, size);
        self.taken -= size;
        Some(request)
    }

    /// Takes out requests of the host that takes up most, or of the peer that does on the same host,
    /// until `missing` is free. Not of one that has no more than the other would have with one more
    /// of `size`.
    fn make_room(&mut self, from: Origin, size: usize, missing: usize) -> Result<Vec<T>, Full> {
        let wanted = size + missing;
        let own = self.hosts.size(from.host);
        let other = self.hosts.largest().filter(|(most, host)| *host != from.host && *most >= own + wanted);
        let host = other.map(|(_, host)| host).or_else(|| {
            let peers = self.hosts.get_mut(from.host)?;
            let (most, peer) = peers.largest()?;
            (peer != from.peer && most >= peers.size(from.peer) + wanted).then_some(from.host)
        });
        let host = host.ok_or(Full)?;
        let (mut gone, enough) = (Vec::new(), self.taken - missing);
        while self.taken > enough {
            let (peer, newest) = self.newest_of_largest(host).expect("it has at least what is missing");
            gone.extend(self.remove(Origin { host, peer }, newest));
        }
        Ok(gone)
    }

    /// The newest request of the peer that takes up most on `host`.
    fn newest_of_largest(&mut self, host: u64) -> Option<(u64, u64)> {
        let peers = self.hosts.get_mut(host)?;
        let (_, peer) = peers.largest()?;
        Some((peer, *peers.get_mut(peer)?.last_key_value()?.0))
    }

    fn number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn on(host: u64, peer: u64) -> Origin {
        Origin { host, peer }
    }

    /// A line for small requests only, each a peer's number and its own.
    fn line(requests: usize) -> Line<(u64, u32)> {
        Line::new(requests, requests)
    }

    fn add(line: &mut Line<(u64, u32)>, from: Origin, count: u32) {
        for index in 0..count {
            line.add(from, 1, (from.peer, index)).expect("there is room");
        }
    }

    fn rest(line: &mut Line<(u64, u32)>) -> Vec<(u64, u32)> {
        std::iter::from_fn(|| line.next()).collect()
    }

    #[test]
    fn peers_take_turns_and_each_is_served_in_order() {
        let mut line = line(10);
        add(&mut line, on(0, 1), 4);
        add(&mut line, on(0, 2), 1);
        add(&mut line, on(0, 3), 2);
        assert_eq!(rest(&mut line), [(1, 0), (2, 0), (3, 0), (1, 1), (3, 1), (1, 2), (1, 3)]);
        assert_eq!((line.taken, line.hosts.is_empty()), (0, true));
    }

    #[test]
    fn whoever_comes_back_is_behind_the_others() {
        let mut line = line(10);
        add(&mut line, on(0, 1), 1);
        add(&mut line, on(0, 2), 3);
        assert_eq!(line.next(), Some((1, 0)));
        line.add(on(0, 1), 1, (1, 7)).expect("there is room");
        assert_eq!(rest(&mut line), [(2, 0), (1, 7), (2, 1), (2, 2)]);
    }

    #[test]
    fn many_peers_of_one_host_have_one_turn_beside_another() {
        let mut line = line(8);
        for peer in 1..=8 {
            add(&mut line, on(0, peer), 1);
        }
        assert_eq!(line.add(on(0, 9), 1, (9, 0)), Err(Full), "each of its peers has one");
        for index in 0..4 {
            let (_, gone) = line.add(on(1, 10), 1, (10, index)).expect("the host gives way");
            assert_eq!(gone.len(), 1);
        }
        assert_eq!(line.add(on(1, 10), 1, (10, 4)), Err(Full), "each host has a half");
        let peers: Vec<u64> = rest(&mut line).iter().map(|(peer, _)| *peer).collect();
        assert_eq!(peers, [1, 10, 2, 10, 3, 10, 4, 10]);
    }

    #[test]
    fn the_longest_gives_way_to_shorter_ones_and_to_nobody_else() {
        let mut line = line(6);
        add(&mut line, on(0, 1), 6);
        assert_eq!(line.add(on(0, 1), 1, (1, 9)), Err(Full), "it has itself to blame");
        let gone = |line: &mut Line<_>, peer| line.add(on(0, peer), 1, (peer, 0)).map(|(_, gone)| gone);
        assert_eq!(gone(&mut line, 2), Ok(vec![(1, 5)]));
        assert_eq!(gone(&mut line, 2), Ok(vec![(1, 4)]));
        assert_eq!(gone(&mut line, 3), Ok(vec![(1, 3)]));
        assert_eq!(gone(&mut line, 2), Err(Full), "it would only have what another had");
        assert_eq!(rest(&mut line), [(1, 0), (2, 0), (3, 0), (1, 1), (2, 0), (1, 2)]);
    }

    #[test]
    fn bytes_count_and_small_requests_take_their_part() {
        let mut line = Line::new(10, 1000);
        assert_eq!(line.add(on(0, 1), 650, 'a'), Ok((1, vec![])));
        for peer in [2, 3, 4] {
            line.add(on(0, peer), 5, 'b').expect("there is room");
        }
        assert_eq!(line.add(on(0, 1), 10, 'c'), Err(Full), "it counts as a hundred");
        assert_eq!(line.add(on(0, 2), 510, 'd'), Err(Full), "it would have what the largest has");
        let gone = line.add(on(0, 5), 50, 'e').map(|(_, gone)| gone);
        assert_eq!(gone, Ok(vec!['a']), "less would not do");
        assert_eq!(line.add(on(0, 6), 1001, 'f'), Err(Full), "nobody has that much");
    }

    #[test]
    fn who_leaves_makes_room_and_loses_no_turn_of_others() {
        let mut line = line(3);
        let (first, _) = line.add(on(0, 1), 1, (1, 0)).expect("there is room");
        add(&mut line, on(0, 2), 2);
        assert_eq!(line.remove(on(0, 1), first), Some((1, 0)));
        assert_eq!(line.remove(on(0, 1), first), None);
        add(&mut line, on(0, 1), 1);
        assert_eq!(rest(&mut line), [(2, 0), (1, 0), (2, 1)]);
        assert!(line.hosts.is_empty());
        assert_eq!(Line::new(0, 100).add(on(0, 1), 1, ()), Err(Full), "nobody may wait");
    }
}
