//! AST to model: names looked up, everything checked, every mistake reported.
//!
//! Nothing here recurses over declarations, and no pass looks at all pairs of them: a hostile file must not
//! overflow the stack or take long.

mod aliases;
mod attributes;
mod boxes;
mod casing;
mod collisions;
mod constraints;
mod defaults;
mod events;
mod hashing;
mod http;
mod imports;
mod interfaces;
mod literals;
mod names;
mod occurrences;
mod records;
mod seen;
mod types;

use std::collections::{HashMap, HashSet};
use std::fmt::Arguments;

use crate::analysis::Occurrence;
use crate::ast;
use crate::load::Unit;
use crate::model::{Event, EventId, Meta, Package, PackageId, Since, Type, TypeDef, TypeId};
use crate::report::Errors;
use crate::source::{Span, Spanned};
use crate::version::Version;
use aliases::Shape;
use attributes::Attributes;
pub(crate) use attributes::is_attribute;
pub use attributes::{ATTRIBUTES, KnownAttribute, Place};
use constraints::Patterns;
use names::Scope;
pub(crate) use names::{early_since, since_of};

/// Everything that a schema holds besides its sources.
pub(crate) struct Resolved {
    pub packages: Vec<Package>,
    pub types: Vec<TypeDef>,
    pub events: Vec<Event>,
}

/// Resolves all files of a run; the result is sound only if no error was pushed. Notes every place that
/// names something if `noted` is given.
pub(crate) fn resolve(
    units: &[Unit],
    nesting: usize,
    errors: &mut Errors,
    mut noted: Option<&mut Vec<Occurrence>>,
) -> Resolved {
    if let Some(noted) = &mut noted {
        occurrences::note_declarations(units, noted);
    }
    let mut resolver = Resolver {
        units,
        errors,
        nesting,
        scopes: Vec::new(),
        type_decls: Vec::new(),
        event_decls: Vec::new(),
        shapes: Vec::new(),
        alias_types: HashMap::new(),
        poisoned: HashSet::new(),
        variant_index: HashMap::new(),
        field_index: HashMap::new(),
        patterns: Patterns::default(),
        noted,
    };
    resolver.check_packages();
    resolver.declare_names();
    resolver.check_import_cycles();
    resolver.bind_imports();
    resolver.shape_aliases();
    resolver.resolve_alias_types();
    let mut types = resolver.resolve_types();
    let events = resolver.resolve_events();
    let packages = resolver.resolve_packages(&types, &events);
    if !resolver.errors.is_full() {
        resolver.check_hashing(&types, &events, &packages);
        resolver.box_cycles(&mut types);
        resolver.check_collisions(&types, &events, &packages);
        resolver.check_http_apart(&packages);
    }
    Resolved { packages, types, events }
}

/// A declaration by where it stands.
#[derive(Debug, Clone, Copy)]
struct Decl {
    unit: usize,
    item: usize,
    since: Since,
}

struct Resolver<'a> {
    units: &'a [Unit],
    errors: &'a mut Errors,
    /// Deepest chain of aliases.
    nesting: usize,
    /// One for each unit.
    scopes: Vec<Scope>,
    /// Indexed by [`TypeId`].
    type_decls: Vec<Decl>,
    /// Indexed by [`crate::model::EventId`].
    event_decls: Vec<Decl>,
    /// What each type comes down to, indexed by [`TypeId`].
    shapes: Vec<Shape>,
    /// What aliases stand for.
    alias_types: HashMap<TypeId, Type>,
    /// Uses of types that were reported already; further checks stay silent about them.
    poisoned: HashSet<Span>,
    /// Variants of enums that defaults name, and fields of events that handlers name, by name.
    variant_index: HashMap<TypeId, HashMap<&'a str, usize>>,
    field_index: HashMap<EventId, HashMap<&'a str, usize>>,
    patterns: Patterns,
    /// Places that name something, if that was asked for.
    noted: Option<&'a mut Vec<Occurrence>>,
}

/// Whose member something is, and how old it is.
#[derive(Debug, Clone)]
struct Owner {
    unit: usize,
    since: Since,
    /// The owner's `@since`, or its name where it has none.
    since_span: Span,
}

