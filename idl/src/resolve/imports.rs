//! `use` lines: what they bring into a file, and that they form no circle.

use super::Resolver;
use super::names::{Scope, Target};
use crate::ast::{Import, ImportName};
use crate::error::SchemaError;
use crate::suggest::did_you_mean;

impl Resolver<'_> {
    /// Reports each circle once.
    pub(super) fn check_import_cycles(&mut self) {
        #[derive(Clone, Copy, PartialEq)]
        enum Mark {
            New,
            Open,
            Done,
        }
        let mut marks = vec![Mark::New; self.units.len()];
        for root in 0..self.units.len() {
            if marks[root] != Mark::New {
                continue;
            }
            // Units on the way from the root, each with its next import to look at.
            let mut way = vec![(root, 0)];
            marks[root] = Mark::Open;
            while let Some((unit, next)) = way.last_mut() {
                let (current, import) = (*unit, *next);
                *next += 1;
                let Some(target) = self.units[current].imports.get(import) else {
                    marks[current] = Mark::Done;
                    way.pop();
                    continue;
                };
                let Some(target) = *target else { continue };
                match marks[target] {
                    Mark::Done => {}
                    Mark::New => {
                        marks[target] = Mark::Open;
                        way.push((target, 0));
                    }
                    Mark::Open => {
                        let start = way.iter().position(|(unit, _)| *unit == target).unwrap_or(0);
                        let mut names: Vec<&str> = way[start..]
                            .iter()
                            .map(|(unit, _)| self.units[*unit].ast.package.value.as_str())
                            .collect();
                        names.push(&self.units[target].ast.package.value);
                        let span = self.units[current].ast.imports[import].package.span;
                        self.errors.push(SchemaError::ImportCycle { path: chain(&names), span });
                    }
                }
            }
        }
    }

    /// Fills the scopes with what `use` lines name.
    pub(super) fn bind_imports(&mut self) {
        for index in 0..self.units.len() {
            let mut scope = std::mem::take(&mut self.scopes[index]);
            let unit = &self.units[index];
            for (import, target) in unit.ast.imports.iter().zip(&unit.imports) {
                if let Some(target) = target {
                    self.note_package(import.package.span, *target);
                }
                match target {
                    Some(target) if !scope.imports.contains(target) => scope.imports.push(*target),
                    Some(_) => {}
                    None => scope.incomplete = true,
                }
                if let Some(target) = target {
                    scope.incomplete |= self.units[*target].ast.damage.any_name;
                }
                match &import.names {
                    None => self.bind_package(&mut scope, import, *target),
                    Some(names) => {
                        for name in names {
                            self.bind_name(index, &mut scope, *target, name);
                        }
                    }
                }
            }
            self.scopes[index] = scope;
        }
    }

    fn bind_package(&mut self, scope: &mut Scope, import: &Import, target: Option<usize>) {
        let name = &import.package.value;
        match scope.packages.get(name) {
            None => {
                scope.packages.insert(name.clone(), (target, import.package.span));
            }
            Some((_, first)) => {
                let help = format!("to use two majors, import names: `use {name}@2.{{Name as Other}};`");
                self.duplicate("import", &import.package, *first, Some(help));
            }
        }
    }

    fn bind_name(&mut self, unit: usize, scope: &mut Scope, target: Option<usize>, name: &ImportName) {
        let known_as = name.alias.as_ref().unwrap_or(&name.name);
        let taken = scope.own.get(&known_as.value).or_else(|| scope.imported.get(&known_as.value));
        let taken = taken.map(|(_, span)| *span);
        let taken_event = scope.own_events.get(&known_as.value).map(|(_, span)| *span);
        let taken_event =
            taken_event.or_else(|| scope.imported_events.get(&known_as.value).map(|(_, span)| *span));
        if let Some(first) = taken.or(taken_event) {
            let help = format!("give the import a name of its own: `{} as Other`", name.name.value);
            self.duplicate("name", known_as, first, Some(help));
            return;
        }
        let Some(target) = target else {
            scope.imported.insert(known_as.value.clone(), (Target::Unknown, known_as.span));
            scope.imported_events.insert(known_as.value.clone(), (None, known_as.span));
            return;
        };
        // A package that imports itself is reported as a circle; its scope is in our hands right now.
        let exports = if target == unit { &*scope } else { &self.scopes[target] };
        if let Some((found @ Target::Type(id), _)) = exports.own.get(&name.name.value).copied() {
            self.note_import(name, self.type_decls[id.0 as usize]);
            scope.imported.insert(known_as.value.clone(), (found, known_as.span));
        } else if let Some((event, _)) = exports.own_events.get(&name.name.value).copied() {
            self.note_import(name, self.event_decls[event.0 as usize]);
            scope.imported_events.insert(known_as.value.clone(), (Some(event), known_as.span));
        } else {
            if self.units[target].ast.damage.may_declare(&name.name.value) {
                scope.imported.insert(known_as.value.clone(), (Target::Unknown, known_as.span));
                scope.imported_events.insert(known_as.value.clone(), (None, known_as.span));
                return;
            }
            let package = &self.units[target].ast.package.value;
            let candidates: Vec<&str> =
                self.units[target].ast.items.iter().map(|item| item.head.name.value.as_str()).collect();
            let help = match exports.own.get(&name.name.value) {
                Some((Target::Interface, _)) => {
                    Some("it is an interface: those are not used by other packages' schemas".to_owned())
                }
                _ => did_you_mean(&name.name.value, candidates),
            };
            self.errors.push(SchemaError::UnknownImport {
                package: package.clone(),
                name: name.name.value.clone(),
                span: name.name.span,
                help,
            });
            scope.imported.insert(known_as.value.clone(), (Target::Unknown, known_as.span));
            scope.imported_events.insert(known_as.value.clone(), (None, known_as.span));
        }
    }
}

/// `a → b → a`, shortened in the middle.
pub(super) fn chain(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    if names.len() <= SHOWN {
        return names.join(" → ");
    }
    let (head, tail) = (&names[..SHOWN / 2], &names[names.len() - SHOWN / 2..]);
    format!("{} → … → {}", head.join(" → "), tail.join(" → "))
}
