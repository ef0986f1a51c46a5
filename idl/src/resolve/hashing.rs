//! Elements of sets and keys of maps have equality and a hash.

use std::collections::VecDeque;

use super::Resolver;
use super::aliases::Shape;
use crate::error::SchemaError;
use crate::model::{Event, Package, Scalar, Type, TypeDef, TypeDefKind, TypeId, TypeKind};
use crate::source::Span;

impl Resolver<'_> {
    /// Reports every set and map whose elements or keys cannot be compared.
    pub(super) fn check_hashing(&mut self, types: &[TypeDef], events: &[Event], packages: &[Package]) {
        let unhashable = self.unhashable_types(types);
        let mut uses: Vec<&Type> = Vec::new();
        for def in types {
            match &def.kind {
                TypeDefKind::Struct(record) => uses.extend(record.fields.iter().map(|field| &field.ty)),
                TypeDefKind::Error(error) => uses.extend(error.record.fields.iter().map(|field| &field.ty)),
                TypeDefKind::Union(union) => uses.extend(union.variants.iter().map(|variant| &variant.ty)),
                TypeDefKind::Alias(target) => uses.push(target),
                TypeDefKind::Enum(_) => {}
            }
        }
        uses.extend(events.iter().flat_map(|event| &event.record.fields).map(|field| &field.ty));
        for method in packages.iter().flat_map(|package| &package.interfaces).flat_map(|i| &i.methods) {
            uses.extend(method.params.iter().map(|param| &param.ty).chain(&method.result));
        }
        while let Some(ty) = uses.pop() {
            let (what, inner) = match &ty.kind {
                TypeKind::Set(element) => {
                    uses.push(element);
                    ("an element of a set", element)
                }
                TypeKind::Map(key, value) => {
                    uses.extend([&**key, &**value]);
                    ("a key of a map", key)
                }
                TypeKind::List(inner) | TypeKind::Optional(inner) | TypeKind::Patch(inner) => {
                    uses.push(inner);
                    continue;
                }
                _ => continue,
            };
            if self.poisoned.contains(&inner.span) {
                continue;
            }
            if let Some((found, because)) = self.obstacle(inner, types, &unhashable) {
                self.errors.push(SchemaError::NotHashable { what, found, span: inner.span, because });
            }
        }
    }

    /// Why values of `ty` have no hash: what they are, and the member at fault.
    fn obstacle(
        &self,
        ty: &Type,
        types: &[TypeDef],
        unhashable: &[Option<Span>],
    ) -> Option<(String, Option<Span>)> {
        match &ty.kind {
            TypeKind::Scalar(scalar) => (!scalar.is_hashable()).then(|| (scalar_obstacle(*scalar), None)),
            TypeKind::List(_) => Some(("a list".to_owned(), None)),
            TypeKind::Set(_) => Some(("a set".to_owned(), None)),
            TypeKind::Map(..) => Some(("a map".to_owned(), None)),
            TypeKind::Optional(_) => Some(("optional".to_owned(), None)),
            TypeKind::Patch(_) => Some(("a `patch`".to_owned(), None)),
            TypeKind::Named(id) => {
                let because = unhashable[id.0 as usize]?;
                Some((format!("a `{}`", types[id.0 as usize].meta.name.value), Some(because)))
            }
        }
    }

    /// For each type without a hash the member at fault. A type that contains itself has one unless something
    /// else in it has none.
    fn unhashable_types(&self, types: &[TypeDef]) -> Vec<Option<Span>> {
        let mut reasons: Vec<Option<Span>> = vec![None; types.len()];
        let mut users: Vec<Vec<(TypeId, Span)>> = vec![Vec::new(); types.len()];
        let mut queue: VecDeque<TypeId> = VecDeque::new();
        for def in types {
            let members: Vec<&Type> = match &def.kind {
                TypeDefKind::Struct(record) => record.fields.iter().map(|field| &field.ty).collect(),
                TypeDefKind::Union(union) => union.variants.iter().map(|variant| &variant.ty).collect(),
                TypeDefKind::Alias(target) => vec![target],
                TypeDefKind::Enum(_) | TypeDefKind::Error(_) => continue,
            };
            for member in members {
                match &member.kind {
                    TypeKind::Named(id) if self.shapes[id.0 as usize] != Shape::Unknown => {
                        users[id.0 as usize].push((def.id, member.span));
                    }
                    TypeKind::Scalar(scalar) if scalar.is_hashable() => {}
                    _ if self.poisoned.contains(&member.span) => {}
                    _ => {
                        if reasons[def.id.0 as usize].replace(member.span).is_none() {
                            queue.push_back(def.id);
                        }
                    }
                }
            }
        }
        while let Some(id) = queue.pop_front() {
            for (user, span) in &users[id.0 as usize] {
                let reason = &mut reasons[user.0 as usize];
                if reason.is_none() {
                    *reason = Some(*span);
                    queue.push_back(*user);
                }
            }
        }
        reasons
    }
}

fn scalar_obstacle(scalar: Scalar) -> String {
    if scalar.is_float() {
        format!("`{}`: floats are not always equal to themselves", scalar.name())
    } else {
        format!("`{}`", scalar.name())
    }
}
