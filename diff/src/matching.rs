//! Who is who on both sides: by what travels, then by former names.

use std::collections::HashMap;

use lymph_idl::model::Field;
use lymph_idl::model::{Event, Handler, Interface, Meta, Method, Package, TypeDef};

use crate::pair::Pair;

/// Something with a name.
pub trait Named {
    /// Its name and history.
    fn meta(&self) -> &Meta;

    /// What it is understood under: its wire name and former ones.
    fn names(&self) -> impl Iterator<Item = &str> {
        let meta = self.meta();
        std::iter::once(&*meta.wire).chain(meta.was.iter().map(|was| &*was.value))
    }
}

macro_rules! named {
    ($($type:ty),*) => {$(
        impl Named for $type {
            fn meta(&self) -> &Meta {
                &self.meta
            }
        }
    )*};
}
named!(Event, Handler, Interface, Method, TypeDef, Field);

impl Named for Meta {
    fn meta(&self) -> &Meta {
        self
    }
}

impl<T: Named> Named for &T {
    fn meta(&self) -> &Meta {
        (*self).meta()
    }
}

/// The members of both sides, paired by what travels.
#[derive(Debug)]
pub struct Matching<'a, T> {
    /// Of one wire name, or of a name that the new side keeps alive (`@was`), in the new order.
    pub pairs: Vec<Pair<&'a T>>,
    /// Only on the old side, in its order.
    pub removed: Vec<&'a T>,
    /// Only on the new side, in its order.
    pub added: Vec<&'a T>,
}

impl<'a, T: Named> Matching<'a, T> {
    /// Pairs by wire names, then by `@was`.
    pub fn by_wire(sides: Pair<impl IntoIterator<Item = &'a T>>) -> Self {
        let Pair { old, new } = sides;
        Self::by_wire_of(old.into_iter().collect(), new.into_iter().collect())
    }

    /// Pairs members that travel under all their names at once: by wire names, then by `@was` of either
    /// side.
    pub(crate) fn of_members(sides: Pair<impl IntoIterator<Item = &'a T>>) -> Self {
        let mut matching = Self::by_wire(sides);
        let Self { pairs, removed, added } = &mut matching;
        removed.retain(|old| {
            let names: Vec<&str> = old.meta().was.iter().map(|was| &*was.value).collect();
            let place = added.iter().position(|new| names.contains(&&*new.meta().wire));
            pairs.extend(place.map(|place| Pair::new(*old, added.remove(place))));
            place.is_none()
        });
        pairs.sort_by_key(|pair| pair.new.meta().span);
        matching
    }

    /// By wire names and `@was`, of members that are not in one place.
    pub(crate) fn by_wire_of(old: Vec<&'a T>, new: Vec<&'a T>) -> Self {
        Self::by(old, new, |meta| &meta.wire)
    }

    /// Pairs by the names of declarations, for what does not travel by name.
    pub(crate) fn by_name_of(old: Vec<&'a T>, new: Vec<&'a T>) -> Self {
        Self::by(old, new, |meta| &meta.name.value)
    }

    fn by(old: Vec<&'a T>, new: Vec<&'a T>, key: fn(&Meta) -> &str) -> Self {
        let places: HashMap<&str, usize> = old.iter().map(|item| key(item.meta())).zip(0..).collect();
        let mut taken = vec![false; old.len()];
        // A name that is there as it was is never taken for a former one of somebody else.
        let same: Vec<Option<usize>> = new.iter().map(|item| places.get(key(item.meta())).copied()).collect();
        same.iter().flatten().for_each(|place| taken[*place] = true);
        let mut matching = Self { pairs: Vec::new(), removed: Vec::new(), added: Vec::new() };
        for (item, same) in new.into_iter().zip(same) {
            let former = || {
                let names = item.meta().was.iter();
                names.filter_map(|was| places.get(&*was.value).copied()).find(|place| !taken[*place])
            };
            match same.or_else(former) {
                Some(place) => {
                    taken[place] = true;
                    matching.pairs.push(Pair::new(old[place], item));
                }
                None => matching.added.push(item),
            }
        }
        matching.removed =
            old.into_iter().zip(taken).filter(|(_, taken)| !taken).map(|(item, _)| item).collect();
        matching
    }
}

/// What two packages declare.
#[derive(Debug)]
pub struct PackageMembers<'a> {
    /// The packages themselves; `None` where one side has none.
    pub packages: Pair<Option<&'a Package>>,
    /// By wire name.
    pub interfaces: Matching<'a, Interface>,
    /// By routing key.
    pub events: Matching<'a, Event>,
    /// By name: it does not travel, but for errors. Those that took the place of another type are neither
    /// added nor removed.
    pub types: Matching<'a, TypeDef>,
}

/// What two interfaces hold.
#[derive(Debug)]
pub struct InterfaceMembers<'a> {
    /// By wire name.
    pub methods: Matching<'a, Method>,
    /// By wire name: queues are named after it.
    pub handlers: Matching<'a, Handler>,
}
