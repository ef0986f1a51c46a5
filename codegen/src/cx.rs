//! What every generating function looks things up in.

use std::collections::BTreeMap;

use lymph_idl::model::{EventId, Package, PackageId, Schema, TypeId};

use crate::attributes::Attributes;
use crate::options::Options;
use crate::scope::Names;
use crate::traits::Traits;
use crate::version::Versions;

/// One run of the generator.
pub(crate) struct Cx<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) options: &'a Options,
    pub(crate) names: Names,
    pub(crate) traits: Traits,
    pub(crate) attributes: Attributes,
    pub(crate) versions: BTreeMap<PackageId, Versions>,
}

impl Cx<'_> {
    pub(crate) fn package(&self, id: PackageId) -> &Package {
        self.schema.package(id)
    }

    pub(crate) fn versions(&self, id: PackageId) -> &Versions {
        &self.versions[&id]
    }

    /// The type's Rust path, seen from the module of `home`.
    pub(crate) fn type_path(&self, home: PackageId, id: TypeId) -> String {
        let def = self.schema.type_def(id);
        match self.extern_type(id) {
            Some(path) => path.to_owned(),
            None => self.item_path(home, def.package, self.names.of_type(id)),
        }
    }

    /// The event struct's Rust path, seen from the module of `home`.
    pub(crate) fn event_path(&self, home: PackageId, id: EventId) -> String {
        self.item_path(home, self.schema.event(id).package, self.names.of_event(id))
    }

    /// The Rust type that a user gave for `id`, whose traits are not known.
    pub(crate) fn extern_type(&self, id: TypeId) -> Option<&str> {
        let def = self.schema.type_def(id);
        let full = format!("{}.{}", self.package(def.package).name.value, def.meta.name.value);
        self.options.extern_types.get(&full).map(String::as_str)
    }

    /// The module that a user gave for the package's types.
    pub(crate) fn extern_package(&self, id: PackageId) -> Option<String> {
        extern_package(self.schema, self.options, id)
    }

    fn item_path(&self, home: PackageId, package: PackageId, item: &str) -> String {
        if home == package {
            return item.to_owned();
        }
        match self.extern_package(package) {
            Some(path) => format!("{path}::{item}"),
            None => relative(self.names.module(home), self.names.module(package), item),
        }
    }
}

/// The module given for `id`, with the major behind it where majors stand side by side.
pub(crate) fn extern_package(schema: &Schema, options: &Options, id: PackageId) -> Option<String> {
    let package = schema.package(id);
    let path = options.extern_packages.get(&package.name.value)?;
    Some(if package.versioned_module {
        format!("{path}::v{}", package.version.value.major)
    } else {
        path.clone()
    })
}

/// `super::common::LatLng`: only relative paths work wherever a user includes the code.
fn relative(from: &[String], to: &[String], item: &str) -> String {
    let shared = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("super", from.len() - shared);
    // Without `super` before it, the first part could be another crate's name.
    let start = (from.len() == shared).then_some("self");
    let parts: Vec<_> = start.into_iter().chain(up).chain(to[shared..].iter().map(String::as_str)).collect();
    format!("{}::{item}", parts.join("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_go_up_and_down() {
        let path = |from: &str, to: &str| {
            let parts = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
            relative(&parts(from), &parts(to), "T")
        };
        assert_eq!(path("maps.geo", "maps.common"), "super::common::T");
        assert_eq!(path("maps", "maps.common"), "self::common::T");
        assert_eq!(path("maps.common", "maps"), "super::T");
        assert_eq!(path("echo.v1", "maps.common"), "super::super::maps::common::T");
    }
}
