//! The net under the rules: whatever differs must have been spoken of.
//!
//! Declarations are compared member by member, with every field of the model named, so that a field added
//! to the model does not compile until somebody says here how it is compared.

mod same;

use std::collections::BTreeMap;

use lymph_idl::model::{Meta, Package, TypeDef};
use lymph_idl::{FileId, Schema, Span};

use crate::finding::Finding;
use crate::graph::Graph;
use crate::matching::{Heirs, Matching, Named};
use crate::pair::Pair;
use crate::report::Unclassified;

use same::Same;

/// Differences between paired and unpaired declarations of `packages` inside which no change was told.
pub(crate) fn unclassified(
    schemas: Pair<&Schema>,
    packages: &[Pair<Option<&Package>>],
    findings: &[Finding],
    graph: &Graph,
    heirs: &Heirs,
) -> Vec<Unclassified> {
    let same = Same { schemas, graph, heirs };
    let told = Told::new(findings);
    let mut found = Vec::new();
    let mut see = |path: &str, spans: Pair<Option<Span>>| {
        if !told.inside(spans) {
            found.push(Unclassified { path: path.to_owned(), spans });
        }
    };
    let mut moving = Moving::default();
    for packages in packages {
        let empty = packages.map(|package| package.map_or(&[][..], |it| &it.interfaces));
        let interfaces = Matching::by_wire(empty);
        unpaired(&interfaces, &mut see);
        for pair in &interfaces.pairs {
            if !same.interface(*pair) {
                see(&pair.new.meta.name.value, pair.map(|it| Some(it.meta.span)));
            }
            let methods = Matching::by_wire(pair.map(|interface| &interface.methods));
            unpaired(&methods, &mut see);
            for methods in methods.pairs.iter().filter(|methods| !same.method(**methods)) {
                see(&methods.new.meta.name.value, methods.map(|it| Some(it.meta.span)));
            }
            let handlers = Matching::by_wire(pair.map(|interface| &interface.handlers));
            unpaired(&handlers, &mut see);
            for handlers in handlers.pairs.iter().filter(|handlers| !same.handler(**handlers)) {
                see(&handlers.new.meta.name.value, handlers.map(|it| Some(it.meta.span)));
            }
        }
        let side = |schema: &'_ Schema, package: Option<&'_ Package>| {
            package.map_or_else(Vec::new, |it| it.events.iter().map(|id| schema.event(*id).id).collect())
        };
        let ids = schemas.zip(*packages).map(|(schema, package)| side(schema, package));
        let events = Matching::by_wire_of(
            ids.old.iter().map(|id| schemas.old.event(*id)).collect(),
            ids.new.iter().map(|id| schemas.new.event(*id)).collect(),
        );
        unpaired(&events, &mut see);
        for events in events.pairs.iter().filter(|events| !same.event(**events)) {
            see(&events.new.meta.name.value, events.map(|it| Some(it.meta.span)));
        }
        let side = |schema, package: Option<&Package>| {
            let _: &Schema = schema;
            package.map_or_else(Vec::new, |package| package.types.clone())
        };
        let ids = schemas.zip(*packages).map(|(schema, package)| side(schema, package));
        let types = Matching::by_name_of(
            ids.old.iter().map(|id| schemas.old.type_def(*id)).collect(),
            ids.new.iter().map(|id| schemas.new.type_def(*id)).collect(),
        );
        moving.leave(&types);
        for types in types.pairs.iter().filter(|types| !same.type_def(**types)) {
            see(&types.new.meta.name.value, types.map(|it| Some(it.meta.span)));
        }
        if let Pair { old: Some(old), new: Some(new) } = *packages
            && !same.package(Pair::new(old, new))
        {
            see(&new.name.value, Pair::new(Some(old.name.span), Some(new.name.span)));
        }
    }
    moving.arrive(&same, &mut see);
    found
}

/// Types that only one side of their package has. One may have gone to another package with whatever uses it,
/// which is told there; it is compared with what it met.
#[derive(Default)]
struct Moving<'a> {
    removed: Vec<&'a TypeDef>,
    added: Vec<&'a TypeDef>,
}

impl<'a> Moving<'a> {
    fn leave(&mut self, types: &Matching<'a, TypeDef>) {
        self.removed.extend(&types.removed);
        self.added.extend(&types.added);
    }

    fn arrive(self, same: &Same<'_>, see: &mut impl FnMut(&str, Pair<Option<Span>>)) {
        let mut by_name: BTreeMap<&str, Vec<&TypeDef>> = BTreeMap::new();
        for new in self.added {
            by_name.entry(&new.meta.name.value).or_default().push(new);
        }
        for old in self.removed {
            let name = &*old.meta.name.value;
            let homonyms = by_name.entry(name).or_default();
            let met = homonyms.iter().position(|new| same.graph.have_met(Pair::new(old.id, new.id)));
            match met.map(|place| homonyms.remove(place)) {
                Some(new) if same.type_def(Pair::new(old, new)) => {}
                new => see(name, Pair::new(Some(old.meta.span), new.map(|new| new.meta.span))),
            }
        }
        for (name, new) in by_name.iter().flat_map(|(name, all)| all.iter().map(move |new| (name, new))) {
            see(name, Pair::new(None, Some(new.meta.span)));
        }
    }
}

fn unpaired<T: Named>(matching: &Matching<'_, T>, see: &mut impl FnMut(&str, Pair<Option<Span>>)) {
    let name = |meta: &Meta| meta.name.value.clone();
    for meta in matching.removed.iter().map(|it| it.meta()) {
        see(&name(meta), Pair::new(Some(meta.span), None));
    }
    for meta in matching.added.iter().map(|it| it.meta()) {
        see(&name(meta), Pair::new(None, Some(meta.span)));
    }
}

/// Where changes were told, sorted, so that looking is cheap.
struct Told(Pair<Vec<(FileId, u32)>>);

impl Told {
    fn new(findings: &[Finding]) -> Self {
        let sorted = |mut places: Vec<_>| {
            places.sort_unstable();
            places
        };
        let place = |span: Option<Span>| span.map(|span| (span.file, span.start));
        Self(Pair::new(
            sorted(findings.iter().filter_map(|finding| place(finding.spans.old)).collect()),
            sorted(findings.iter().filter_map(|finding| place(finding.spans.new)).collect()),
        ))
    }

    /// Whether some change was told inside one of two spans.
    fn inside(&self, spans: Pair<Option<Span>>) -> bool {
        let hit = |places: &[(FileId, u32)], span: Option<Span>| {
            span.is_some_and(|span| {
                let first = places.partition_point(|place| *place < (span.file, span.start));
                places.get(first).is_some_and(|(file, start)| *file == span.file && *start < span.end)
            })
        };
        hit(&self.0.old, spans.old) || hit(&self.0.new, spans.new)
    }
}
