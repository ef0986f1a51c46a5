//! One side of a comparison, with what is looked up in it: put in order once, however many versions it is
//! compared with.

use std::collections::{HashMap, HashSet};

use lymph_idl::Schema;
use lymph_idl::model::{EventId, Interface, Package};

use crate::steps;

/// A schema with an order in which names are found: whoever compares it with many others makes one for all.
#[derive(Debug)]
pub struct Side<'a> {
    pub(crate) schema: &'a Schema,
    packages: HashMap<&'a str, Vec<&'a Package>>,
    interfaces: HashMap<&'a str, Vec<&'a Package>>,
    events: HashMap<&'a str, Vec<&'a Package>>,
    types: HashSet<&'a str>,
    emitters: HashMap<EventId, Vec<(&'a Package, &'a Interface)>>,
}

impl<'a> Side<'a> {
    /// Puts a schema in order.
    #[must_use]
    pub fn new(schema: &'a Schema) -> Self {
        let packages = || schema.packages.iter();
        let events = |package: &'a Package| package.events.iter().map(|id| &*schema.event(*id).meta.wire);
        let interfaces = |package: &'a Package| package.interfaces.iter().map(|it| &*it.meta.wire);
        let mut emitters: HashMap<EventId, Vec<(&Package, &Interface)>> = HashMap::new();
        for package in packages() {
            for interface in &package.interfaces {
                for emits in &interface.emits {
                    emitters.entry(emits.event).or_default().push((package, interface));
                }
            }
        }
        let side = Self {
            schema,
            packages: grouped(packages().map(|package| (&*package.name.value, package))),
            interfaces: grouped(packages().flat_map(|it| interfaces(it).map(move |wire| (wire, it)))),
            events: grouped(packages().flat_map(|it| events(it).map(move |wire| (wire, it)))),
            types: schema.types().map(|declared| &*declared.meta.name.value).collect(),
            emitters,
        };
        steps::note(side.packages.len() + side.interfaces.len() + side.events.len() + side.types.len());
        side
    }

    /// What was put in order.
    #[must_use]
    pub fn schema(&self) -> &'a Schema {
        self.schema
    }

    /// The packages of a name, in the order of the schema: several where majors stand side by side.
    #[must_use]
    pub fn packages(&self, name: &str) -> &[&'a Package] {
        self.packages.get(name).map_or(&[], Vec::as_slice)
    }

    /// The packages that declare an interface of this wire name.
    pub(crate) fn with_interface(&self, wire: &str) -> &[&'a Package] {
        self.interfaces.get(wire).map_or(&[], Vec::as_slice)
    }

    /// The packages that declare an event of this routing key.
    pub(crate) fn with_event(&self, wire: &str) -> &[&'a Package] {
        self.events.get(wire).map_or(&[], Vec::as_slice)
    }

    /// The interfaces that emit an event, with their packages.
    pub(crate) fn emitters(&self, event: EventId) -> &[(&'a Package, &'a Interface)] {
        self.emitters.get(&event).map_or(&[], Vec::as_slice)
    }

    /// Whether some package declares a type of this name.
    pub(crate) fn has_type(&self, name: &str) -> bool {
        self.types.contains(name)
    }
}

/// Values by their keys, each group in the order in which it came.
fn grouped<'a, T>(pairs: impl Iterator<Item = (&'a str, T)>) -> HashMap<&'a str, Vec<T>> {
    let mut groups: HashMap<&str, Vec<T>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}
