//! Which traits the types of a schema can have: answers that run through whole cycles of types.

use std::collections::BTreeSet;

use lymph_idl::model::{Scalar, Schema, Type, TypeDef, TypeDefKind, TypeId, TypeKind};

use crate::options::Options;

/// Answers for every type of a schema.
#[derive(Debug, Default)]
pub(crate) struct Traits {
    no_eq: BTreeSet<TypeId>,
    no_hash: BTreeSet<TypeId>,
    checked: BTreeSet<TypeId>,
}

impl Traits {
    pub(crate) fn of(schema: &Schema, options: &Options) -> Self {
        let foreign = |def: &TypeDef| is_foreign(schema, options, def);
        Self {
            no_eq: spread(schema, &foreign, is_partial),
            no_hash: spread(schema, &foreign, has_no_hash),
            // Types written by hand say nothing of their constraints.
            checked: spread(schema, &|_| false, is_constrained)
                .into_iter()
                .filter(|id| !foreign(schema.type_def(*id)))
                .collect(),
        }
    }

    /// Whether equality is total.
    pub(crate) fn eq(&self, ty: &Type) -> bool {
        holds_none(&self.no_eq, ty, is_partial)
    }

    /// Whether it has a hash.
    pub(crate) fn hash(&self, ty: &Type) -> bool {
        holds_none(&self.no_hash, ty, has_no_hash)
    }

    /// Whether there is something to check in a value of this type.
    pub(crate) fn is_checked(&self, ty: &Type) -> bool {
        !holds_none(&self.checked, ty, is_constrained)
    }

    /// Whether the struct or union has constraints inside.
    pub(crate) fn type_is_checked(&self, id: TypeId) -> bool {
        self.checked.contains(&id)
    }
}

/// Floats, and dynamic values that may be floats.
fn is_partial(ty: &Type) -> bool {
    matches!(ty.kind, TypeKind::Scalar(Scalar::F32 | Scalar::F64 | Scalar::Any))
}

fn has_no_hash(ty: &Type) -> bool {
    is_partial(ty) || matches!(ty.kind, TypeKind::Set(_) | TypeKind::Map(..))
}

fn is_constrained(ty: &Type) -> bool {
    !ty.constraints.is_empty()
}

/// A type that stands for one of ours and was written by hand.
fn is_foreign(schema: &Schema, options: &Options, def: &TypeDef) -> bool {
    let full = format!("{}.{}", schema.package(def.package).name.value, def.meta.name.value);
    options.extern_types.contains_key(&full)
}

/// All types that have a part for which `found` says yes, at any depth.
fn spread(schema: &Schema, start: &dyn Fn(&TypeDef) -> bool, found: fn(&Type) -> bool) -> BTreeSet<TypeId> {
    let all = || schema.packages.iter().flat_map(|package| &package.types).map(|id| schema.type_def(*id));
    let mut marked: BTreeSet<TypeId> = all().filter(|def| start(def)).map(|def| def.id).collect();
    loop {
        let before = marked.len();
        for def in all() {
            if !marked.contains(&def.id) && parts(def).any(|ty| !holds_none(&marked, ty, found)) {
                marked.insert(def.id);
            }
        }
        if marked.len() == before {
            return marked;
        }
    }
}

fn parts(def: &TypeDef) -> impl Iterator<Item = &Type> {
    let (fields, alias) = match &def.kind {
        TypeDefKind::Struct(record) => (&record.fields[..], None),
        TypeDefKind::Error(error) => (&error.record.fields[..], None),
        TypeDefKind::Union(union) => (&union.variants[..], None),
        TypeDefKind::Alias(target) => (&[][..], Some(target)),
        TypeDefKind::Enum(_) => (&[][..], None),
    };
    fields.iter().map(|field| &field.ty).chain(alias)
}

fn holds_none(marked: &BTreeSet<TypeId>, ty: &Type, found: fn(&Type) -> bool) -> bool {
    let none = |ty: &Type| holds_none(marked, ty, found);
    !found(ty)
        && match &ty.kind {
            TypeKind::Scalar(_) => true,
            TypeKind::List(inner)
            | TypeKind::Set(inner)
            | TypeKind::Optional(inner)
            | TypeKind::Patch(inner) => none(inner),
            TypeKind::Map(key, value) => none(key) && none(value),
            TypeKind::Named(id) => !marked.contains(id),
        }
}
