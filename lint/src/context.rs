//! What rules look at: the packages that were asked for, flattened.

use std::collections::{BTreeMap, BTreeSet};

use lymph_idl::analysis::{Role, Symbol, SymbolKind};
use lymph_idl::model::{
    Event, Field, Interface, Meta, Method, Package, Scalar, Since, Type, TypeDef, TypeDefKind, TypeKind,
};
use lymph_idl::{Analysis, FileId, Schema, Span};

/// The schema in the forms that rules ask for.
pub(crate) struct Context<'a> {
    pub analysis: &'a Analysis,
    pub schema: &'a Schema,
    /// Everything with a name and attributes in the packages asked for, by file and place.
    pub named: Vec<Named<'a>>,
    /// Names that are taken among the members of each owner.
    taken: BTreeSet<(Option<usize>, &'a str)>,
    /// Where each symbol is named.
    occurrences: BTreeMap<Symbol, Vec<Span>>,
    /// Places in `named`, by where its declarations begin.
    by_start: BTreeMap<Span, usize>,
    /// What is declared anywhere, by the place of its name.
    declared: BTreeMap<Span, &'a Meta>,
    roots: BTreeSet<FileId>,
}

/// A declaration or member.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    pub kind: SymbolKind,
    pub meta: &'a Meta,
    /// Of fields, parameters and variants of unions.
    pub field: Option<&'a Field>,
    /// Whose member it is: its place in [`Context::named`].
    pub parent: Option<usize>,
}

/// A place that names something.
#[derive(Clone, Copy)]
pub(crate) struct Dependency<'a> {
    pub span: Span,
    /// The innermost declaration or member around it: its place in [`Context::named`].
    pub user: usize,
    pub used: &'a Meta,
    /// Of what is used.
    pub kind: SymbolKind,
}

impl Named<'_> {
    /// As messages call it.
    pub(crate) fn noun(&self) -> &'static str {
        noun(self.kind)
    }
}

/// As messages call things of this kind.
pub(crate) const fn noun(kind: SymbolKind) -> &'static str {
    match kind {
        SymbolKind::Package => "package",
        SymbolKind::Interface => "interface",
        SymbolKind::Method => "method",
        SymbolKind::Parameter => "parameter",
        SymbolKind::Handler => "handler",
        SymbolKind::Struct => "struct",
        SymbolKind::Enum => "enum",
        SymbolKind::Union => "union",
        SymbolKind::Alias => "type",
        SymbolKind::Error => "error",
        SymbolKind::Event => "event",
        SymbolKind::Field => "field",
        SymbolKind::Variant => "variant",
    }
}

impl<'a> Context<'a> {
    pub(crate) fn new(analysis: &'a Analysis) -> Self {
        let schema = &analysis.schema;
        let roots = schema.packages.iter().filter(|package| package.is_root).map(|package| package.file);
        let mut context = Self {
            analysis,
            schema,
            named: Vec::new(),
            taken: BTreeSet::new(),
            occurrences: BTreeMap::new(),
            by_start: BTreeMap::new(),
            declared: BTreeMap::new(),
            roots: roots.collect(),
        };
        for package in &schema.packages {
            let first = context.named.len();
            context.add_package(package);
            let declared = context.named[first..].iter().map(|named| (named.meta.name.span, named.meta));
            context.declared.extend(declared);
            if !package.is_root {
                context.named.truncate(first);
            }
        }
        for found in analysis.occurrences() {
            context.occurrences.entry(found.symbol).or_default().push(found.span);
        }
        let taken = context.named.iter().map(|named| (named.parent, named.meta.name.value.as_str()));
        context.taken = taken.collect();
        let starts = context.named.iter().enumerate().map(|(index, named)| (named.meta.span, index));
        context.by_start = starts.collect();
        context
    }

    fn add_package(&mut self, package: &'a Package) {
        for interface in &package.interfaces {
            let owner = self.add(SymbolKind::Interface, &interface.meta, None, None);
            for method in &interface.methods {
                let index = self.add(SymbolKind::Method, &method.meta, None, Some(owner));
                self.add_fields(SymbolKind::Parameter, &method.params, index);
            }
            for handler in &interface.handlers {
                self.add(SymbolKind::Handler, &handler.meta, None, Some(owner));
            }
        }
        for event in package.events.iter().map(|id| self.schema.event(*id)) {
            let owner = self.add(SymbolKind::Event, &event.meta, None, None);
            self.add_fields(SymbolKind::Field, &event.record.fields, owner);
        }
        for def in package.types.iter().map(|id| self.schema.type_def(*id)) {
            self.add_type(def);
        }
    }

