//! Majors of one package side by side: what one emits the other's consumers hear.

use lymph_idl::Schema;
use lymph_idl::model::{Event, Package};

use super::types::Uses;
use super::{Walk, at_declaration};
use crate::graph::Graph;
use crate::matching::Named;
use crate::pair::Pair;
use crate::path::Path;
use crate::position::Position;
use crate::rule::Consequence;
use crate::sink::{At, Change, Scope};

impl<'a> Walk<'a> {
    /// Lets the rules look at packages of the new side with one name and several majors.
    pub(super) fn majors(&mut self) {
        let packages: Vec<&Package> = self.schemas.new.packages.iter().collect();
        for (place, first) in packages.iter().enumerate() {
            for second in packages[place + 1..].iter().filter(|it| it.name.value == first.name.value) {
                let mut pair = Pair::new(*first, *second);
                if pair.old.version.value > pair.new.version.value {
                    pair = pair.swap();
                }
                let schemas = Pair::new(self.schemas.new, self.schemas.new);
                let scope = Scope { schemas, packages: pair.map(Some) };
                let name = &pair.new.name.value;
                let path = Path::root(name);
                let spans = pair.map(|package| Some(package.name.span));
                let at = At { scope, path: &path, name, node: None, guards: false, spans };
                self.index.majors(pair, &mut self.changes, at);
            }
        }
    }
}

/// The first difference of two events of one schema that keeps a reader of the one from the other.
pub(crate) fn first_break<'a>(schema: &'a Schema, events: Pair<&'a Event>) -> Option<Change> {
    let schemas = Pair::new(schema, schema);
    let used = Uses::new(schemas);
    let mut walk = Walk::new(schemas, &used);
    let packages = events.map(|event| Some(schema.package(event.package)));
    let scope = Scope { schemas, packages };
    let name = &events.new.meta.name.value;
    let path = Path::root(name);
    let mut graph = Graph::default();
    let node = graph.operation(Position::Event, path.to_string(), "");
    walk.graph = graph;
    walk.event_fields(events, at_declaration(scope, &path, events.map(Named::meta), Some(node)));
    walk.follow_types();
    walk.changes.into_iter().find(|change| match change.rule.consequence {
        Consequence::Shape { backward, forward, .. } => backward.is_break() || forward.is_break(),
        _ => false,
    })
}
