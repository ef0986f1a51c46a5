//! The one relation between types: whether each side reads what the other writes.
//!
//! Declared types that meet are compared once, however often and from wherever they are used; the graph
//! says afterwards where their values travel. So recursive types need no guess.

use lymph_idl::Spanned;
use lymph_idl::model::{Constraints, Literal, Package, Scalar, Type, TypeDef, TypeDefKind, TypeId, TypeKind};

use super::members::matching_types;
use super::{Walk, at_declaration};
use crate::graph::NodeId;
use crate::line;
use crate::matching::{Matching, Named};
use crate::node::{Choice, ChoiceKind, Members, Owner, Value};
use crate::pair::Pair;
use crate::path::{Part, Path};
use crate::sink::{At, Scope};

/// A type where it is used, with the default behind it.
type Use<'a> = (&'a Type, Option<&'a Spanned<Literal>>);

impl<'a> Walk<'a> {
    /// Compares declared types until no new ones meet.
    pub(super) fn follow_types(&mut self) {
        while let Some((types, node)) = self.queue.pop() {
            self.definitions(self.type_defs(types), node);
        }
    }

    /// Compares what no operation uses: another package may.
    pub(super) fn declared_types(&mut self, packages: Pair<Option<&'a Package>>) {
        for types in matching_types(self.schemas, packages).pairs {
            let have_met = self.graph.met().zip(types).map(|(met, it)| met.contains(&it.id));
            // A type that met another one took its place.
            if !have_met.old && !have_met.new {
                self.meet(types);
                self.follow_types();
            }
        }
    }

    /// Says that values of `holder` hold those of declared types.
    pub(super) fn hold(&mut self, holder: NodeId, types: Pair<&'a TypeDef>) {
        let node = self.meet(types);
        self.graph.hold(holder, node);
    }

    fn meet(&mut self, types: Pair<&'a TypeDef>) -> NodeId {
        let package = &line::name(self.sides, self.schemas.new.package(types.new.package));
        let ids = types.map(|it| it.id);
        let names = self
            .schemas
            .zip(types)
            .map(|(schema, it)| (&*schema.package(it.package).name.value, &*it.meta.name.value));
        let former = names.differs().then(|| format!("{}.{}", names.old.0, names.old.1));
        let (node, is_new) = self.graph.types(ids, package, former);
        if is_new {
            self.queue.push((ids, node));
        }
        node
    }

