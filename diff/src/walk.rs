//! Walks both schemas, pairs what belongs together, and lets every rule look at its pairs.

mod index;
mod majors;
mod members;
mod packages;
mod types;

use lymph_idl::model::{CustomAttribute, Event, Meta, Method, Package, Since, TypeId};
use lymph_idl::{Schema, Span, Spanned};

use crate::answer::{raise, raised, wrapping_field};
use crate::emits::emits_kept;
use crate::graph::{Graph, NodeId};
use crate::line;
use crate::matching::{Heirs, InterfaceMembers, Named};
use crate::node::{Members, Owner};
use crate::pair::Pair;
use crate::path::{Part, Path};
use crate::position::Position;
use crate::side::Side;
use crate::sink::{At, Change, Scope};
use index::Index;
use members::{Known, KnownInterface, handlers, known};
use packages::packages;

pub(crate) use index::{run_acceptance_checks, run_history_checks, run_version_checks};
pub(crate) use majors::first_break;
pub(crate) use packages::Extent;

/// What a walk saw.
#[derive(Debug)]
pub(crate) struct Walked<'a> {
    pub changes: Vec<Change>,
    pub graph: Graph,
    /// The packages asked for.
    pub packages: Vec<Pair<Option<&'a Package>>>,
    /// What became of events.
    pub heirs: Heirs,
}

/// Compares two schemas.
pub(crate) fn walk<'a>(sides: Pair<&'a Side<'a>>, extent: Extent) -> Walked<'a> {
    let (packages, imported) = packages(sides, extent);
    let mut walk = Walk::new(sides);
    let (mut roots, imported, heirs) = known(sides, &packages, &imported);
    for known in &roots {
        walk.package(known, &heirs);
    }
    // Of imported packages only what somebody uses is compared, and what is emitted here.
    for known in &imported {
        walk.emitted_events(known);
    }
    walk.follow_types();
    for packages in &packages {
        walk.declared_types(*packages);
    }
    for known in &mut roots {
        walk.declarations(known);
    }
    walk.majors(&packages);
    walk.graph.spread_positions();
    Walked { changes: walk.changes, graph: walk.graph, packages, heirs }
}

struct Walk<'a> {
    schemas: Pair<&'a Schema>,
    sides: Pair<&'a Side<'a>>,
    index: Index,
    graph: Graph,
    changes: Vec<Change>,
    /// Declared types that meet and were not compared yet.
    queue: Vec<(Pair<TypeId>, NodeId)>,
}

impl<'a> Walk<'a> {
    fn new(sides: Pair<&'a Side<'a>>) -> Self {
        let schemas = sides.map(|side| side.schema);
        let (index, graph) = (Index::new(), Graph::default());
        Self { schemas, sides, index, graph, changes: Vec::new(), queue: Vec::new() }
    }

