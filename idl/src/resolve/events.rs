//! Which event a name means, and what handlers may ask of it.

use std::fmt::Arguments;

use super::attributes::{Place, WIRE_BYTES};
use super::names::early_since;
use super::{Decl, Owner, Resolver};
use crate::analysis::{Symbol, SymbolKind};
use crate::ast::ItemKind;
use crate::error::SchemaError;
use crate::model::{Event, EventId, Meta, Scalar, Subscription, Type, TypeKind};
use crate::source::{Span, Spanned};
use crate::suggest::did_you_mean;

/// How the framework calls the events that carry tasks.
const TASKS: &str = "lymph.tasks.";

impl Resolver<'_> {
    /// The event that `name` means: of this file, imported by name, of an imported package, or written in
    /// full behind its package's name. `None` when that was reported.
    pub(super) fn resolve_event(
        &mut self,
        owner: &Owner,
        name: &Spanned<String>,
        user: Arguments<'_>,
    ) -> Option<EventId> {
        let scope = &self.scopes[owner.unit];
        let found = if let Some((event, _)) = scope.own_events.get(&name.value) {
            *event
        } else if let Some((event, _)) = scope.imported_events.get(&name.value) {
            (*event)?
        } else {
            let holders: Vec<(usize, EventId)> = scope
                .imports
                .iter()
                .filter_map(|unit| Some((*unit, self.scopes[*unit].own_events.get(&name.value)?.0)))
                .collect();
            match holders[..] {
                [(_, event)] => event,
                [] => match self.qualified_event(owner.unit, &name.value) {
                    Some(event) => event,
                    None => {
                        self.unknown_event(owner.unit, name);
                        return None;
                    }
                },
                [(first, _), ..] => {
                    let package = |unit: usize| self.units[unit].ast.package.value.as_str();
                    let packages: Vec<String> =
                        holders.iter().map(|(unit, _)| format!("`{}`", package(*unit))).collect();
                    self.errors.push(SchemaError::AmbiguousEvent {
                        name: name.value.clone(),
                        packages: packages.join(" and "),
                        example: format!("{}.{}", package(first), name.value),
                        span: name.span,
                    });
                    return None;
                }
            }
        };
        self.note_event(owner.unit, name, found);
        let decl = self.event_decls[found.0 as usize];
        self.check_age(owner, user, decl, name);
        Some(found)
    }

    /// `maps.common.address_changed`: an imported package's name, then the event's.
    fn qualified_event(&self, unit: usize, name: &str) -> Option<EventId> {
        self.scopes[unit].imports.iter().find_map(|target| {
            let rest = name.strip_prefix(self.units[*target].ast.package.value.as_str())?;
            let event = self.scopes[*target].own_events.get(rest.strip_prefix('.')?)?;
            Some(event.0)
        })
    }

    /// The name of an event without a package's name in front.
    pub(super) fn event_part<'n>(&self, unit: usize, name: &'n str) -> &'n str {
        let scope = &self.scopes[unit];
        let known = |name: &str| {
            scope.own_events.contains_key(name)
                || scope.imported_events.contains_key(name)
                || scope.imports.iter().any(|target| self.scopes[*target].own_events.contains_key(name))
        };
        if known(name) {
            return name;
        }
        let qualified = scope.imports.iter().find_map(|target| {
            name.strip_prefix(self.units[*target].ast.package.value.as_str())?.strip_prefix('.')
        });
        qualified.unwrap_or(name)
    }

    fn unknown_event(&mut self, unit: usize, name: &Spanned<String>) {
        let scope = &self.scopes[unit];
        let units = scope.imports.iter().chain([&unit]);
        let is_lost = |unit: &usize| self.units[*unit].ast.damage.may_declare(&name.value);
        if scope.incomplete || units.clone().any(is_lost) {
            return;
        }
        let events_of = |unit: usize| {
            let items = self.units[unit].ast.items.iter();
            let events = items.filter(|item| matches!(item.kind, ItemKind::Event(_)));
            events.map(|item| item.head.name.value.as_str())
        };
        let mut candidates: Vec<&str> = events_of(unit).collect();
        candidates.extend(scope.imports.iter().flat_map(|target| events_of(*target)));
        let elsewhere = (0..self.units.len())
            .find(|other| *other != unit && self.scopes[*other].own_events.contains_key(&name.value));
        let help = match elsewhere {
            Some(other) => {
                let package = &self.units[other].ast.package.value;
                Some(format!("package `{package}` declares it: add `use {package}.{{{}}};`", name.value))
            }
            None => did_you_mean(&name.value, candidates).or_else(|| {
                Some(format!("declare it, as `event {} {{ … }}`, or import its package", name.value))
            }),
        };
        self.errors.push(SchemaError::UnknownEvent { name: name.value.clone(), span: name.span, help });
    }

    pub(super) fn check_event_name(&mut self, meta: &Meta) {
        if meta.wire.starts_with(TASKS) {
            let help = "tasks travel under these names; choose another one";
            self.reserved_wire(meta, Place::Event, help);
        }
        if meta.wire.len() > WIRE_BYTES {
            self.errors.push(SchemaError::TooLong {
                what: "a routing key",
                limit: WIRE_BYTES,
                unit: "bytes",
                span: meta.name.span,
            });
        }
    }

    /// Wildcards stand alone between dots; the grammar has seen to the rest.
    pub(super) fn check_topic(&mut self, topic: &Spanned<String>) -> Option<()> {
        let fits = topic.value.len() <= WIRE_BYTES
            && topic.value.split('.').all(|word| matches!(word, "*" | "#") || !word.contains(['*', '#']));
        if !fits {
            self.errors.push(SchemaError::BadTopic { topic: topic.value.clone(), span: topic.span });
        }
        fits.then_some(())
    }

    /// The key of `@serial` is a field that is always there and reads the same in every language.
    pub(super) fn check_serial(
        &mut self,
        owner: &Owner,
        serial: &Spanned<(Spanned<String>, u16)>,
        subscription: &Subscription,
        events: &[Event],
    ) {
        let key = &serial.value.0;
        let Subscription::Event(id) = subscription else {
            let help = "name one event: the fields of others are not known".to_owned();
            self.bad_key(key, "a handler with wildcards cannot be serial".to_owned(), None, Some(help));
            return;
        };
        let decl = self.event_decls[id.0 as usize];
        let ItemKind::Event(written) = &self.item(decl).kind else { return };
        let index = self.field_index.entry(*id).or_insert_with(|| {
            let fields = written.fields.iter().enumerate();
            fields.map(|(index, field)| (field.head.name.value.as_str(), index)).collect()
        });
        let Some(index) = index.get(key.value.as_str()).copied() else {
            if written.damaged {
                return;
            }
            let names = written.fields.iter().map(|field| field.head.name.value.as_str());
            let help = did_you_mean(&key.value, names);
            let message = format!("event `{}` has no field `{}`", self.item(decl).head.name.value, key.value);
            self.bad_key(key, message, None, help);
            return;
        };
        let declared = written.fields[index].head.name.span;
        self.note(key.span, Symbol { name: declared, kind: SymbolKind::Field });
        // Missing when errors cut the event short.
        let Some(field) = events.get(id.0 as usize).and_then(|event| event.record.fields.get(index)) else {
            return;
        };
        if self.poisoned.contains(&field.ty.span) {
            return;
        }
        if !self.is_key(&field.ty) {
            let message = format!("`{}` cannot be the key of a serial handler", key.value);
            let help = "keys are `string`, `uuid`, `bool`, integers and enums, and never optional".to_owned();
            self.bad_key(key, message, Some(field.meta.name.span), Some(help));
            return;
        }
        let since = early_since(&written.fields[index].head.attributes);
        let since = since.unwrap_or(decl.since).max(decl.since);
        self.check_age(owner, format_args!("this handler"), Decl { since, ..decl }, key);
    }

    fn bad_key(&mut self, key: &Spanned<String>, message: String, field: Option<Span>, help: Option<String>) {
        self.errors.push(SchemaError::BadSerialKey { message, span: key.span, field, help });
    }

    fn is_key(&self, ty: &Type) -> bool {
        let mut ty = ty;
        // Chains of aliases are bounded.
        while let TypeKind::Named(id) = &ty.kind {
            match self.alias_types.get(id) {
                Some(target) => ty = target,
                None => return matches!(self.shapes[id.0 as usize], super::Shape::Enum(_)),
            }
        }
        matches!(&ty.kind, TypeKind::Scalar(scalar)
            if scalar.int_range().is_some() || matches!(scalar, Scalar::String | Scalar::Uuid | Scalar::Bool))
    }
}
