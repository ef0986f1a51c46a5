//! Values at which one side might think otherwise than the other: bounds, lengths, names.

use std::collections::BTreeSet;

use lymph_idl::Schema;
use lymph_idl::model::{Constraints, Field, Meta, Number, Scalar, Type, TypeDefKind, TypeKind};

use crate::fixture;

/// Longer values are not made for the sake of a bound.
const MAX_LENGTH: i128 = 2_000;

/// Collected from both sides, so that the writer's values also reach what only the reader minds.
#[derive(Debug, Default)]
pub struct Hints {
    /// For integers, durations and floats.
    pub integers: BTreeSet<i128>,
    /// For floats, beside the integers.
    pub floats: Vec<f64>,
    /// For texts, bytes and containers.
    pub lengths: BTreeSet<usize>,
    /// For strings.
    pub texts: BTreeSet<String>,
}

impl Hints {
    /// Of both sides of a change.
    #[must_use]
    pub fn of(old: &Schema, new: &Schema) -> Self {
        let mut hints = Self::default();
        let integers =
            [Scalar::I8, Scalar::I16, Scalar::I32, Scalar::I64, Scalar::U8, Scalar::U16, Scalar::U32];
        for (min, max) in integers.into_iter().chain([Scalar::U64]).filter_map(Scalar::int_range) {
            hints.integers.extend([min - 1, min, max, max + 1]);
        }
        // The first integers that floats of either width cannot hold.
        hints.integers.extend([-1, 0, 1, (1 << 24) + 1, (1 << 53) + 1]);
        for schema in [old, new] {
            hints.schema(schema);
        }
        hints
    }

    fn schema(&mut self, schema: &Schema) {
        for (_, _, method) in fixture::methods(schema) {
            self.fields(&method.params);
            method.result.iter().for_each(|ty| self.ty(ty));
        }
        for (_, event) in fixture::events(schema) {
            self.fields(&event.record.fields);
        }
        for def in schema.types() {
            match &def.kind {
                TypeDefKind::Struct(record) => self.fields(&record.fields),
                TypeDefKind::Error(error) => self.fields(&error.record.fields),
                TypeDefKind::Union(union) => {
                    self.fields(&union.variants);
                    union.variants.iter().for_each(|variant| self.names(&variant.meta));
                }
                TypeDefKind::Enum(names) => names.variants.iter().for_each(|variant| self.names(variant)),
                TypeDefKind::Alias(ty) => self.ty(ty),
            }
        }
    }

    fn names(&mut self, meta: &Meta) {
        self.texts.insert(meta.wire.clone());
        self.texts.extend(meta.was.iter().map(|was| was.value.clone()));
    }

    fn fields(&mut self, fields: &[Field]) {
        fields.iter().for_each(|field| self.ty(&field.ty));
    }

    fn ty(&mut self, ty: &Type) {
        self.constraints(&ty.constraints);
        match &ty.kind {
            TypeKind::Scalar(_) | TypeKind::Named(_) => {}
            TypeKind::List(inner)
            | TypeKind::Set(inner)
            | TypeKind::Optional(inner)
            | TypeKind::Patch(inner) => {
                self.ty(inner);
            }
            TypeKind::Map(key, value) => {
                self.ty(key);
                self.ty(value);
            }
        }
    }

    fn constraints(&mut self, constraints: &Constraints) {
        for bound in [constraints.min, constraints.max].into_iter().flatten() {
            match bound {
                Number::Float(bound) => self.floats.extend([bound, bound.next_up(), bound.next_down()]),
                Number::Int(bound) => {
                    let around = [bound - 1, bound, bound + 1];
                    self.integers.extend(around);
                    let lengths = around.into_iter().filter(|it| (0..=MAX_LENGTH).contains(it));
                    self.lengths.extend(lengths.filter_map(|it| usize::try_from(it).ok()));
                }
            }
        }
    }
}