    fn type_defs(&self, types: Pair<TypeId>) -> Pair<&'a TypeDef> {
        self.schemas.zip(types).map(|(schema, id)| schema.type_def(id))
    }

    fn definitions(&mut self, types: Pair<&'a TypeDef>, node: NodeId) {
        let packages = self.schemas.zip(types).map(|(schema, it)| Some(schema.package(it.package)));
        let scope = Scope::new(self.sides, packages);
        let path = Path::root(&types.new.meta.name.value);
        let at = at_declaration(scope, &path, types.map(Named::meta), Some(node));
        self.index.type_def(&types, &mut self.changes, at);
        let schemas = self.schemas;
        match (&types.old.kind, &types.new.kind) {
            (TypeDefKind::Struct(old), TypeDefKind::Struct(new)) => {
                let records = schemas.zip(Pair::new(old, new));
                self.members(&records.map(|(schema, it)| Members::of_record(schema, Owner::Struct, it)), at);
            }
            (TypeDefKind::Error(old), TypeDefKind::Error(new)) => {
                let errors = Pair::new(old, new);
                self.index.error(&errors, &mut self.changes, at);
                let records = schemas.zip(errors);
                let record = |(schema, it)| {
                    let error: &'a lymph_idl::model::ErrorDef = it;
                    Members::of_record(schema, Owner::Error, &error.record)
                };
                self.members(&records.map(record), at);
            }
            (TypeDefKind::Enum(old), TypeDefKind::Enum(new)) => {
                self.choice(schemas.zip(Pair::new(ChoiceKind::Enum(old), ChoiceKind::Enum(new))), at);
            }
            (TypeDefKind::Union(old), TypeDefKind::Union(new)) => {
                self.choice(schemas.zip(Pair::new(ChoiceKind::Union(old), ChoiceKind::Union(new))), at);
                let payloads = Matching::by_wire(Pair::new(&old.variants, &new.variants));
                for pair in payloads.pairs {
                    let name = &pair.new.meta.name.value;
                    let path = path.then(Part::Member(name));
                    let spans = pair.map(|variant| Some(variant.meta.span));
                    self.uses(pair.map(|variant| (&variant.ty, None)), At { path: &path, name, spans, ..at });
                }
            }
            // Of other kinds; or aliases, which are what they stand for.
            (old, new) => {
                let has_alias = [old, new].iter().any(|kind| matches!(kind, TypeDefKind::Alias(_)));
                let used = types.map(as_used);
                let uses = used.as_ref().zip(types).map(|(used, def)| match &def.kind {
                    TypeDefKind::Alias(target) => target,
                    _ => used,
                });
                if has_alias {
                    self.uses(uses.map(|ty| (ty, None)), at);
                } else {
                    let values = schemas.zip(uses).map(|(schema, ty)| Value::new(schema, ty, None));
                    self.index.types(&values, &mut self.changes, at);
                }
            }
        }
    }

    fn choice(&mut self, choices: Pair<(&'a lymph_idl::Schema, ChoiceKind<'a>)>, at: At<'_, 'a>) {
        let choices = choices.map(|(schema, kind)| Choice { schema, kind });
        let changes = choices.changes();
        self.index.choice(&choices, &changes, &mut self.changes, at);
        for variants in changes.pairs {
            let name = &variants.new.name.value;
            let path = at.path.then(Part::Member(name));
            self.meta(variants, At { path: &path, name, spans: variants.map(|it| Some(it.span)), ..at });
        }
    }

    /// Compares fields or parameters.
    pub(super) fn members(&mut self, members: &Pair<Members<'a>>, at: At<'_, 'a>) {
        let changes = members.changes();
        self.index.members(members, &changes, &mut self.changes, at);
        for fields in changes.pairs {
            let name = &fields.new.meta.name.value;
            let part = if at.guards { Part::Param(name) } else { Part::Member(name) };
            let path = at.path.then(part);
            let spans = fields.map(|field| Some(field.meta.span));
            let at = At { path: &path, name, spans, guards: false, ..at };
            self.meta(fields.map(Named::meta), at);
            self.uses(fields.map(|field| (&field.ty, field.default.as_ref())), at);
        }
    }

    /// Compares two uses of types.
    pub(super) fn uses<'t>(&mut self, uses: Pair<Use<'t>>, at: At<'_, 'a>)
    where
        'a: 't,
    {
        let values = self.schemas.zip(uses).map(|(schema, (ty, default))| Value::new(schema, ty, default));
        let node = at.node.expect("values are held by something");
        if let Some(types) = self.same_alias(&values) {
            // Whatever the alias stands for is compared once, where it is declared.
            self.index.presence(&values.as_ref().map(Value::as_used), &mut self.changes, at);
            if values.as_ref().map(Value::own_constraints).differs() {
                self.index.bounds(&values, &mut self.changes, at);
            }
            self.hold(node, types);
            return;
        }
        self.index.presence(&values, &mut self.changes, at);
        self.index.naming(&values, &mut self.changes, at);
        self.shapes(&values, node, at);
    }

    fn shapes(&mut self, values: &Pair<Value<'_>>, node: NodeId, at: At<'_, 'a>) {
        match (&values.old.ty.kind, &values.new.ty.kind) {
            (TypeKind::Scalar(old), TypeKind::Scalar(new)) => {
                if old != new {
                    self.index.types(values, &mut self.changes, at);
                }
                // Of other types it makes no sense to say that one allows more.
                if old == new || (is_number(*old) && is_number(*new)) {
                    self.index.bounds(values, &mut self.changes, at);
                }
            }
            (TypeKind::List(old) | TypeKind::Set(old), TypeKind::List(new) | TypeKind::Set(new)) => {
                if values.as_ref().map(|value| matches!(value.ty.kind, TypeKind::Set(_))).differs() {
                    self.index.types(values, &mut self.changes, at);
                }
                self.index.bounds(values, &mut self.changes, at);
                self.inner(Pair::new(old, new), Part::Elements, at);
            }
            (TypeKind::Map(old_key, old), TypeKind::Map(new_key, new)) => {
                self.index.bounds(values, &mut self.changes, at);
                self.inner(Pair::new(old_key, new_key), Part::Keys, at);
                self.inner(Pair::new(old, new), Part::Values, at);
            }
            (TypeKind::Named(old), TypeKind::Named(new)) => {
                let types = self.type_defs(Pair::new(*old, *new));
                // That a type became one of another kind is told where it is declared.
                if have_same_kind(types) || self.are_one(types) {
                    self.hold(node, types);
                } else {
                    self.index.types(values, &mut self.changes, at);
                }
            }
            (TypeKind::Scalar(Scalar::String), TypeKind::Named(_))
            | (TypeKind::Named(_), TypeKind::Scalar(Scalar::String)) => {
                self.index.types(values, &mut self.changes, at);
                if values.old.as_enum().or(values.new.as_enum()).is_some() {
                    self.index.bounds(values, &mut self.changes, at);
                }
            }
            _ => self.index.types(values, &mut self.changes, at),
        }
    }

    fn inner(&mut self, types: Pair<&Type>, part: Part<'_>, at: At<'_, 'a>) {
        let path = at.path.then(part);
        self.uses(types.map(|ty| (ty, None)), At { path: &path, ..at });
    }

    /// The outermost declared types, when they are one and one of them is an alias.
    fn same_alias(&self, values: &Pair<Value<'_>>) -> Option<Pair<&'a TypeDef>> {
        let Pair { old: Some(old), new: Some(new) } = values.as_ref().map(|value| value.named) else {
            return None;
        };
        let types = self.type_defs(Pair::new(old, new));
        let is_alias = |it: &TypeDef| matches!(it.kind, TypeDefKind::Alias(_));
        let has_alias = is_alias(types.old) || is_alias(types.new);
        (has_alias && self.are_one(types)).then_some(types)
    }

    /// Whether two declared types are one: of the same name, or each of a name that only its side has.
    fn are_one(&self, types: Pair<&TypeDef>) -> bool {
        let Pair { old, new } = types.map(|it| &it.meta.name.value);
        old == new || (!self.sides.new.has_type(old) && !self.sides.old.has_type(new))
    }
}

/// A declared type as a use of it would be, for comparing declarations of other kinds.
fn as_used(def: &TypeDef) -> Type {
    let (kind, span) = (TypeKind::Named(def.id), def.meta.name.span);
    Type { kind, constraints: Constraints::default(), span }
}

/// Whether values of declared types can be compared part by part.
fn have_same_kind(types: Pair<&TypeDef>) -> bool {
    !types.map(|it| std::mem::discriminant(&it.kind)).differs()
}

fn is_number(scalar: Scalar) -> bool {
    scalar.int_range().is_some() || scalar.is_float()
}
