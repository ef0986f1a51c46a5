//! Names that become one: on the wire, in generated code, in the broker.
//!
//! What generated code makes of a package: a module with every type and event in UpperCamelCase, and for an
//! interface `X` also `XServer` and `XClient`; fields, parameters, methods and handlers in snake_case. What a
//! method generates (`GreetRequest`, `GreetArgs`, `GreetError`) gives way to declared names by taking its
//! interface's name in front, so it cannot collide.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Resolver;
use super::attributes::{Place, WIRE_BYTES};
use super::casing::Casing;
use super::seen::Seen;
use crate::error::SchemaError;
use crate::model::{
    Event, Field, Handler, Interface, Meta, Method, Package, PackageId, TypeDef, TypeDefKind,
};
use crate::source::{Span, Spanned};

const OTHER_WIRE: &str = "give one of them another name on the wire: `@wire(\"…\")`";

impl Resolver<'_> {
    /// Checks one record's, enum's, union's or method's members against each other.
    pub(super) fn check_members<'m>(
        &mut self,
        members: impl Iterator<Item = &'m Meta> + Clone,
        place: Place,
    ) {
        self.check_declared(members.clone().map(|meta| (place.noun(), &meta.name)));
        let casing = if place == Place::Variant { Casing::UpperCamel } else { Casing::Snake };
        self.check_generated(members.clone().map(|meta| &meta.name), casing);
        let plural = match place {
            Place::Variant => "variants",
            Place::Param => "parameters",
            _ => "fields",
        };
        self.check_wires(members, plural);
    }

    /// No name twice.
    fn check_declared<'m>(&mut self, members: impl Iterator<Item = (&'static str, &'m Spanned<String>)>) {
        let mut seen = Seen::with_capacity(members.size_hint().0);
        for (what, name) in members {
            if let Some((_, first)) = seen.again(name.value.as_str(), name.span) {
                self.duplicate(what, name, *first, None);
            }
        }
    }

    /// No two different names with the same converted form.
    fn check_generated<'m>(
        &mut self,
        names: impl Iterator<Item = &'m Spanned<String>> + Clone,
        casing: Casing,
    ) {
        if casing.keeps_apart(names.clone().map(|name| name.value.as_str())) {
            return;
        }
        let mut seen = Seen::with_capacity(names.size_hint().0);
        for name in names {
            match seen.again(casing.convert(&name.value), name) {
                Some((generated, first)) if first.value != name.value => {
                    self.name_collision(first, name, generated.into_owned());
                }
                _ => {}
            }
        }
    }

    /// No two with the same wire name, former ones included.
    fn check_wires<'m>(&mut self, members: impl Iterator<Item = &'m Meta> + Clone, what: &'static str) {
        // Names that travel as they are written were compared already.
        if members.clone().all(|meta| meta.was.is_empty() && meta.wire == meta.name.value) {
            return;
        }
        let mut seen = Seen::with_capacity(members.size_hint().0);
        for meta in members {
            for (wire, span) in wires(meta) {
                match seen.again(wire, (meta, span)) {
                    // The same name twice is reported as such.
                    Some((_, (first, _))) if is_declared_twice(first, meta, wire) => {}
                    Some((_, (_, first))) => self.same_wire(what, wire, span, *first, OTHER_WIRE),
                    None => {}
                }
            }
        }
    }

    /// No wire name that was reserved.
    pub(super) fn check_reserved<'m>(
        &mut self,
        members: impl Iterator<Item = &'m Meta>,
        reserved: &[Spanned<String>],
    ) {
        let mut listed: HashMap<&str, Span> = HashMap::new();
        for name in reserved {
            match listed.get(name.value.as_str()) {
                Some(first) => self.duplicate("reserved name", name, *first, Some("list it once".to_owned())),
                None => {
                    listed.insert(&name.value, name.span);
                }
            }
        }
        for meta in members {
            for (wire, span) in wires(meta) {
                if let Some(reserved) = listed.get(wire) {
                    let (name, reserved) = (wire.to_owned(), *reserved);
                    self.errors.push(SchemaError::ReservedReused { name, span, reserved });
                }
            }
        }
    }

    /// A map with the keys `__type__` and `_` is a tagged value to readers.
    pub(super) fn check_tagged(&mut self, fields: &[Field], what: &'static str) {
        let span_of = |key: &str| {
            let mut names = fields.iter().flat_map(|field| wires(&field.meta));
            names.find(|(wire, _)| *wire == key).map(|(_, span)| span)
        };
        if let (Some(ty), Some(value)) = (span_of("__type__"), span_of("_")) {
            let (first, second) = if ty < value { (ty, value) } else { (value, ty) };
            self.errors.push(SchemaError::TaggedFields { what, second, first });
        }
    }

    /// Methods and handlers are methods of one trait; methods share one list of subjects.
    pub(super) fn check_interface_members(&mut self, interface: &Interface) {
        let methods = interface.methods.iter().map(|method| &method.meta);
        let handlers = interface.handlers.iter().map(|handler| &handler.meta);
        let mut seen: HashMap<&str, (&str, Span)> = HashMap::new();
        let named = methods
            .clone()
            .map(|meta| ("method", meta))
            .chain(handlers.clone().map(|meta| ("handler", meta)));
        for (what, meta) in named {
            let name = meta.name.value.as_str();
            if let Some((first_what, first)) = seen.get(name) {
                let help = match (what, *first_what) {
                    ("handler", "handler") => {
                        Some(format!("give each a name of its own: `on … as other_{name}`"))
                    }
                    ("handler", _) => {
                        Some(format!("handlers and methods share their names: `on … as handle_{name}`"))
                    }
                    _ => None,
                };
                self.duplicate(what, &meta.name, *first, help);
            } else {
                seen.insert(name, (what, meta.name.span));
            }
        }
        let all = methods.clone().chain(handlers);
        self.check_generated(all.map(|meta| &meta.name), Casing::Snake);
        self.check_wires(methods, "methods");
    }

    /// Checks whole packages, and packages against each other.
    pub(super) fn check_collisions(&mut self, types: &[TypeDef], events: &[Event], packages: &[Package]) {
        for package in packages {
            self.check_generated_types(types, events, package);
            for method in package.interfaces.iter().flat_map(|interface| &interface.methods) {
                self.check_raises(types, method);
            }
        }
        self.check_modules(packages);

        let errors = types.iter().filter(|def| matches!(def.kind, TypeDefKind::Error(_)));
        let mut seen: HashMap<(PackageId, String), Travelling<'_>> = HashMap::new();
        for def in errors {
            for (wire, span) in wires(&def.meta) {
                let error = Travelling::new(def.package, &def.meta, wire, span);
                match seen.get(&(def.package, error.wire.clone())) {
                    Some(first) => self.wire_collision("errors of one package", &error, first),
                    None => {
                        seen.insert((def.package, error.wire.clone()), error);
                    }
                }
            }
        }

        let interfaces = packages
            .iter()
            .flat_map(|package| package.interfaces.iter().map(move |interface| (package.id, interface)));
        let registered = interfaces.clone().flat_map(|(package, interface)| {
            wires(&interface.meta)
                .map(move |(wire, span)| Travelling::new(package, &interface.meta, wire, span))
        });
        self.check_apart(packages, "interfaces", registered.collect());
        let keys = events.iter().flat_map(|event| {
            wires(&event.meta).map(|(wire, span)| Travelling::new(event.package, &event.meta, wire, span))
        });
        self.check_apart(packages, "events", keys.collect());
        let mut queues = Vec::new();
        for (package, interface) in interfaces {
            for handler in &interface.handlers {
                let queue = queue_name(interface, handler);
                let span = handler.meta.name.span;
                if queue.len() > WIRE_BYTES {
                    let (what, unit) = ("a queue's name", "bytes");
                    self.errors.push(SchemaError::TooLong { what, limit: WIRE_BYTES, unit, span });
                }
                queues.push(Travelling { package, meta: &handler.meta, wire: queue, span });
            }
        }
        self.check_apart(packages, "queues", queues);
    }

    /// No two in the cluster under one name. Majors of one package take each other's place, so they may share.
    fn check_apart(&mut self, packages: &[Package], what: &'static str, all: Vec<Travelling<'_>>) {
        let mut seen: HashMap<String, Vec<Travelling<'_>>> = HashMap::new();
        for one in all {
            if !self.knows_package(one.package) {
                continue;
            }
            let package = &packages[one.package.0 as usize].name.value;
            let others = seen.entry(one.wire.clone()).or_default();
            let clash = others.iter().find(|other| {
                other.package == one.package || packages[other.package.0 as usize].name.value != *package
            });
            match clash {
                Some(other) => self.wire_collision(what, &one, other),
                None => others.push(one),
            }
        }
    }

    fn wire_collision(&mut self, what: &'static str, second: &Travelling<'_>, first: &Travelling<'_>) {
        // A name declared twice was reported as that.
        if first.package == second.package
            && first.meta.name.value == second.meta.name.value
            && what != "queues"
            && first.meta.span != second.meta.span
        {
            return;
        }
        let help = match what {
            "queues" => "name one of the handlers differently, or give it a queue: `@queue(\"…\")`",
            _ => OTHER_WIRE,
        };
        self.same_wire(what, &second.wire, second.span, first.span, help);
    }

    /// Silent where an attribute could not be read: it may say that the names differ.
    fn same_wire(&mut self, what: &'static str, wire: &str, second: Span, first: Span, help: &str) {
        let is_sure = |span: Span| {
            let mut units = self.units.iter();
            units.all(|unit| unit.file != span.file || !unit.ast.damage.attributes)
        };
        if is_sure(second) && is_sure(first) {
            let (wire, help) = (wire.to_owned(), Some(help.to_owned()));
            self.errors.push(SchemaError::WireCollision { what, wire, second, first, help });
        }
    }

    fn check_generated_types(&mut self, types: &[TypeDef], events: &[Event], package: &Package) {
        let mut generated: Vec<(&Spanned<String>, Cow<'_, str>, bool)> = Vec::new();
        for id in &package.types {
            let name = &types[id.0 as usize].meta.name;
            generated.push((name, Casing::UpperCamel.convert(&name.value), false));
        }
        for interface in &package.interfaces {
            let name = &interface.meta.name;
            let base = Casing::UpperCamel.convert(&name.value);
            generated.extend(
                ["Server", "Client", ""].map(|suffix| (name, format!("{base}{suffix}").into(), false)),
            );
        }
        for id in &package.events {
            let name = &events[id.0 as usize].meta.name;
            generated.push((name, Casing::UpperCamel.convert(&name.value), true));
        }
        generated.sort_by_key(|(name, ..)| name.span);
        let mut seen = Seen::with_capacity(generated.len());
        for (name, generated, is_event) in generated {
            match seen.again(generated, (name, is_event)) {
                None => {}
                // Declared twice, which was reported.
                Some((_, (first, is))) if first.value == name.value && *is == is_event => {}
                Some((generated, (first, _))) => self.name_collision(first, name, generated.into_owned()),
            }
        }
    }

    /// Errors of a `raises` list are variants of one enum, told apart by their wire names.
    fn check_raises(&mut self, types: &[TypeDef], method: &Method) {
        let mut names = Seen::with_capacity(method.raises.len());
        let mut wires = Seen::with_capacity(method.raises.len());
        for raise in &method.raises {
            let meta = &types[raise.error.0 as usize].meta;
            let generated = Casing::UpperCamel.convert(&meta.name.value);
            if let Some((generated, (first, span))) = names.again(generated, (meta, raise.span)) {
                let name = |meta: &Meta, span| Spanned { value: meta.name.value.clone(), span };
                let (first, second) = (name(first, *span), name(meta, raise.span));
                self.name_collision(&first, &second, generated.into_owned());
            } else if let Some((wire, first)) = wires.again(meta.wire.as_str(), raise.span) {
                let help = "callers could not tell them apart: `@wire(\"…\")` on one of them";
                self.same_wire("errors of one method", wire, raise.span, *first, help);
            }
        }
    }

    /// Packages become modules.
    fn check_modules(&mut self, packages: &[Package]) {
        let mut seen: HashMap<String, &Spanned<String>> = HashMap::new();
        for package in packages {
            if !self.knows_package(package.id) {
                continue;
            }
            let path: Vec<_> =
                package.name.value.split('.').map(|word| Casing::Snake.convert(word)).collect();
            let path = path.join("::");
            match seen.get(&path) {
                Some(first) if first.value != package.name.value => {
                    self.name_collision(first, &package.name, path);
                }
                Some(_) => {}
                None => {
                    seen.insert(path, &package.name);
                }
            }
        }
    }

    fn name_collision(&mut self, first: &Spanned<String>, second: &Spanned<String>, generated: String) {
        self.errors.push(SchemaError::NameCollision {
            first_name: first.value.clone(),
            second_name: second.value.clone(),
            generated,
            second: second.span,
            first: first.span,
        });
    }
}

/// Something that travels under a name.
struct Travelling<'m> {
    package: PackageId,
    meta: &'m Meta,
    wire: String,
    span: Span,
}

impl<'m> Travelling<'m> {
    fn new(package: PackageId, meta: &'m Meta, wire: &str, span: Span) -> Self {
        Self { package, meta, wire: wire.to_owned(), span }
    }
}

/// Wire name and former ones, each with where to point.
fn wires(meta: &Meta) -> impl Iterator<Item = (&str, Span)> {
    let former = meta.was.iter().map(|was| (was.value.as_str(), was.span));
    std::iter::once((meta.wire.as_str(), meta.name.span)).chain(former)
}

fn is_declared_twice(first: &Meta, second: &Meta, wire: &str) -> bool {
    first.name.span != second.name.span
        && first.name.value == second.name.value
        && [&first.wire, &second.wire].iter().all(|name| *name == wire)
}

/// The queue that a handler consumes.
fn queue_name(interface: &Interface, handler: &Handler) -> String {
    let by_name = || format!("{}-{}", interface.meta.wire, handler.meta.wire);
    handler.delivery.queue.clone().unwrap_or_else(by_name)
}
