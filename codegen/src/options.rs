//! What a user may choose.

use std::collections::BTreeMap;

/// What to generate, and how.
///
/// Selectors name a declaration as the schema does: `maps.geo.Match`, a field, parameter or variant of it
/// (`maps.geo.Match.position`), an event (`maps.geo.place.found`), a method, which stands for its
/// request (`maps.geo.Geocoder.locate`), every declaration of a package (`maps.geo.*`), or all (`*`).
/// Majors side by side share their package's name.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Callers' side of interfaces.
    pub clients: bool,
    /// Servers' side of interfaces.
    pub servers: bool,
    /// Whether trait methods have a body that fails, so that a new one breaks no implementation.
    pub default_stubs: bool,
    /// Selector and attribute, as `#[serde(skip)]`, in the order given.
    pub attributes: Vec<(String, String)>,
    /// Package to the absolute path of a module that holds its types already.
    pub extern_packages: BTreeMap<String, String>,
    /// Type to the absolute path of the Rust type that stands for it.
    pub extern_types: BTreeMap<String, String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clients: true,
            servers: true,
            default_stubs: false,
            attributes: Vec::new(),
            extern_packages: BTreeMap::new(),
            extern_types: BTreeMap::new(),
        }
    }
}
