//! What a version line is called: majors side by side have one name.

use lymph_idl::model::Package;

use crate::pair::Pair;
use crate::side::Side;

/// A package's name, with its major where a side holds several of that name.
pub(crate) fn name(sides: Pair<&Side<'_>>, package: &Package) -> String {
    let name = &package.name.value;
    let holds_several = sides.map(|side| side.packages(name).len() > 1);
    match holds_several.old || holds_several.new {
        true => format!("{name}@{}", package.version.value.major),
        false => name.clone(),
    }
}

/// The name of a package without the major that [`name`] may have put behind it.
pub(crate) fn base(name: &str) -> &str {
    name.split_once('@').map_or(name, |(base, _)| base)
}
