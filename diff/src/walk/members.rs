//! What each package holds on both sides, before anything is compared: what moved is known then.

use std::collections::{BTreeSet, HashMap};

use lymph_idl::Schema;
use lymph_idl::model::{Event, Handler, Interface, Method, Package, PackageId, TypeDef};

use crate::matching::{Heirs, Matching, Moved, PackageMembers};
use crate::pair::Pair;
use crate::queue::is_broadcast;
use crate::renames::{has_shape, same_event, same_members, same_shape, same_topic, take_pairs};
use crate::side::Side;

/// A package with what it holds.
pub(super) struct Known<'a> {
    pub members: PackageMembers<'a>,
    /// Those that both sides have, moved ones last.
    pub interfaces: Vec<KnownInterface<'a>>,
}

/// An interface that both sides have.
pub(super) struct KnownInterface<'a> {
    pub packages: Pair<Option<&'a Package>>,
    pub pair: Pair<&'a Interface>,
    pub methods: Matching<'a, Method>,
}

/// The packages asked for, then the imported ones, with what became of every event.
pub(super) fn known<'a>(
    sides: Pair<&'a Side<'a>>,
    roots: &[Pair<Option<&'a Package>>],
    imported: &[Pair<Option<&'a Package>>],
) -> (Vec<Known<'a>>, Vec<Known<'a>>, Heirs) {
    let schemas = sides.map(|side| side.schema);
    let of = |packages: &[Pair<Option<&'a Package>>]| -> Vec<Known<'a>> {
        packages.iter().map(|packages| package(schemas, *packages)).collect()
    };
    let (mut roots, mut imported) = (of(roots), of(imported));
    move_interfaces(&mut roots, sides.new);
    move_events(roots.iter_mut().chain(&mut imported).collect(), sides.new);
    for known in &mut roots {
        find_interfaces(schemas, known);
    }
    let mut heirs = Heirs::default();
    for known in roots.iter().chain(&imported) {
        known.members.events.pairs.iter().for_each(|events| heirs.insert(*events));
        let moved = known.members.moved.events.iter().chain(&known.members.moved.left_events);
        moved.for_each(|events| heirs.insert(events.map(|(_, event)| event)));
    }
    (roots, imported, heirs)
}

fn package<'a>(schemas: Pair<&'a Schema>, packages: Pair<Option<&'a Package>>) -> Known<'a> {
    let interfaces = packages.map(|package| package.map_or(&[][..], |package| &package.interfaces));
    let mut interfaces = Matching::by_wire(interfaces);
    interfaces.pair_rest(same_members);
    let mut events = events(schemas, packages);
    events.pair_rest(|events| same_event(schemas, events));
    let (types, moved) = (matching_types(schemas, packages), Moved::default());
    Known { members: PackageMembers { packages, interfaces, events, types, moved }, interfaces: Vec::new() }
}

fn events<'a>(schemas: Pair<&'a Schema>, packages: Pair<Option<&'a Package>>) -> Matching<'a, Event> {
    let ids = packages.map(|package| package.map_or(&[][..], |package| &package.events));
    let events = schemas.zip(ids).map(|(schema, ids)| ids.iter().map(|id| schema.event(*id)).collect());
    Matching::by_wire_of(events.old, events.new)
}

/// The declared types of both sides.
pub(super) fn matching_types<'a>(
    schemas: Pair<&'a Schema>,
    packages: Pair<Option<&'a Package>>,
) -> Matching<'a, TypeDef> {
    let ids = packages.map(|package| package.map_or(&[][..], |package| &package.types));
    let types = schemas.zip(ids).map(|(schema, ids)| ids.iter().map(|id| schema.type_def(*id)).collect());
    Matching::by_name_of(types.old, types.new)
}

