//! The one relation between types: whether each side reads what the other writes.
//!
//! Declared types that meet are compared once, however often and from wherever they are used; the graph
//! says afterwards where their values travel. So recursive types need no guess.

use lymph_idl::model::{Literal, Package, Type, TypeDef, TypeDefKind, TypeId, TypeKind};

use super::{Walk, at_declaration};
use crate::graph::NodeId;
use crate::matching::{Matching, Named};
use crate::node::{Choice, ChoiceKind, Members, Owner, Value};
use crate::pair::Pair;
use crate::path::{Part, Path};
use crate::sink::{At, Scope};

/// A type where it is used, with the default behind it.
type Use<'a> = (&'a Type, Option<&'a Literal>);

impl<'a> Walk<'a> {
    /// Compares declared types until no new ones meet.
    pub(super) fn follow_types(&mut self) {
        while let Some((types, node)) = self.queue.pop() {
            self.definitions(self.type_defs(types), node);
        }
    }

    /// Compares what no operation uses: another package may.
    pub(super) fn declared_types(&mut self, packages: Pair<Option<&'a Package>>) {
        for types in self.matching_types(packages).pairs {
            if same_kind(types) && !self.graph.have_met(types.map(|it| it.id)) {
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
        let package = &self.schemas.new.package(types.new.package).name.value;
        let ids = types.map(|it| it.id);
        let (node, is_new) = self.graph.types(ids, package);
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
        let scope = Scope { schemas: self.schemas, packages };
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
            (TypeDefKind::Alias(old), TypeDefKind::Alias(new)) => {
                self.uses(Pair::new((old, None), (new, None)), at);
            }
            // Whoever pairs them looks at their kinds first.
            _ => {}
        }
    }

    fn choice(&mut self, choices: Pair<(&'a lymph_idl::Schema, ChoiceKind<'a>)>, at: At<'_, 'a>) {
        let choices = choices.map(|(schema, kind)| Choice { schema, kind });
        self.index.choice(&choices, &mut self.changes, at);
        for variants in choices.matching().pairs {
            let name = &variants.new.name.value;
            let path = at.path.then(Part::Member(name));
            self.meta(variants, At { path: &path, name, spans: variants.map(|it| Some(it.span)), ..at });
        }
    }

    /// Compares fields or parameters.
    pub(super) fn members(&mut self, members: &Pair<Members<'a>>, at: At<'_, 'a>) {
        self.index.members(members, &mut self.changes, at);
        for fields in members.matching().pairs {
            let name = &fields.new.meta.name.value;
            let part = if at.guards { Part::Param(name) } else { Part::Member(name) };
            let path = at.path.then(part);
            let spans = fields.map(|field| Some(field.meta.span));
            let at = At { path: &path, name, spans, guards: false, ..at };
            self.meta(fields.map(Named::meta), at);
            self.uses(
                fields.map(|field| (&field.ty, field.default.as_ref().map(|default| &default.value))),
                at,
            );
        }
    }

    /// Compares two uses of types.
    pub(super) fn uses(&mut self, uses: Pair<Use<'a>>, at: At<'_, 'a>) {
        let values = self.schemas.zip(uses).map(|(schema, (ty, default))| Value::new(schema, ty, default));
        let node = at.node.expect("values are held by something");
        if let Some(aliases) = self.same_alias(&values) {
            // Whatever the alias stands for is compared once, where it is declared.
            self.index.presence(&values.map(|value| value.as_used()), &mut self.changes, at);
            self.hold(node, aliases);
            return;
        }
        self.index.presence(&values, &mut self.changes, at);
        self.index.naming(&values, &mut self.changes, at);
        self.shapes(&values, node, at);
    }

    fn shapes(&mut self, values: &Pair<Value<'a>>, node: NodeId, at: At<'_, 'a>) {
        match (&values.old.ty.kind, &values.new.ty.kind) {
            (TypeKind::Scalar(old), TypeKind::Scalar(new)) if old == new => {
                self.index.bounds(values, &mut self.changes, at);
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
            (TypeKind::Named(old), TypeKind::Named(new))
                if same_kind(self.type_defs(Pair::new(*old, *new))) =>
            {
                self.hold(node, self.type_defs(Pair::new(*old, *new)));
            }
            (TypeKind::Scalar(_), TypeKind::Scalar(_)) => {
                self.index.types(values, &mut self.changes, at);
                self.index.bounds(values, &mut self.changes, at);
            }
            _ => self.index.types(values, &mut self.changes, at),
        }
    }

    fn inner(&mut self, types: Pair<&'a Type>, part: Part<'_>, at: At<'_, 'a>) {
        let path = at.path.then(part);
        self.uses(types.map(|ty| (ty, None)), At { path: &path, ..at });
    }

    /// The outermost aliases, when both sides use one of the same name.
    fn same_alias(&self, values: &Pair<Value<'a>>) -> Option<Pair<&'a TypeDef>> {
        let Pair { old: Some(old), new: Some(new) } = values.as_ref().map(|value| value.aliases.first())
        else {
            return None;
        };
        let aliases = self.type_defs(Pair::new(*old, *new));
        let names = aliases.map(|alias| &alias.meta.name.value);
        (!names.differs()).then_some(aliases)
    }
}

/// Whether values of declared types can be compared part by part.
fn same_kind(types: Pair<&TypeDef>) -> bool {
    !types.map(|it| std::mem::discriminant(&it.kind)).differs()
}
