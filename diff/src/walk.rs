//! Walks both schemas, pairs what belongs together, and lets every rule look at its pairs.

mod index;
mod packages;
mod types;

use lymph_idl::Schema;
use lymph_idl::model::{Event, Interface, Meta, Method, Package, Raise, TypeDef, TypeId};

use crate::graph::{Graph, NodeId};
use crate::matching::{InterfaceMembers, Matching, Named, PackageMembers};
use crate::node::{Members, Owner};
use crate::pair::Pair;
use crate::path::{Part, Path};
use crate::position::Position;
use crate::sink::{At, Change, Scope};
use index::Index;
use packages::pair_packages;
use types::Uses;

pub(crate) use index::{run_history_checks, run_version_checks};

/// What a walk saw.
#[derive(Debug)]
pub(crate) struct Walked<'a> {
    pub changes: Vec<Change>,
    pub graph: Graph,
    /// The packages asked for.
    pub packages: Vec<Pair<Option<&'a Package>>>,
}

/// Compares two schemas.
pub(crate) fn walk<'a>(schemas: Pair<&'a Schema>) -> Walked<'a> {
    let packages_where = |is_root| {
        let side = |schema: &'a Schema| {
            let packages = schema.packages.iter();
            packages.filter(|package| package.is_root == is_root).collect::<Vec<_>>()
        };
        pair_packages(schemas.map(side))
    };
    let packages = packages_where(true);
    let used = Uses::new(schemas);
    let mut walk = Walk::new(schemas, &used);
    for packages in &packages {
        walk.package(*packages);
    }
    // Of imported packages only what somebody uses is compared; their events are heard.
    for packages in packages_where(false) {
        let scope = walk.scope(packages);
        walk.events(scope, &walk.matching_events(packages).pairs);
    }
    walk.follow_types();
    for packages in &packages {
        walk.declared_types(*packages);
    }
    for packages in &packages {
        walk.declarations(*packages);
    }
    walk.majors();
    walk.graph.spread_positions();
    Walked { changes: walk.changes, graph: walk.graph, packages }
}

struct Walk<'a> {
    schemas: Pair<&'a Schema>,
    used: &'a Uses,
    index: Index,
    graph: Graph,
    changes: Vec<Change>,
    /// Declared types that meet and were not compared yet.
    queue: Vec<(Pair<TypeId>, NodeId)>,
}

impl<'a> Walk<'a> {
    fn new(schemas: Pair<&'a Schema>, used: &'a Uses) -> Self {
        let (index, graph) = (Index::new(), Graph::default());
        Self { schemas, used, index, graph, changes: Vec::new(), queue: Vec::new() }
    }