/// Interfaces register under their names, packages do not: old callers find one that another package has
/// now, as long as that package's version answers them.
fn move_interfaces(packages: &mut [Known<'_>], side: &Side<'_>) {
    let places = places(packages.iter());
    for from in 0..packages.len() {
        let gone = packages[from].members.interfaces.removed.iter();
        let heirs = gone.flat_map(|interface| side.with_interface(&interface.meta.wire));
        for to in ways(from, heirs, &places) {
            let (Some(old), Some(new)) =
                (packages[from].members.packages.old, packages[to].members.packages.new)
            else {
                continue;
            };
            let (asked, answers) = (old.version.value, new.version.value);
            if answers < asked || answers >= asked.next_breaking() {
                continue;
            }
            let mut gone = std::mem::take(&mut packages[from].members.interfaces.removed);
            let members = &mut packages[to].members;
            let is_same = |old: &Interface, new: &Interface| old.meta.wire == new.meta.wire;
            let found = take_pairs(&mut gone, &mut members.interfaces.added, is_same);
            let found = found.into_iter().map(|pair| Pair::new((old, pair.old), (new, pair.new)));
            members.moved.interfaces.extend(found);
            packages[from].members.interfaces.removed = gone;
        }
    }
}

/// Events travel under their routing keys, whichever package declares them.
fn move_events(mut packages: Vec<&mut Known<'_>>, side: &Side<'_>) {
    let places = places(packages.iter().map(|known| &**known));
    for from in 0..packages.len() {
        let gone = packages[from].members.events.removed.iter();
        let heirs = gone.flat_map(|event| side.with_event(&event.meta.wire));
        for to in ways(from, heirs, &places) {
            let (Some(old), Some(new)) =
                (packages[from].members.packages.old, packages[to].members.packages.new)
            else {
                continue;
            };
            let mut gone = std::mem::take(&mut packages[from].members.events.removed);
            let members = &mut packages[to].members;
            let is_same = |old: &Event, new: &Event| old.meta.wire == new.meta.wire;
            let named = |pair: Pair<_>| Pair::new((old, pair.old), (new, pair.new));
            let found = take_pairs(&mut gone, &mut members.events.added, is_same);
            members.moved.events.extend(found.into_iter().map(named));
            let mut stayed = members.events.pairs.iter().map(|events| events.new).collect();
            let found: Vec<_> = take_pairs(&mut gone, &mut stayed, is_same).into_iter().map(named).collect();
            packages[from].members.moved.left_events.extend(found);
            packages[from].members.events.removed = gone;
        }
    }
    // Only then is it known which of the new ones were nowhere before.
    let mut majors: HashMap<&str, Vec<usize>> = HashMap::new();
    for (known, place) in packages.iter().zip(0..) {
        if let Some(new) = known.members.packages.new {
            majors.entry(&*new.name.value).or_default().push(place);
        }
    }
    for from in 0..packages.len() {
        let Some(old) = packages[from].members.packages.old else { continue };
        // Whether bodies of one package's majors read each other is told by a rule of its own.
        for &to in majors.get(&*old.name.value).into_iter().flatten().filter(|to| **to != from) {
            let new = packages[to].members.packages.new.expect("it is known by its name there");
            let mut stayed = packages[from].members.events.pairs.iter().map(|events| events.old).collect();
            let members = &mut packages[to].members;
            let is_same = |old: &Event, new: &Event| old.meta.wire == new.meta.wire;
            let found = take_pairs(&mut stayed, &mut members.events.added, is_same);
            let named = |pair: Pair<_>| Pair::new((old, pair.old), (new, pair.new));
            members.moved.joined_events.extend(found.into_iter().map(named));
        }
    }
}

/// Where the packages of the new side are.
fn places<'k, 'a: 'k>(packages: impl Iterator<Item = &'k Known<'a>>) -> HashMap<PackageId, usize> {
    let places = packages.zip(0..).filter_map(|(known, place)| Some((known.members.packages.new?.id, place)));
    places.collect()
}

/// From one package to each that has something of it now, in their order.
fn ways<'p>(
    from: usize,
    heirs: impl Iterator<Item = &'p &'p Package>,
    places: &HashMap<PackageId, usize>,
) -> BTreeSet<usize> {
    heirs.filter_map(|package| places.get(&package.id).copied()).filter(|to| *to != from).collect()
}

/// Pairs the methods of interfaces, first inside each, then from one to another.
fn find_interfaces<'a>(schemas: Pair<&'a Schema>, known: &mut Known<'a>) {
    let members = &mut known.members;
    let stayed = members.interfaces.pairs.iter().map(|pair| (members.packages, *pair));
    let moved = members
        .moved
        .interfaces
        .iter()
        .map(|moved| (moved.map(|(package, _)| Some(package)), moved.map(|(_, interface)| interface)));
    let mut interfaces: Vec<KnownInterface<'a>> = stayed
        .chain(moved)
        .map(|(packages, pair)| {
            let methods = Matching::by_wire(pair.map(|interface| &interface.methods));
            KnownInterface { packages, pair, methods }
        })
        .collect();
    let is_same = |old: &Method, new: &Method| {
        old.meta.wire == new.meta.wire && same_shape(schemas, Pair::new(old, new))
    };
    for from in 0..interfaces.len() {
        let interface = interfaces[from].pair.old;
        let mut gone = std::mem::take(&mut interfaces[from].methods.removed);
        if gone.is_empty() {
            continue;
        }
        for to in interfaces.iter_mut().filter(|to| !std::ptr::eq(to.pair.old, interface)) {
            let found = take_pairs(&mut gone, &mut to.methods.added, is_same);
            let found =
                found.into_iter().map(|pair| Pair::new((interface, pair.old), (to.pair.new, pair.new)));
            members.moved.methods.extend(found);
        }
        for to in &members.interfaces.added {
            let found = take_pairs(&mut gone, &mut to.methods.iter().collect(), is_same);
            let found = found.into_iter().map(|pair| Pair::new((interface, pair.old), (*to, pair.new)));
            members.moved.methods.extend(found);
        }
        interfaces[from].methods.removed = gone;
    }
    for interface in &mut interfaces {
        interface.methods.pair_rest(|methods| has_shape(methods.old) && same_shape(schemas, methods));
    }
    known.interfaces = interfaces;
}

/// What an interface listens to, on both sides.
pub(super) fn handlers<'a>(pair: Pair<&'a Interface>, heirs: &Heirs) -> Matching<'a, Handler> {
    let mut handlers = Matching::by_wire(pair.map(|interface| &interface.handlers));
    // A broadcast handler beside one that is gone took no queue over.
    handlers.pair_rest(|handlers| same_topic(handlers, heirs) && !handlers.map(is_broadcast).differs());
    handlers
}
