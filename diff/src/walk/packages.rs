//! Which package of the one side is which of the other.

use std::collections::BTreeSet;

use lymph_idl::Schema;
use lymph_idl::model::Package;

use crate::pair::Pair;

/// Whether a package of the old side is one of the new.
type Same<'f> = &'f dyn Fn(&Package, &Package) -> bool;

/// Pairs packages by name and major, then by name alone, then those that declare the same names.
///
/// Majors live side by side, so a name alone may be of several. A package raised to its next major in place
/// is known by its name, as long as no other major of that name stayed.
pub(super) fn pair_packages<'a>(
    schemas: Pair<&Schema>,
    sides: Pair<Vec<&'a Package>>,
) -> Vec<Pair<Option<&'a Package>>> {
    let Pair { mut old, new } = sides;
    let mut pairs: Vec<Pair<Option<&Package>>> = new.iter().map(|new| Pair::new(None, Some(*new))).collect();
    let is_line = |old: &Package, new: &Package| {
        old.name.value == new.name.value && old.version.value.major == new.version.value.major
    };
    let stayed: BTreeSet<String> = new
        .iter()
        .filter(|new| old.iter().any(|old| is_line(old, new)))
        .map(|package| package.name.value.clone())
        .collect();
    let is_raised =
        |old: &Package, new: &Package| old.name.value == new.name.value && !stayed.contains(&new.name.value);
    let is_renamed = |old: &Package, new: &Package| {
        let names = schemas.zip(Pair::new(old, new)).map(|(schema, package)| names(schema, package));
        old.name.value != new.name.value && !names.differs() && !names.new.is_empty()
    };
    let ways: [Same<'_>; 3] = [&is_line, &is_raised, &is_renamed];
    for is_same in ways {
        for pair in pairs.iter_mut().filter(|pair| pair.old.is_none()) {
            let new = pair.new.expect("made of the new side");
            if let Some(place) = old.iter().position(|old| is_same(old, new)) {
                pair.old = Some(old.remove(place));
            }
        }
    }
    pairs.extend(old.into_iter().map(|old| Pair::new(Some(old), None)));
    pairs
}

/// What a package declares.
fn names<'a>(schema: &'a Schema, package: &'a Package) -> BTreeSet<&'a str> {
    let interfaces = package.interfaces.iter().map(|interface| &*interface.meta.name.value);
    let events = package.events.iter().map(|id| &*schema.event(*id).meta.name.value);
    let types = package.types.iter().map(|id| &*schema.type_def(*id).meta.name.value);
    interfaces.chain(events).chain(types).collect()
}
