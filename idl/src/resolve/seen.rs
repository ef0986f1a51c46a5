//! Which keys came before: a list while they are few, as nearly always, and a map beyond.

use std::collections::HashMap;
use std::hash::Hash;

/// Up to this many keys, comparing them all is quicker than hashing one.
const FEW: usize = 16;

/// Keys and what came with each first.
pub(super) struct Seen<K, V> {
    few: Vec<(K, V)>,
    many: HashMap<K, V>,
}

impl<K: Eq + Hash, V> Seen<K, V> {
    /// Nothing, with room for what will come.
    pub(super) fn with_capacity(keys: usize) -> Self {
        if keys > FEW {
            Self { few: Vec::new(), many: HashMap::with_capacity(keys) }
        } else {
            Self { few: Vec::with_capacity(keys), many: HashMap::new() }
        }
    }

    /// Takes a key in. `Some` with the key and what came with it first, if it is not new.
    pub(super) fn again(&mut self, key: K, value: V) -> Option<(K, &V)> {
        if self.many.capacity() == 0 {
            if let Some(at) = self.few.iter().position(|(seen, _)| *seen == key) {
                return Some((key, &self.few[at].1));
            }
            if self.few.len() < FEW {
                self.few.push((key, value));
                return None;
            }
            self.many.extend(self.few.drain(..));
        }
        if self.many.contains_key(&key) {
            let first = &self.many[&key];
            return Some((key, first));
        }
        self.many.insert(key, value);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_are_the_same() {
        for (count, room) in [(3, 0), (FEW, FEW), (FEW + 1, 2), (100, 100)] {
            let mut seen = Seen::with_capacity(room);
            for key in 0..count {
                assert!(seen.again(key, key * 2).is_none(), "{key} of {count}");
            }
            for key in 0..count {
                assert_eq!(seen.again(key, 0), Some((key, &(key * 2))), "{key} of {count}");
            }
        }
    }
}
