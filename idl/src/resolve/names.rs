//! Which names each file declares and sees.

use std::collections::HashMap;

use super::attributes::Place;
use super::{Decl, Resolver, literals, versioned_stem};
use crate::ast::{self, ItemKind};
use crate::error::SchemaError;
use crate::model::{EventId, Meta, Since, TypeId};
use crate::scalar::builtin_names;
use crate::source::{Span, Spanned};

/// What a name without dots stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Type(TypeId),
    Interface,
    /// Its import failed and was reported.
    Unknown,
}

/// The names that one file declares and sees.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// Types, errors and interfaces of this file.
    pub own: HashMap<String, (Target, Span)>,
    /// Events of this file.
    pub own_events: HashMap<String, (EventId, Span)>,
    /// Types and errors imported by name.
    pub imported: HashMap<String, (Target, Span)>,
    /// Events imported by name.
    pub imported_events: HashMap<String, (Option<EventId>, Span)>,
    /// Packages whose names may be written in full; `None` when the import failed.
    pub packages: HashMap<String, (Option<usize>, Span)>,
    /// Every unit that this one imports, in source order.
    pub imports: Vec<usize>,
    /// Whether an import failed, so that unknown events may come from there.
    pub incomplete: bool,
}

impl Scope {
    pub(super) fn target(&self, name: &str) -> Option<Target> {
        self.own.get(name).or_else(|| self.imported.get(name)).map(|(target, _)| *target)
    }
}

impl Resolver<'_> {
    /// Checks what each file says about itself, and that no two say the same.
    pub(super) fn check_packages(&mut self) {
        let mut seen: HashMap<(&str, u32), usize> = HashMap::new();
        for (index, unit) in self.units.iter().enumerate().filter(|(_, unit)| !unit.ast.damage.package) {
            let (package, version) = (&unit.ast.package, &unit.ast.version);
            if let Some(digits) = versioned_stem(unit)
                && digits != version.value.major.to_string()
            {
                self.errors.push(SchemaError::WrongMajorFile {
                    stem: format!("v{digits}"),
                    expected: digits,
                    version: version.value.to_string(),
                    span: version.span,
                });
            }
            let major = version.value.major;
            if let Some(&first) = seen.get(&(package.value.as_str(), major)) {
                self.errors.push(SchemaError::PackageTwice {
                    name: package.value.clone(),
                    major,
                    first_path: self.units[first].path.display().to_string(),
                    second_path: unit.path.display().to_string(),
                    second: package.span,
                    first: self.units[first].ast.package.span,
                });
            } else {
                seen.insert((&package.value, major), index);
            }
        }
    }

    /// Gives ids to all types and events.
    pub(super) fn declare_names(&mut self) {
        for (index, unit) in self.units.iter().enumerate() {
            let own = HashMap::with_capacity(unit.ast.items.len());
            let mut scope = Scope { own, ..Scope::default() };
            for (item_index, item) in unit.ast.items.iter().enumerate() {
                let since = early_since(&item.head.attributes).unwrap_or(self.base(index));
                let decl = Decl { unit: index, item: item_index, since };
                self.declare(&mut scope, item, decl);
            }
            self.scopes.push(scope);
        }
    }

    fn declare(&mut self, scope: &mut Scope, item: &ast::Item, decl: Decl) {
        let name = &item.head.name;
        if matches!(item.kind, ItemKind::Event(_)) {
            let id = EventId(self.event_decls.len() as u32);
            self.event_decls.push(decl);
            if let Some((_, first)) = scope.own_events.get(&name.value) {
                self.duplicate("event", name, *first, None);
            } else {
                scope.own_events.insert(name.value.clone(), (id, name.span));
            }
            return;
        }
        let target = if matches!(item.kind, ItemKind::Interface(_)) {
            Target::Interface
        } else {
            self.type_decls.push(decl);
            Target::Type(TypeId(self.type_decls.len() as u32 - 1))
        };
        if let Some((_, first)) = scope.own.get(&name.value) {
            self.duplicate("name", name, *first, None);
        } else {
            scope.own.insert(name.value.clone(), (target, name.span));
        }
    }

    pub(super) fn duplicate(
        &mut self,
        what: &'static str,
        name: &Spanned<String>,
        first: Span,
        help: Option<String>,
    ) {
        self.errors.push(SchemaError::DuplicateName {
            what,
            name: name.value.clone(),
            second: name.span,
            first,
            help,
        });
    }

    /// Refuses names that belong to the language.
    pub(super) fn check_name(&mut self, name: &Spanned<String>, place: Place) {
        let declares_type = matches!(
            place,
            Place::Interface | Place::Struct | Place::Enum | Place::Union | Place::Alias | Place::Error
        );
        if declares_type && builtin_names().any(|builtin| builtin == name.value) {
            self.reserved(name, place, "a built-in type", "choose another name");
        } else if !name.value.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
            let help = format!("call it something, and keep what travels with `@wire(\"{}\")`", name.value);
            self.reserved(name, place, "has no letter", &help);
        }
    }

    /// Refuses a name on the wire that belongs to the framework.
    pub(super) fn reserved_wire(&mut self, meta: &Meta, place: Place, help: &str) {
        let name = Spanned { value: meta.wire.clone(), span: meta.name.span };
        self.reserved(&name, place, "belongs to the framework", help);
    }

    fn reserved(&mut self, name: &Spanned<String>, place: Place, why: &'static str, help: &str) {
        self.errors.push(SchemaError::ReservedName {
            name: name.value.clone(),
            what: place.describe(),
            why,
            help: help.to_owned(),
            span: name.span,
        });
    }
}

/// The `@since` of a declaration before its attributes are checked.
pub(crate) fn early_since(attributes: &[ast::Attribute]) -> Option<Since> {
    attributes.iter().find(|attribute| attribute.name.value == "since").and_then(since_of)
}

/// The version that a `@since` or `@deprecated` names.
pub(crate) fn since_of(attribute: &ast::Attribute) -> Option<Since> {
    literals::since(&attribute.arguments.first()?.value.value)
}
