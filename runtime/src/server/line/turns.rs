//! Those who take turns, and what each takes up.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Members by number, which are there for as long as they take up anything.
#[derive(Debug)]
pub(super) struct Turns<V> {
    members: HashMap<u64, Member<V>>,
    /// Whose turn it is, the next one first.
    order: BTreeMap<u64, u64>,
    by_size: BTreeSet<(usize, u64)>,
}

#[derive(Debug)]
struct Member<V> {
    value: V,
    size: usize,
    turn: u64,
}

impl<V> Default for Turns<V> {
    fn default() -> Self {
        Self { members: HashMap::new(), order: BTreeMap::new(), by_size: BTreeSet::new() }
    }
}

impl<V: Default> Turns<V> {
    /// Has a member take up `size` more. One that is new has its turn at `turn`, behind all before.
    pub(super) fn grow(&mut self, number: u64, size: usize, turn: u64) -> &mut V {
        let member = self.members.entry(number).or_insert_with(|| {
            self.order.insert(turn, number);
            Member { value: V::default(), size: 0, turn }
        });
        self.by_size.remove(&(member.size, number));
        member.size += size;
        self.by_size.insert((member.size, number));
        &mut member.value
    }
}

impl<V> Turns<V> {
    /// Has a member take up `size` less.
    pub(super) fn shrink(&mut self, number: u64, size: usize) {
        let Some(member) = self.members.get_mut(&number) else { return };
        self.by_size.remove(&(member.size, number));
        member.size -= size;
        if member.size > 0 {
            self.by_size.insert((member.size, number));
        } else {
            self.order.remove(&member.turn);
            self.members.remove(&number);
        }
    }

    /// The member whose turn it is. Its next one is at `turn`, behind all others.
    pub(super) fn next(&mut self, turn: u64) -> Option<u64> {
        let (_, number) = self.order.pop_first()?;
        self.members.get_mut(&number)?.turn = turn;
        self.order.insert(turn, number);
        Some(number)
    }

    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut V> {
        self.members.get_mut(&number).map(|member| &mut member.value)
    }

    /// What a member takes up.
    pub(super) fn size(&self, number: u64) -> usize {
        self.members.get(&number).map_or(0, |member| member.size)
    }

    /// Who takes up most, and how much.
    pub(super) fn largest(&self) -> Option<(usize, u64)> {
        self.by_size.last().copied()
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        let Self { members, order, by_size } = self;
        members.is_empty() && order.is_empty() && by_size.is_empty()
    }
}
