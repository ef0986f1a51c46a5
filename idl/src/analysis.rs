//! Schemas as an editor needs them: understood as far as they can be, with every place that names something.
//!
//! [`load`](crate::load) answers whether a schema is right; this answers what stands where, however much
//! of it is wrong.

use std::path::Path;
use std::sync::Arc;

use crate::load::{Earlier, Loader, Options, Units, load_units};
use crate::model::{Event, Field, Handler, Interface, Meta, Method, Package, Schema, TypeDef, TypeDefKind};
use crate::report::Failure;
use crate::source::{FileId, Span};

/// Reads schemas from wherever `loader` finds them, and keeps what could be understood.
///
/// ```
/// use lymph_idl::analysis::{Role, analyze};
/// use lymph_idl::{Memory, Options};
///
/// let text = "package zoo @ 1.0.0;\nstruct Zoo { best: Animal, worst: Animol }\nstruct Animal { name: string }\n";
/// let files = Memory::new().file("zoo.lymph", text);
/// let analysis = analyze(["zoo.lymph"], &Options::default(), &files);
///
/// assert_eq!(analysis.errors[0].to_string(), "unknown type `Animol`");
/// let file = analysis.schema.packages[0].file;
/// let animal = analysis.at(file, 40).unwrap().symbol;
/// assert_eq!(analysis.name(animal), "Animal");
/// let roles: Vec<Role> = analysis.occurrences_of(animal).map(|found| found.role).collect();
/// assert_eq!(roles, [Role::Reference, Role::Definition]);
/// ```
pub fn analyze<P: AsRef<Path>>(
    roots: impl IntoIterator<Item = P>,
    options: &Options,
    loader: &dyn Loader,
) -> Analysis {
    understand(load_units(roots, options, loader, None), options)
}

/// Reads schemas again: the same as [`analyze`], sooner. What did not change since `before` is not parsed
/// anew but taken from there, which leaves `before` good for nothing.
pub fn analyze_again<P: AsRef<Path>>(
    before: &mut Analysis,
    roots: impl IntoIterator<Item = P>,
    options: &Options,
    loader: &dyn Loader,
) -> Analysis {
    let Schema { sources, units, .. } = &mut before.schema;
    // Somebody who has a copy of the schema may still need it.
    let earlier = Arc::get_mut(units).map(|units| Earlier { sources, units });
    understand(load_units(roots, options, loader, earlier), options)
}

fn understand(units: Units, options: &Options) -> Analysis {
    let (schema, failure, mut occurrences) = units.into_parts(&options.limits);
    // A name may stand twice where two declarations of one name clash.
    occurrences.sort_unstable_by_key(|found| (found.span, found.symbol));
    occurrences.dedup();
    let (errors, truncated) =
        failure.map_or_else(Default::default, |Failure { errors, truncated, .. }| (errors, truncated));
    Analysis { schema, errors, truncated, occurrences }
}

/// What [`analyze`] found out.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// What could be understood: files that cannot be read are missing, and what is wrong in others is
    /// left out or of type `any`. Sound only if there are no [`errors`](Self::errors).
    pub schema: Schema,
    /// What is wrong, by file and place.
    pub errors: Vec<crate::SchemaError>,
    /// Whether there were more errors than [`Limits::errors`](crate::Limits::errors).
    pub truncated: bool,
    /// By file and place.
    occurrences: Vec<Occurrence>,
}

/// A place that names something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Occurrence {
    /// The name alone: of `maps.common.LatLng`, `maps.common` is one and `LatLng` another.
    pub span: Span,
    /// What it names.
    pub symbol: Symbol,
    /// Whether it is declared here.
    pub role: Role,
}

/// Why a name stands where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It is declared here.
    Definition,
    /// It is used here, or given another name by `as`.
    Reference,
}

/// Something that a schema declares and names; equal for all places that name the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol {
    /// The name where it is declared.
    pub name: Span,
    /// What it is.
    pub kind: SymbolKind,
}

/// The kinds of things that have names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum SymbolKind {
    Package,
    Interface,
    Method,
    Parameter,
    /// An `on` line with a name of its own, after `as`; others are only the event that they name.
    Handler,
    Struct,
    Enum,
    Union,
    Alias,
    Error,
    Event,
    Field,
    /// Of an enum or a union.
    Variant,
}

