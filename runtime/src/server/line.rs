//! Requests that wait for their turn, by the peers that sent them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Peers take turns, however many requests each of them has in line. When the line is full, the peer
/// that takes up most of it gives way to those that take up less.
///
/// `T` stands for a request.
#[derive(Debug)]
pub(super) struct Line<T> {
    /// The least that a request takes up.
    least: usize,
    /// What all of them together may.
    room: usize,
    taken: usize,
    peers: HashMap<u64, Waiting<T>>,
    /// Whose turn it is, the next one first.
    turns: BTreeMap<u64, u64>,
    /// What each peer takes up.
    by_size: BTreeSet<(usize, u64)>,
    next_number: u64,
}

/// The requests of one peer.
#[derive(Debug)]
struct Waiting<T> {
    /// In the order they came.
    requests: BTreeMap<u64, (usize, T)>,
    size: usize,
    turn: u64,
}

/// There is no room for a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl<T> Line<T> {
    /// One for so many requests, and as many bytes of them. A request takes up its bytes, but no
    /// less than its part of these.
    pub(super) fn new(requests: usize, bytes: usize) -> Self {
        let least = (bytes / requests.max(1)).max(1);
        Self {
            least,
            room: least.saturating_mul(requests),
            taken: 0,
            peers: HashMap::new(),
            turns: BTreeMap::new(),
            by_size: BTreeSet::new(),
            next_number: 0,
        }
    }

    /// Adds a request of `bytes` that `peer` sent. Returns its number, and requests that had to give
    /// way to it.
    pub(super) fn add(&mut self, peer: u64, bytes: usize, request: T) -> Result<(u64, Vec<T>), Full> {
        let size = bytes.max(self.least);
        let missing = (self.taken + size).saturating_sub(self.room);
        let gone = if missing > 0 { self.make_room(peer, size, missing)? } else { Vec::new() };
        let (number, turn) = (self.number(), self.number());
        let before = self.peers.get(&peer).map_or(0, |waiting| waiting.size);
        let waiting = self.peers.entry(peer).or_insert_with(|| {
            self.turns.insert(turn, peer);
            Waiting { requests: BTreeMap::new(), size: 0, turn }
        });
        waiting.requests.insert(number, (size, request));
        waiting.size += size;
        self.resized(peer, before);
        self.taken += size;
        Ok((number, gone))
    }

    /// The request whose turn it is.
    pub(super) fn next(&mut self) -> Option<T> {
        let (_, peer) = self.turns.pop_first()?;
        let turn = self.number();
        let waiting = self.peers.get_mut(&peer)?;
        waiting.turn = turn;
        self.turns.insert(turn, peer);
        let first = *waiting.requests.first_key_value()?.0;
        self.remove(peer, first)
    }

    /// Takes a request out, if it is there.
    pub(super) fn remove(&mut self, peer: u64, number: u64) -> Option<T> {
        let waiting = self.peers.get_mut(&peer)?;
        let (size, request) = waiting.requests.remove(&number)?;
        let before = waiting.size;
        waiting.size -= size;
        self.taken -= size;
        if waiting.requests.is_empty() {
            self.turns.remove(&waiting.turn);
            self.peers.remove(&peer);
        }
        self.resized(peer, before);
        Some(request)
    }

    /// Takes out the newest requests of whoever takes up most, until `missing` is free; not if that
    /// is `peer`, or has no more than `peer` would have with one more of `size`.
    fn make_room(&mut self, peer: u64, size: usize, missing: usize) -> Result<Vec<T>, Full> {
        let (most, largest) = *self.by_size.last().ok_or(Full)?;
        let own = self.peers.get(&peer).map_or(0, |waiting| waiting.size);
        if largest == peer || most < own + size + missing {
            return Err(Full);
        }
        let (mut gone, enough) = (Vec::new(), self.taken - missing);
        while self.taken > enough {
            let newest = self.peers.get(&largest).and_then(|waiting| waiting.requests.last_key_value());
            let newest = *newest.expect("it has at least what is missing").0;
            gone.extend(self.remove(largest, newest));
        }
        Ok(gone)
    }

    fn resized(&mut self, peer: u64, before: usize) {
        self.by_size.remove(&(before, peer));
        if let Some(waiting) = self.peers.get(&peer) {
            self.by_size.insert((waiting.size, peer));
        }
    }

    fn number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line for small requests only, each a peer's number and its own.
    fn line(requests: usize) -> Line<(u64, u32)> {
        Line::new(requests, requests)
    }

    fn add(line: &mut Line<(u64, u32)>, peer: u64, count: u32) {
        for index in 0..count {
            line.add(peer, 1, (peer, index)).expect("there is room");
        }
    }

    fn rest(line: &mut Line<(u64, u32)>) -> Vec<(u64, u32)> {
        std::iter::from_fn(|| line.next()).collect()
    }

    fn is_empty<T>(line: &Line<T>) -> bool {
        let Line { taken, peers, turns, by_size, .. } = line;
        *taken == 0 && peers.is_empty() && turns.is_empty() && by_size.is_empty()
    }

    #[test]
    fn peers_take_turns_and_each_is_served_in_order() {
        let mut line = line(10);
        add(&mut line, 1, 4);
        add(&mut line, 2, 1);
        add(&mut line, 3, 2);
        assert_eq!(rest(&mut line), [(1, 0), (2, 0), (3, 0), (1, 1), (3, 1), (1, 2), (1, 3)]);
        assert!(is_empty(&line));
    }

    #[test]
    fn whoever_comes_back_is_behind_the_others() {
        let mut line = line(10);
        add(&mut line, 1, 1);
        add(&mut line, 2, 3);
        assert_eq!(line.next(), Some((1, 0)));
        line.add(1, 1, (1, 7)).expect("there is room");
        assert_eq!(rest(&mut line), [(2, 0), (1, 7), (2, 1), (2, 2)]);
    }

    #[test]
    fn the_longest_gives_way_to_shorter_ones_and_to_nobody_else() {
        let mut line = line(6);
        add(&mut line, 1, 6);
        assert_eq!(line.add(1, 1, (1, 9)), Err(Full), "it has itself to blame");
        let gone = |line: &mut Line<_>, peer| line.add(peer, 1, (peer, 0)).map(|(_, gone)| gone);
        assert_eq!(gone(&mut line, 2), Ok(vec![(1, 5)]));
        assert_eq!(gone(&mut line, 2), Ok(vec![(1, 4)]));
        assert_eq!(gone(&mut line, 3), Ok(vec![(1, 3)]));
        assert_eq!(gone(&mut line, 2), Err(Full), "it would only have what another had");
        assert_eq!(rest(&mut line), [(1, 0), (2, 0), (3, 0), (1, 1), (2, 0), (1, 2)]);
    }

    #[test]
    fn bytes_count_and_small_requests_take_their_part() {
        let mut line = Line::new(10, 1000);
        assert_eq!(line.add(1, 650, 'a'), Ok((1, vec![])));
        for peer in [2, 3, 4] {
            line.add(peer, 5, 'b').expect("there is room");
        }
        assert_eq!(line.add(1, 10, 'c'), Err(Full), "it counts as a hundred");
        assert_eq!(line.add(2, 510, 'd'), Err(Full), "it would have what the largest has");
        assert_eq!(line.add(5, 50, 'e').map(|(_, gone)| gone), Ok(vec!['a']), "less would not do");
        assert_eq!(line.add(6, 1001, 'f'), Err(Full), "nobody has that much");
    }

    #[test]
    fn who_leaves_makes_room_and_loses_no_turn_of_others() {
        let mut line = line(3);
        let (first, _) = line.add(1, 1, (1, 0)).expect("there is room");
        add(&mut line, 2, 2);
        assert_eq!(line.remove(1, first), Some((1, 0)));
        assert_eq!(line.remove(1, first), None);
        add(&mut line, 1, 1);
        assert_eq!(rest(&mut line), [(2, 0), (1, 0), (2, 1)]);
        assert!(is_empty(&line));
        assert_eq!(Line::new(0, 100).add(1, 1, ()), Err(Full), "nobody may wait");
    }
}