    fn add_type(&mut self, def: &'a TypeDef) {
        let (kind, members, fields) = match &def.kind {
            TypeDefKind::Struct(record) => (SymbolKind::Struct, SymbolKind::Field, record.fields.as_slice()),
            TypeDefKind::Error(error) => (SymbolKind::Error, SymbolKind::Field, &*error.record.fields),
            TypeDefKind::Union(union) => (SymbolKind::Union, SymbolKind::Variant, &*union.variants),
            TypeDefKind::Enum(_) => (SymbolKind::Enum, SymbolKind::Variant, &[][..]),
            TypeDefKind::Alias(_) => (SymbolKind::Alias, SymbolKind::Field, &[][..]),
        };
        let owner = self.add(kind, &def.meta, None, None);
        self.add_fields(members, fields, owner);
        if let TypeDefKind::Enum(declared) = &def.kind {
            for variant in &declared.variants {
                self.add(SymbolKind::Variant, variant, None, Some(owner));
            }
        }
    }

    fn add_fields(&mut self, kind: SymbolKind, fields: &'a [Field], owner: usize) {
        for field in fields {
            self.add(kind, &field.meta, Some(field), Some(owner));
        }
    }

    fn add(
        &mut self,
        kind: SymbolKind,
        meta: &'a Meta,
        field: Option<&'a Field>,
        parent: Option<usize>,
    ) -> usize {
        self.named.push(Named { kind, meta, field, parent });
        self.named.len() - 1
    }

    /// The packages asked for.
    pub(crate) fn packages(&self) -> impl Iterator<Item = &'a Package> + use<'a> {
        self.schema.packages.iter().filter(|package| package.is_root)
    }

    pub(crate) fn interfaces(&self) -> impl Iterator<Item = &'a Interface> + use<'a> {
        self.packages().flat_map(|package| &package.interfaces)
    }

    pub(crate) fn methods(&self) -> impl Iterator<Item = (&'a Interface, &'a Method)> + use<'a> {
        self.interfaces()
            .flat_map(|interface| interface.methods.iter().map(move |method| (interface, method)))
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = &'a Event> + use<'a> {
        let schema = self.schema;
        self.packages().flat_map(|package| &package.events).map(|id| schema.event(*id))
    }

    pub(crate) fn types(&self) -> impl Iterator<Item = &'a TypeDef> + use<'a> {
        let schema = self.schema;
        self.packages().flat_map(|package| &package.types).map(|id| schema.type_def(*id))
    }