    fn scope(&self, packages: Pair<Option<&'a Package>>) -> Scope<'a> {
        Scope { schemas: self.schemas, packages }
    }

    fn matching_events(&self, packages: Pair<Option<&'a Package>>) -> Matching<'a, Event> {
        let old = packages.old.into_iter().flat_map(|package| &package.events);
        let new = packages.new.into_iter().flat_map(|package| &package.events);
        Matching::by_wire_of(
            old.map(|id| self.schemas.old.event(*id)).collect(),
            new.map(|id| self.schemas.new.event(*id)).collect(),
        )
    }

    fn matching_types(&self, packages: Pair<Option<&'a Package>>) -> Matching<'a, TypeDef> {
        let old = packages.old.into_iter().flat_map(|package| &package.types);
        let new = packages.new.into_iter().flat_map(|package| &package.types);
        Matching::by_name_of(
            old.map(|id| self.schemas.old.type_def(*id)).collect(),
            new.map(|id| self.schemas.new.type_def(*id)).collect(),
        )
    }

    fn package(&mut self, packages: Pair<Option<&'a Package>>) {
        let scope = self.scope(packages);
        for interface in &matching_interfaces(packages).pairs {
            self.interface(scope, *interface);
        }
        self.events(scope, &self.matching_events(packages).pairs);
        for types in &self.matching_types(packages).pairs {
            let path = Path::root(&types.new.meta.name.value);
            self.meta(types.map(Named::meta), at_declaration(scope, &path, types.map(Named::meta), None));
        }
    }

    /// Looks at what packages declare, once it is known which types took whose place.
    fn declarations(&mut self, packages: Pair<Option<&'a Package>>) {
        let mut types = self.matching_types(packages);
        let met = self.graph.met();
        types.removed.retain(|it| !met.old.contains(&it.id));
        types.added.retain(|it| !met.new.contains(&it.id));
        let (interfaces, events) = (matching_interfaces(packages), self.matching_events(packages));
        let members = PackageMembers { packages, interfaces, events, types };
        let name = packages.new.or(packages.old).map_or("", |package| &package.name.value);
        let path = Path::root(name);
        let spans = packages.map(|package| package.map(|package| package.name.span));
        let at = At { scope: self.scope(packages), path: &path, name, node: None, guards: false, spans };
        self.index.package(&members, &mut self.changes, at);
    }

    fn interface(&mut self, scope: Scope<'a>, interfaces: Pair<&'a Interface>) {
        let name = &interfaces.new.meta.name.value;
        let path = Path::root(name);
        let metas = interfaces.map(Named::meta);
        let at = at_declaration(scope, &path, metas, None);
        let members = InterfaceMembers {
            methods: Matching::by_wire(interfaces.map(|interface| &interface.methods)),
            handlers: Matching::by_wire(interfaces.map(|interface| &interface.handlers)),
        };
        self.meta(metas, at);
        self.index.interface(&interfaces, &members, &mut self.changes, at);
        for methods in &members.methods.pairs {
            self.method(scope, &path, *methods);
        }
        for handlers in &members.handlers.pairs {
            let metas = handlers.map(Named::meta);
            let path = path.then(Part::Handler(&handlers.new.meta.name.value));
            let at = at_declaration(scope, &path, metas, None);
            self.meta(metas, at);
            self.index.handler(handlers, &mut self.changes, at);
        }
    }

    fn method(&mut self, scope: Scope<'a>, interface: &Path<'_>, methods: Pair<&'a Method>) {
        let metas = methods.map(Named::meta);
        let path = interface.then(Part::Member(&methods.new.meta.name.value));
        let at = at_declaration(scope, &path, metas, None);
        self.meta(metas, at);
        self.index.method(&methods, &mut self.changes, at);

        let package = scope.packages.new.map_or("", |package| &package.name.value);
        let operation = path.to_string();
        let node = self.graph.operation(Position::Param, operation.clone(), package);
        let params =
            self.schemas.zip(methods).map(|(schema, method)| Members::of_params(schema, &method.params));
        self.members(&params, At { node: Some(node), guards: true, ..at });

        if let Pair { old: Some(old), new: Some(new) } = methods.map(|method| method.result.as_ref()) {
            let node = self.graph.operation(Position::Result, operation.clone(), package);
            let path = path.then(Part::Result);
            let spans = Pair::new(Some(old.span), Some(new.span));
            let at = At { path: &path, name: "result", node: Some(node), spans, ..at };
            self.uses(Pair::new((old, None), (new, None)), at);
        }

        let raised = |side: &'a [Raise], schema: &'a Schema| -> Vec<&'a TypeDef> {
            side.iter().map(|raise| schema.type_def(raise.error)).collect()
        };
        let raised = methods.zip(self.schemas).map(|(method, schema)| raised(&method.raises, schema));
        let errors = Matching::by_wire_of(raised.old, raised.new);
        if !errors.pairs.is_empty() {
            let node = self.graph.operation(Position::Error, operation, package);
            for errors in errors.pairs {
                self.hold(node, errors);
            }
        }
    }

    fn events(&mut self, scope: Scope<'a>, events: &[Pair<&'a Event>]) {
        for events in events {
            let metas = events.map(Named::meta);
            let path = Path::root(&events.new.meta.name.value);
            let package = scope.packages.new.map_or("", |package| &package.name.value);
            let node = self.graph.operation(Position::Event, path.to_string(), package);
            let at = at_declaration(scope, &path, metas, None);
            self.meta(metas, at);
            self.index.event(events, &mut self.changes, at);
            let records = self.schemas.zip(*events);
            let records =
                records.map(|(schema, event)| Members::of_record(schema, Owner::Event, &event.record));
            self.members(&records, At { node: Some(node), ..at });
        }
    }

    /// Packages of the new side with one name and several majors: what one emits the other's consumers hear.
    fn majors(&mut self) {
        let packages: Vec<&Package> = self.schemas.new.packages.iter().collect();
        for (place, first) in packages.iter().enumerate() {
            for second in packages[place + 1..].iter().filter(|it| it.name.value == first.name.value) {
                let packages = Pair::new(Some(*first), Some(*second));
                let schemas = Pair::new(self.schemas.new, self.schemas.new);
                let scope = Scope { schemas, packages };
                let path = Path::root(&second.name.value);
                let spans = Pair::new(Some(first.name.span), Some(second.name.span));
                let at =
                    At { scope, path: &path, name: &second.name.value, node: None, guards: false, spans };
                self.index.majors(packages.map(|it| it.expect("both are there")), &mut self.changes, at);
            }
        }
    }

    fn meta(&mut self, metas: Pair<&'a Meta>, at: At<'_, 'a>) {
        self.index.meta(&metas, &mut self.changes, at);
    }
}

fn matching_interfaces<'a>(packages: Pair<Option<&'a Package>>) -> Matching<'a, Interface> {
    Matching::by_wire(packages.map(|package| package.map_or(&[][..], |package| &package.interfaces)))
}

/// A declaration that both sides have.
fn at_declaration<'p, 'a>(
    scope: Scope<'a>,
    path: &'p Path<'p>,
    metas: Pair<&'a Meta>,
    node: Option<NodeId>,
) -> At<'p, 'a>
where
    'a: 'p,
{
    let spans = metas.map(|meta| Some(meta.span));
    At { scope, path, name: &metas.new.name.value, node, guards: false, spans }
}
