//! Majors of one package side by side: what one emits the other's consumers hear.

use std::collections::BTreeSet;

use lymph_idl::model::{Event, Package};

use super::{Walk, at_declaration};
use crate::graph::Graph;
use crate::matching::Named;
use crate::pair::Pair;
use crate::path::Path;
use crate::position::Position;
use crate::rule::Consequence;
use crate::side::Side;
use crate::sink::{At, Change, Scope};

impl<'a> Walk<'a> {
    /// Lets the rules look at packages of the new side with one name and several majors, as far as one of them is
    /// among `looked_at`.
    pub(super) fn majors(&mut self, looked_at: &[Pair<Option<&'a Package>>]) {
        let side = self.sides.new;
        let names: BTreeSet<&str> = looked_at
            .iter()
            .filter_map(|packages| packages.new)
            .map(|package| &*package.name.value)
            .collect();
        for packages in names.into_iter().map(|name| side.packages(name)) {
            for (place, first) in packages.iter().enumerate() {
                for second in &packages[place + 1..] {
                    let mut pair = Pair::new(*first, *second);
                    if pair.old.version.value > pair.new.version.value {
                        pair = pair.swap();
                    }
                    let scope = Scope::new(Pair::new(side, side), pair.map(Some));
                    let name = &pair.new.name.value;
                    let path = Path::root(name);
                    let spans = pair.map(|package| Some(package.name.span));
                    let at = At { scope, path: &path, name, node: None, guards: false, spans };
                    self.index.majors(pair, &mut self.changes, at);
                }
            }
        }
    }
}

/// The first difference of two events of one schema that keeps a reader of the one from the other.
pub(crate) fn first_break<'a>(side: &'a Side<'a>, events: Pair<&'a Event>) -> Option<Change> {
    let sides = Pair::new(side, side);
    let mut walk = Walk::new(sides);
    let packages = events.map(|event| Some(side.schema.package(event.package)));
    let scope = Scope::new(sides, packages);
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