    /// Fields, parameters and variants of unions.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (Named<'a>, &'a Field)> + '_ {
        self.named.iter().filter_map(|named| Some((*named, named.field?)))
    }

    /// Every type as it is written in the packages asked for, those inside others included.
    pub(crate) fn type_uses(&self) -> Vec<&'a Type> {
        let mut outer: Vec<&'a Type> = self.fields().map(|(_, field)| &field.ty).collect();
        outer.extend(self.methods().filter_map(|(_, method)| method.result.as_ref()));
        outer.extend(self.types().filter_map(|def| match &def.kind {
            TypeDefKind::Alias(target) => Some(target),
            _ => None,
        }));
        let mut all = Vec::new();
        while let Some(ty) = outer.pop() {
            outer.extend(inner_types(ty));
            all.push(ty);
        }
        all.sort_by_key(|ty| ty.span);
        all
    }

    /// The members of the declaration at `index`.
    pub(crate) fn members(&self, index: usize) -> impl Iterator<Item = &Named<'a>> {
        // Members stand behind their owner, and theirs behind each of them.
        let below = self.named[index + 1..].iter();
        below
            .take_while(move |named| named.parent >= Some(index))
            .filter(move |named| named.parent == Some(index))
    }

    /// Whether a member of the same owner has this name.
    pub(crate) fn is_taken(&self, beside: &Named<'_>, name: &str) -> bool {
        self.taken.contains(&(beside.parent, name))
    }

    /// Every place that names `symbol`, by file and place.
    pub(crate) fn occurrences_of(&self, symbol: Symbol) -> &[Span] {
        self.occurrences.get(&symbol).map_or(&[], Vec::as_slice)
    }

    /// What is declared with its name at `name`, in whatever package.
    pub(crate) fn declared(&self, name: Span) -> Option<&'a Meta> {
        self.declared.get(&name).copied()
    }

    /// Every place in the packages asked for that names something that is not part of what names it.
    pub(crate) fn dependencies(&self) -> Vec<Dependency<'a>> {
        let mut all = Vec::new();
        for found in self.analysis.occurrences().iter().filter(|found| found.role == Role::Reference) {
            let (Some(used), Some(user)) = (self.declared(found.symbol.name), self.around(found.span)) else {
                continue;
            };
            // A parameter in the `@http` path of its method, for one.
            let is_own = self.lineage(user).any(|owner| holds(owner.meta.span, used.span));
            if !is_own {
                all.push(Dependency { span: found.span, user, used, kind: found.symbol.kind });
            }
        }
        all
    }

    /// The innermost declaration or member around a place.
    pub(crate) fn around(&self, place: Span) -> Option<usize> {
        let (_, before) = self.by_start.range(..=Span { end: u32::MAX, ..place }).next_back()?;
        // The last one that begins before the place holds it, or one of its owners does, or none.
        std::iter::successors(Some(*before), |index| self.named[*index].parent)
            .find(|index| holds(self.named[*index].meta.span, place))
    }

    /// `index` and its owners, innermost first.
    pub(crate) fn lineage(&self, index: usize) -> impl Iterator<Item = &Named<'a>> {
        std::iter::successors(Some(&self.named[index]), |named| {
            named.parent.map(|parent| &self.named[parent])
        })
    }

    /// Whether `index` or one of its owners is deprecated.
    pub(crate) fn is_deprecated(&self, index: usize) -> bool {
        self.lineage(index).any(|named| named.meta.deprecated.is_some())
    }

    /// Since when there is what `index` belongs to; `None` since the package's first version.
    pub(crate) fn owner_since(&self, index: usize) -> Option<Since> {
        self.lineage(index).skip(1).find_map(|named| named.meta.since.as_ref()).map(|since| since.value)
    }

    /// The built-in type that `ty` comes down to, aliases and `?` aside.
    pub(crate) fn scalar(&self, ty: &Type) -> Option<Scalar> {
        match &self.schema.resolve_alias(ty).kind {
            TypeKind::Scalar(scalar) => Some(*scalar),
            TypeKind::Optional(inner) | TypeKind::Patch(inner) => self.scalar(inner),
            _ => None,
        }
    }

    /// Whether a name stands behind `as`.
    pub(crate) fn is_alias(&self, name: Span) -> bool {
        let before = self.text(name.file)[..name.start as usize].trim_end();
        before.strip_suffix("as").is_some_and(|rest| rest.ends_with(char::is_whitespace))
    }

    /// Where something of a kind is named inside `place` first.
    pub(crate) fn named_in(&self, place: Span, kind: SymbolKind) -> Option<Span> {
        let mut found = self.analysis.occurrences_in(place.file).iter();
        found.find(|found| found.symbol.kind == kind && holds(place, found.span)).map(|found| found.span)
    }

    pub(crate) fn is_root_file(&self, file: FileId) -> bool {
        self.roots.contains(&file)
    }

    pub(crate) fn text(&self, file: FileId) -> &'a str {
        &self.schema.sources.file(file).text
    }

    /// How lines end in a file.
    pub(crate) fn line_end(&self, file: FileId) -> &'static str {
        if self.text(file).contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// The blanks before `span` if nothing else stands before it on its line.
    pub(crate) fn indent(&self, span: Span) -> Option<&'a str> {
        let before = &self.text(span.file)[..span.start as usize];
        let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
        line.trim().is_empty().then_some(line)
    }
}

/// The types between angle brackets, or before a `?`.
pub(crate) fn inner_types(ty: &Type) -> Vec<&Type> {
    match &ty.kind {
        TypeKind::Scalar(_) | TypeKind::Named(_) => Vec::new(),
        TypeKind::List(inner) | TypeKind::Set(inner) | TypeKind::Optional(inner) | TypeKind::Patch(inner) => {
            vec![inner]
        }
        TypeKind::Map(key, value) => vec![key, value],
    }
}

/// Whether `inner` lies within `outer`.
pub(crate) fn holds(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}
