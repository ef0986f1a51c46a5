//! Which package of the one side is which of the other, and which are looked at.

use std::collections::{BTreeSet, HashMap, HashSet};

use lymph_idl::Schema;
use lymph_idl::model::{Package, PackageId};

use crate::pair::Pair;
use crate::side::Side;

/// A package of each side that is one; `None` where a side has none.
type Packages<'a> = Pair<Option<&'a Package>>;

/// How much of the new side is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it.
    Everything,
    /// The packages that the old side has, and those that something of them moved to: the old side is an older
    /// version of a single package, and what it says of all the others is that they are new.
    OldSide,
}

/// The packages asked for and the imported ones.
pub(super) fn packages<'a>(
    sides: Pair<&'a Side<'a>>,
    extent: Extent,
) -> (Vec<Packages<'a>>, Vec<Packages<'a>>) {
    match extent {
        Extent::Everything => {
            let of = |is_root| {
                let wanted = |side: &Side<'a>| {
                    side.schema.packages.iter().filter(|package| package.is_root == is_root).collect()
                };
                pair_packages(sides, sides.map(wanted))
            };
            (of(true), of(false))
        }
        Extent::OldSide => of_old_side(sides),
    }
}

/// Each package of the old side with its successor, in the order of the new side; then those that hold what
/// the successors lack.
fn of_old_side<'a>(sides: Pair<&'a Side<'a>>) -> (Vec<Packages<'a>>, Vec<Packages<'a>>) {
    let old: Vec<&Package> = sides.old.schema.packages.iter().collect();
    let mut namesakes = BTreeSet::new();
    for package in &old {
        match sides.new.packages(&package.name.value) {
            // Renamed, if it is there at all.
            [] => namesakes.extend(sides.new.schema.packages.iter().map(|package| package.id)),
            found => namesakes.extend(found.iter().map(|package| package.id)),
        }
    }
    let new = namesakes.into_iter().map(|id| sides.new.schema.package(id)).collect();
    let mut pairs = pair_packages(sides, Pair::new(old, new));
    pairs.retain(|packages| packages.old.is_some());
    let known: HashSet<PackageId> = pairs.iter().filter_map(|it| it.new).map(|package| package.id).collect();
    let mut others = heirs(sides, &pairs);
    others.retain(|id| !known.contains(id));
    let (mut roots, mut imported): (Vec<_>, Vec<_>) =
        pairs.into_iter().partition(|packages| packages.old.is_some_and(|package| package.is_root));
    for other in others.into_iter().map(|id| sides.new.schema.package(id)) {
        let place = if other.is_root { &mut roots } else { &mut imported };
        place.push(Pair::new(None, Some(other)));
    }
    (roots, imported)
}

/// The packages of the new side that declare interfaces or events which some package had and its successor has
/// not.
fn heirs(sides: Pair<&Side<'_>>, pairs: &[Packages<'_>]) -> BTreeSet<PackageId> {
    let mut heirs = BTreeSet::new();
    for packages in pairs {
        let Some(old) = packages.old else { continue };
        let stayed = packages.new.map(|package| package.id);
        let mut inherit = |found: &[&Package]| {
            if !found.iter().any(|package| Some(package.id) == stayed) {
                heirs.extend(found.iter().map(|package| package.id));
            }
        };
        for interface in &old.interfaces {
            inherit(sides.new.with_interface(&interface.meta.wire));
        }
        for event in old.events.iter().map(|id| sides.old.schema.event(*id)) {
            inherit(sides.new.with_event(&event.meta.wire));
        }
    }
    heirs
}

/// Pairs packages by name and major, then by name alone, then those that declare the same names.
///
/// Majors live side by side, so a name alone may be of several. A package raised to its next major in place
/// is known by its name, as long as no other major of that name stayed.
fn pair_packages<'a>(sides: Pair<&'a Side<'a>>, packages: Pair<Vec<&'a Package>>) -> Vec<Packages<'a>> {
    let Pair { old, new } = packages;
    let mut by_name: HashMap<&str, Vec<&Package>> = HashMap::new();
    for package in &old {
        by_name.entry(&package.name.value).or_default().push(package);
    }
    let mut pairs: Vec<Packages<'_>> = new.iter().map(|new| Pair::new(None, Some(*new))).collect();
    let mut stayed = HashSet::new();
    let mut taken = HashSet::new();
    for (new, pair) in new.iter().zip(&mut pairs) {
        let is_line = |old: &&&Package| old.version.value.major == new.version.value.major;
        let namesakes = by_name.get(&*new.name.value).into_iter().flatten();
        for old in namesakes.filter(is_line) {
            stayed.insert(&*new.name.value);
            if pair.old.is_none() && taken.insert(old.id) {
                pair.old = Some(*old);
            }
        }
    }
    for (new, pair) in new.iter().zip(&mut pairs) {
        if pair.old.is_none() && !stayed.contains(&*new.name.value) {
            let mut namesakes = by_name.get(&*new.name.value).into_iter().flatten();
            pair.old = namesakes.find(|old| taken.insert(old.id)).copied();
        }
    }
    let mut gone: Vec<&Package> = old.into_iter().filter(|old| !taken.contains(&old.id)).collect();
    find_renamed(sides, &mut gone, &mut pairs);
    pairs.extend(gone.into_iter().map(|old| Pair::new(Some(old), None)));
    pairs
}

/// Takes those out of `gone` that have another name in `pairs` and declare the same, if anything.
fn find_renamed<'a>(sides: Pair<&'a Side<'a>>, gone: &mut Vec<&'a Package>, pairs: &mut [Packages<'a>]) {
    if gone.is_empty() {
        return;
    }
    let mut by_names: HashMap<BTreeSet<&str>, Vec<&Package>> = HashMap::new();
    for old in gone.iter().rev() {
        by_names.entry(names(sides.old.schema, old)).or_default().push(old);
    }
    by_names.remove(&BTreeSet::new());
    for pair in pairs.iter_mut().filter(|pair| pair.old.is_none()) {
        let new = pair.new.expect("made of the new side");
        let found = by_names.get_mut(&names(sides.new.schema, new));
        let place = found.as_ref().and_then(|it| it.iter().rposition(|old| old.name.value != new.name.value));
        pair.old = found.zip(place).map(|(found, place)| found.remove(place));
    }
    let found: HashSet<PackageId> =
        pairs.iter().filter_map(|pair| pair.old).map(|package| package.id).collect();
    gone.retain(|old| !found.contains(&old.id));
}

/// What a package declares.
fn names<'a>(schema: &'a Schema, package: &'a Package) -> BTreeSet<&'a str> {
    let interfaces = package.interfaces.iter().map(|interface| &*interface.meta.name.value);
    let events = package.events.iter().map(|id| &*schema.event(*id).meta.name.value);
    let types = package.types.iter().map(|id| &*schema.type_def(*id).meta.name.value);
    interfaces.chain(events).chain(types).collect()
}