/// What the model knows about a [`Symbol`], with whom it belongs to.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Declaration<'a> {
    Package(&'a Package),
    Interface(&'a Interface),
    Method(&'a Interface, &'a Method),
    Parameter(&'a Interface, &'a Method, &'a Field),
    Handler(&'a Interface, &'a Handler),
    Type(&'a TypeDef),
    Event(&'a Event),
    /// Of an event.
    EventField(&'a Event, &'a Field),
    /// Of a struct or an error, or a variant of a union.
    Field(&'a TypeDef, &'a Field),
    /// Of an enum.
    Variant(&'a TypeDef, &'a Meta),
}

impl Declaration<'_> {
    /// Name, docs and history; `None` for a package.
    #[must_use]
    pub fn meta(&self) -> Option<&Meta> {
        Some(match self {
            Self::Package(_) => return None,
            Self::Interface(interface) => &interface.meta,
            Self::Method(_, method) => &method.meta,
            Self::Handler(_, handler) => &handler.meta,
            Self::Type(def) => &def.meta,
            Self::Event(event) => &event.meta,
            Self::Parameter(_, _, field) | Self::EventField(_, field) | Self::Field(_, field) => &field.meta,
            Self::Variant(_, meta) => meta,
        })
    }
}

impl Analysis {
    /// Every place that names something, by file and place.
    #[must_use]
    pub fn occurrences(&self) -> &[Occurrence] {
        &self.occurrences
    }

    /// Those of one file, by place.
    #[must_use]
    pub fn occurrences_in(&self, file: FileId) -> &[Occurrence] {
        let start = self.occurrences.partition_point(|found| found.span.file < file);
        let end = self.occurrences.partition_point(|found| found.span.file <= file);
        &self.occurrences[start..end]
    }

    /// What the name at a byte of a file stands for. The byte right behind a name belongs to it unless
    /// another one begins there: that is where a cursor stands after typing it.
    #[must_use]
    pub fn at(&self, file: FileId, offset: u32) -> Option<Occurrence> {
        let inside = self.occurrences_in(file);
        let after = inside.partition_point(|found| found.span.start <= offset);
        inside[..after].iter().rev().take(4).find(|found| found.span.end >= offset).copied()
    }

    /// Every place that names `symbol`, by file and place.
    pub fn occurrences_of(&self, symbol: Symbol) -> impl Iterator<Item = &Occurrence> {
        self.occurrences.iter().filter(move |found| found.symbol == symbol)
    }

    /// The name that `symbol` is declared with.
    #[must_use]
    pub fn name(&self, symbol: Symbol) -> &str {
        self.schema.sources.text(symbol.name)
    }

    /// What the model knows about `symbol`; `None` when errors kept it out.
    #[must_use]
    pub fn declaration(&self, symbol: Symbol) -> Option<Declaration<'_>> {
        let schema = &self.schema;
        let package = schema.packages.iter().find(|package| package.file == symbol.name.file)?;
        if package.name.span == symbol.name {
            return Some(Declaration::Package(package));
        }
        let inside = |meta: &Meta| meta.span.start <= symbol.name.start && symbol.name.end <= meta.span.end;
        let types = package.types.iter().map(|id| schema.type_def(*id));
        let events = package.events.iter().map(|id| schema.event(*id));
        let interface = package.interfaces.iter().find(|interface| inside(&interface.meta));
        if let Some(interface) = interface {
            return in_interface(interface, symbol.name);
        }
        if let Some(def) = types.into_iter().find(|def| inside(&def.meta)) {
            return in_type(def, symbol.name);
        }
        let event = events.into_iter().find(|event| inside(&event.meta))?;
        let field = event.record.fields.iter().find(|field| field.meta.name.span == symbol.name);
        Some(field.map_or(Declaration::Event(event), |field| Declaration::EventField(event, field)))
    }
}

fn in_interface(interface: &Interface, name: Span) -> Option<Declaration<'_>> {
    if interface.meta.name.span == name {
        return Some(Declaration::Interface(interface));
    }
    if let Some(handler) = interface.handlers.iter().find(|handler| handler.meta.name.span == name) {
        return Some(Declaration::Handler(interface, handler));
    }
    interface.methods.iter().find_map(|method| {
        if method.meta.name.span == name {
            return Some(Declaration::Method(interface, method));
        }
        let param = method.params.iter().find(|param| param.meta.name.span == name)?;
        Some(Declaration::Parameter(interface, method, param))
    })
}

fn in_type(def: &TypeDef, name: Span) -> Option<Declaration<'_>> {
    if def.meta.name.span == name {
        return Some(Declaration::Type(def));
    }
    let fields = match &def.kind {
        TypeDefKind::Enum(declared) => {
            let variant = declared.variants.iter().find(|variant| variant.name.span == name)?;
            return Some(Declaration::Variant(def, variant));
        }
        TypeDefKind::Struct(record) => &record.fields,
        TypeDefKind::Error(error) => &error.record.fields,
        TypeDefKind::Union(union) => &union.variants,
        TypeDefKind::Alias(_) => return None,
    };
    let field = fields.iter().find(|field| field.meta.name.span == name)?;
    Some(Declaration::Field(def, field))
}
