//! What a version line is called: majors side by side have one name.

use lymph_idl::Schema;
use lymph_idl::model::Package;

use crate::pair::Pair;

/// A package's name, with its major where a side holds several of that name.
pub(crate) fn name(schemas: Pair<&Schema>, package: &Package) -> String {
    let name = &package.name.value;
    let holds_several = schemas
        .map(|schema| schema.packages.iter().filter(|other| other.name.value == *name).nth(1).is_some());
    match holds_several.old || holds_several.new {
        true => format!("{name}@{}", package.version.value.major),
        false => name.clone(),
    }
}

/// The name of a package without the major that [`name`] may have put behind it.
pub(crate) fn base(name: &str) -> &str {
    name.split_once('@').map_or(name, |(base, _)| base)
}
