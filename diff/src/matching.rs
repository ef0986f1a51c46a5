//! Who is who on both sides: by what travels, then by former names.

use std::collections::{BTreeMap, HashMap};

use lymph_idl::model::{Event, EventId, Field, Handler, Interface, Meta, Method, Package, TypeDef};

use crate::pair::Pair;
use crate::steps;

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
        steps::note(old.len() + new.len());
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
    /// By wire name, then by what they hold.
    pub interfaces: Matching<'a, Interface>,
    /// By routing key, then by name and fields.
    pub events: Matching<'a, Event>,
    /// By name: it does not travel, but for errors. Those that took the place of another type are neither
    /// added nor removed.
    pub types: Matching<'a, TypeDef>,
    /// What the new side has and another package had.
    pub moved: Moved<'a>,
}

/// What stands elsewhere than before, in none of the lists of where it is and was. But for events left to
/// others, it is told where it is now.
#[derive(Debug, Default)]
pub struct Moved<'a> {
    /// With the packages that declare them.
    pub interfaces: Vec<Pair<(&'a Package, &'a Interface)>>,
    /// With the packages that declare them.
    pub events: Vec<Pair<(&'a Package, &'a Event)>>,
    /// Of the old side, with an event of the same routing key that another package had and has.
    pub left_events: Vec<Pair<(&'a Package, &'a Event)>>,
    /// Of the new side, with an event of the same routing key that another major of the package had and has.
    pub joined_events: Vec<Pair<(&'a Package, &'a Event)>>,
    /// With the interfaces that hold them, all of one package.
    pub methods: Vec<Pair<(&'a Interface, &'a Method)>>,
}

/// What two interfaces hold.
#[derive(Debug)]
pub struct InterfaceMembers<'m, 'a> {
    /// By wire name, then by shape.
    pub methods: &'m Matching<'a, Method>,
    /// By wire name, as queues are named after it, then by what they listen to.
    pub handlers: &'m Matching<'a, Handler>,
    /// What became of the events that they name.
    pub events: &'m Heirs,
}

/// What became of the events of the old side.
#[derive(Debug, Default)]
pub struct Heirs(BTreeMap<EventId, EventId>);

impl Heirs {
    /// The event that it is now, under whatever name; `None` when it is gone.
    #[must_use]
    pub fn of(&self, old: EventId) -> Option<EventId> {
        self.0.get(&old).copied()
    }

    pub(crate) fn insert(&mut self, events: Pair<&Event>) {
        self.0.insert(events.old.id, events.new.id);
    }
}