    fn scope(&self, packages: Pair<Option<&'a Package>>) -> Scope<'a> {
        Scope::new(self.sides, packages)
    }

    fn package(&mut self, known: &Known<'a>, heirs: &Heirs) {
        let members = &known.members;
        let scope = self.scope(members.packages);
        for interface in &known.interfaces {
            self.interface(interface, heirs);
        }
        for moved in &members.moved.methods {
            let path = Path::root(&moved.new.0.meta.name.value);
            self.method(scope, &path, moved.map(|(_, method)| method));
        }
        self.events(known);
        for types in &members.types.pairs {
            let path = Path::root(&types.new.meta.name.value);
            self.meta(types.map(Named::meta), at_declaration(scope, &path, types.map(Named::meta), None));
        }
    }

    /// Looks at what a package declares, once it is known which types took whose place.
    fn declarations(&mut self, known: &mut Known<'a>) {
        let members = &mut known.members;
        let met = self.graph.met();
        members.types.removed.retain(|it| !met.old.contains(&it.id));
        members.types.added.retain(|it| !met.new.contains(&it.id));
        let packages = members.packages;
        let name = packages.new.or(packages.old).map_or("", |package| &package.name.value);
        let path = Path::root(name);
        let spans = packages.map(|package| package.map(|package| package.name.span));
        let at = At { scope: self.scope(packages), path: &path, name, node: None, guards: false, spans };
        self.index.package(members, &mut self.changes, at);
        if let Pair { old: Some(old), new: Some(new) } = packages {
            let metas = Pair::new(old, new).map(|package| Meta {
                docs: package.docs.clone(),
                ..entry(&package.name, None, &package.attributes, package.name.span)
            });
            self.meta(metas.as_ref(), at);
        }
    }

    fn interface(&mut self, known: &KnownInterface<'a>, heirs: &Heirs) {
        let (scope, pair) = (self.scope(known.packages), known.pair);
        let name = &pair.new.meta.name.value;
        let path = Path::root(name);
        let metas = pair.map(Named::meta);
        let at = at_declaration(scope, &path, metas, None);
        self.meta(metas, at);
        let handlers = handlers(pair, heirs);
        let members = InterfaceMembers { methods: &known.methods, handlers: &handlers, events: heirs };
        self.index.interface(&pair, &members, &mut self.changes, at);
        for emits in emits_kept(pair, heirs) {
            let names = self.schemas.zip(emits).map(|(schema, it)| &schema.event(it.event).meta.name);
            let metas =
                emits.zip(names).map(|(it, name)| entry(name, it.since.as_ref(), &it.attributes, it.span));
            let path = path.then(Part::Emits(&names.new.value));
            self.meta(metas.as_ref(), at_declaration(scope, &path, metas.as_ref(), None));
        }
        for methods in &known.methods.pairs {
            self.method(scope, &path, *methods);
        }
        for handlers in &handlers.pairs {
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

        let package = &scope.packages.new.map_or_else(String::new, |it| line::name(self.sides, it));
        let operation = path.to_string();
        let node = self.graph.operation(Position::Param, operation.clone(), package);
        let params =
            self.schemas.zip(methods).map(|(schema, method)| Members::of_params(schema, &method.params));
        self.members(&params, At { node: Some(node), guards: true, ..at });

        if let Pair { old: Some(old), new: Some(new) } = methods.map(|method| method.result.as_ref())
            // Who wrapped the result changed no type.
            && wrapping_field(self.schemas, Pair::new(old, new)).is_none()
        {
            let node = self.graph.operation(Position::Result, operation.clone(), package);
            let path = path.then(Part::Result);
            let spans = Pair::new(Some(old.span), Some(new.span));
            let at = At { path: &path, name: "result", node: Some(node), spans, ..at };
            self.uses(Pair::new((old, None), (new, None)), at);
        }

        let errors = raised(self.schemas, methods);
        for errors in &errors.pairs {
            let raises = methods.zip(*errors).map(|(method, error)| raise(method, error));
            let names = errors.map(|error| &error.meta.name);
            let metas =
                raises.zip(names).map(|(it, name)| entry(name, it.since.as_ref(), &it.attributes, it.span));
            let path = path.then(Part::Raises(&errors.new.meta.name.value));
            self.meta(metas.as_ref(), at_declaration(scope, &path, metas.as_ref(), None));
        }
        if !errors.pairs.is_empty() {
            let node = self.graph.operation(Position::Error, operation, package);
            for errors in errors.pairs {
                self.hold(node, errors);
            }
        }
    }

    fn events(&mut self, known: &Known<'a>) {
        for (scope, events) in self.paired_events(known) {
            let package = scope.packages.new.map_or_else(String::new, |it| line::name(self.sides, it));
            self.event(scope, events, &package);
        }
    }

    /// Events of an imported package, as far as packages asked for emit them: with those packages they go out.
    /// The others are for whoever asks for the package that declares them.
    fn emitted_events(&mut self, known: &Known<'a>) {
        for (scope, events) in self.paired_events(known) {
            let mut emitters = self.sides.new.emitters(events.new.id).iter();
            if let Some((emitter, _)) = emitters.find(|(package, _)| package.is_root) {
                self.event(scope, events, &line::name(self.sides, emitter));
            }
        }
    }

    fn paired_events(&self, known: &Known<'a>) -> Vec<(Scope<'a>, Pair<&'a Event>)> {
        let members = &known.members;
        let stayed = members.events.pairs.iter().map(|events| (self.scope(members.packages), *events));
        let moved = members.moved.events.iter().map(|events| {
            let scope = self.scope(events.map(|(package, _)| Some(package)));
            (scope, events.map(|(_, event)| event))
        });
        stayed.chain(moved).collect()
    }

    /// Compares an event that goes out with `package`.
    fn event(&mut self, scope: Scope<'a>, events: Pair<&'a Event>, package: &str) {
        let metas = events.map(Named::meta);
        let path = Path::root(&events.new.meta.name.value);
        let node = self.graph.operation(Position::Event, path.to_string(), package);
        let at = at_declaration(scope, &path, metas, None);
        self.meta(metas, at);
        self.index.event(&events, &mut self.changes, at);
        self.event_fields(events, At { node: Some(node), ..at });
    }

    fn event_fields(&mut self, events: Pair<&'a Event>, at: At<'_, 'a>) {
        let records = self.schemas.zip(events);
        let records = records.map(|(schema, event)| Members::of_record(schema, Owner::Event, &event.record));
        self.members(&records, at);
    }

    fn meta(&mut self, metas: Pair<&Meta>, at: At<'_, 'a>) {
        self.index.meta(&metas, &mut self.changes, at);
    }
}

/// What an entry of a list has of what declarations carry.
fn entry(
    name: &Spanned<String>,
    since: Option<&Spanned<Since>>,
    attributes: &[CustomAttribute],
    span: Span,
) -> Meta {
    Meta {
        name: name.clone(),
        wire: name.value.clone(),
        was: Vec::new(),
        docs: Vec::new(),
        since: since.cloned(),
        deprecated: None,
        unstable: false,
        attributes: attributes.to_vec(),
        span,
    }
}

/// A declaration that both sides have.
fn at_declaration<'p, 'a>(
    scope: Scope<'a>,
    path: &'p Path<'p>,
    metas: Pair<&'p Meta>,
    node: Option<NodeId>,
) -> At<'p, 'a>
where
    'a: 'p,
{
    let spans = metas.map(|meta| Some(meta.span));
    At { scope, path, name: &metas.new.name.value, node, guards: false, spans }
}
