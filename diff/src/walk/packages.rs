//! Which package of the one side is which of the other.

use std::collections::BTreeSet;

use lymph_idl::model::Package;

use crate::pair::Pair;

/// Pairs packages by name and major, then by name alone, then those that hold the same interfaces.
///
/// Majors live side by side, so a name alone may be of several; a package may also have been raised to its
/// next major in place.
pub(super) fn pair_packages(sides: Pair<Vec<&Package>>) -> Vec<Pair<Option<&Package>>> {
    let Pair { mut old, new } = sides;
    let mut pairs: Vec<Pair<Option<&Package>>> = new.iter().map(|new| Pair::new(None, Some(*new))).collect();
    let ways: [fn(&Package, &Package) -> bool; 3] = [
        |old, new| old.name.value == new.name.value && old.version.value.major == new.version.value.major,
        |old, new| old.name.value == new.name.value,
        |old, new| !old.interfaces.is_empty() && interfaces(old) == interfaces(new),
    ];
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

fn interfaces(package: &Package) -> BTreeSet<&str> {
    package.interfaces.iter().map(|interface| &*interface.meta.wire).collect()
}