impl<'a> Resolver<'a> {
    fn item(&self, decl: Decl) -> &'a ast::Item {
        &self.units[decl.unit].ast.items[decl.item]
    }

    /// The oldest version that a file tells about.
    fn base(&self, unit: usize) -> Since {
        Since::Version(Version::new(self.units[unit].ast.version.value.major, 0, 0))
    }

    fn package_owner(&self, unit: usize) -> Owner {
        Owner { unit, since: self.base(unit), since_span: self.units[unit].ast.package.span }
    }

    /// Makes the [`Meta`] of a declaration or member, and the owner that its own members have.
    fn meta(&mut self, head: &ast::Head, place: Place, owner: &Owner) -> (Meta, Attributes, Owner) {
        let mut attributes = self.attributes(owner.unit, &head.attributes, place);
        let name = &head.name;
        self.check_name(name, place);
        let own = self.age(&attributes, place, name, owner);
        let wire = attributes.wire.as_ref().map_or_else(|| name.value.clone(), |wire| wire.value.clone());
        let meta = Meta {
            name: name.clone(),
            wire,
            was: std::mem::take(&mut attributes.was),
            docs: head.docs.clone(),
            since: attributes.since.clone(),
            deprecated: attributes.deprecated.take().map(Box::new),
            unstable: attributes.unstable,
            attributes: std::mem::take(&mut attributes.custom),
            span: head.span,
        };
        (meta, attributes, own)
    }

    /// Checks `@since` and `@deprecated` against the owner; the owner that members of this have.
    fn age(&mut self, read: &Attributes, place: Place, name: &Spanned<String>, owner: &Owner) -> Owner {
        let mut own = owner.clone();
        if !self.knows_ages(owner.unit) {
            return own;
        }
        if let Some(since) = &read.since {
            if since.value < owner.since {
                self.errors.push(crate::SchemaError::OlderThanOwner {
                    what: place.noun(),
                    name: name.value.clone(),
                    since: show(since.value),
                    owner_since: show(owner.since),
                    span: since.span,
                    owner: owner.since_span,
                });
            }
            own.since = since.value.max(owner.since);
            own.since_span = since.span;
        } else if owner.since == self.base(owner.unit) {
            own.since_span = name.span;
        }
        if let (Some(deprecated), Some(span)) = (&read.deprecated, read.deprecated_span)
            && deprecated.since < own.since
        {
            self.errors.push(crate::SchemaError::DeprecatedBeforeSince {
                deprecated: show(deprecated.since),
                since: show(own.since),
                span,
            });
        }
        own
    }

    /// Whether a package's own line could be read.
    fn knows_package(&self, package: PackageId) -> bool {
        !self.units[package.0 as usize].ast.damage.package
    }

    /// Whether all that a file says about ages could be read.
    fn knows_ages(&self, unit: usize) -> bool {
        let damage = &self.units[unit].ast.damage;
        !damage.package && !damage.attributes
    }

    /// Reports a use of something newer than its user. Ages of different packages cannot be compared.
    fn check_age(&mut self, owner: &Owner, user: Arguments<'_>, used: Decl, name: &Spanned<String>) {
        if used.unit != owner.unit || used.since <= owner.since || !self.knows_ages(owner.unit) {
            return;
        }
        self.errors.push(crate::SchemaError::UsesNewer {
            user: user.to_string(),
            since: show(owner.since),
            name: name.value.clone(),
            used_since: show(used.since),
            help: format!(
                "in version {} it would outlive what it needs: {}",
                show(owner.since),
                as_old(used.since)
            ),
            span: name.span,
        });
    }

    fn resolve_packages(&mut self, types: &[TypeDef], events: &[Event]) -> Vec<Package> {
        let mut packages = Vec::new();
        for (index, unit) in self.units.iter().enumerate() {
            let read = self.attributes(index, &unit.ast.attributes, Place::Package);
            let id = PackageId(index as u32);
            let mut imports: Vec<PackageId> = Vec::new();
            for target in unit.imports.iter().flatten() {
                let target = PackageId(*target as u32);
                if !imports.contains(&target) {
                    imports.push(target);
                }
            }
            packages.push(Package {
                id,
                name: unit.ast.package.clone(),
                version: unit.ast.version.clone(),
                docs: unit.ast.docs.clone(),
                file: unit.file,
                versioned_module: versioned_stem(unit).is_some(),
                is_root: unit.is_root,
                imports,
                interfaces: self.resolve_interfaces(index, events),
                events: events.iter().filter(|event| event.package == id).map(|event| event.id).collect(),
                types: types.iter().filter(|def| def.package == id).map(|def| def.id).collect(),
                attributes: read.custom,
            });
        }
        packages
    }
}

/// The digits of `v2.lymph`.
fn versioned_stem(unit: &Unit) -> Option<String> {
    let digits = unit.path.file_stem()?.to_str()?.strip_prefix('v')?;
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| digits.to_owned())
}

/// A version as `@since` writes it.
fn show(since: Since) -> String {
    match since {
        Since::Version(version) => format!("{}.{}", version.major, version.minor),
        Since::Next => "next".to_owned(),
    }
}

fn as_old(since: Since) -> String {
    format!("add `@since({})` to it, or make what it uses older", show(since))
}
