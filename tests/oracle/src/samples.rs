//! Values that stand for all that a writer may send, made from its schema.

mod scalars;

use std::collections::BTreeSet;

use lymph::Value;
use lymph_idl::model::{Constraints, Enum, Field, Meta, Type, TypeDef, TypeDefKind, TypeId, TypeKind, Union};
use lymph_idl::{Schema, Span};

use crate::constraints::is_allowed;
use crate::hints::Hints;

/// How often a type may stand inside itself.
const MAX_NESTED: usize = 2;

/// A name that neither side knows.
const UNKNOWN: &str = "of a schema yet to come";

/// Something declared that a value has, by where it is declared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// What holds a member or has a variant: the value has no say in whether it is there.
    Holder(Span),
    /// The value of a member, a variant, a parameter or a type itself; also what is inside of it, as `[]`.
    Value(Span, String),
}

/// One value, as a writer might put it on the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// What goes on the wire.
    pub value: Value,
    /// Whether only writers without generated code write it so: they may leave out what holds its default,
    /// send nil for what is not there, and say more than anybody asked.
    pub by_hand: bool,
    /// What it has. An empty list shows no element, and nil nothing at all.
    pub shows: BTreeSet<Place>,
}

impl Sample {
    /// Of a writer with generated code.
    #[must_use]
    pub fn plain(value: Value) -> Self {
        Self { value, by_hand: false, shows: BTreeSet::new() }
    }

    /// A value made of others.
    fn of<'s>(value: Value, parts: impl IntoIterator<Item = &'s Self>) -> Self {
        let mut sample = Self::plain(value);
        for part in parts {
            sample.by_hand |= part.by_hand;
            sample.shows.extend(part.shows.iter().cloned());
        }
        sample
    }
}

/// Makes values of a writer's types. The first of each list is an ordinary one.
#[derive(Debug)]
pub struct Samples<'a> {
    schema: &'a Schema,
    hints: &'a Hints,
    /// The declared types that are being made now.
    inside: Vec<TypeId>,
    /// What the value being made is of.
    here: Vec<(Span, String)>,
}

/// A member of a map; `is_there` unless it is left out.
struct Entry {
    sample: Sample,
    is_there: bool,
}

impl<'a> Samples<'a> {
    /// For types of `schema`.
    #[must_use]
    pub fn new(schema: &'a Schema, hints: &'a Hints) -> Self {
        Self { schema, hints, inside: Vec::new(), here: Vec::new() }
    }

    /// Of what is declared at `span`.
    pub fn of_declared(&mut self, span: Span, ty: &'a Type) -> Vec<Sample> {
        self.within(vec![(span, String::new())], |samples| samples.of(ty))
    }

    fn within<T>(&mut self, here: Vec<(Span, String)>, make: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.here, here);
        let made = make(self);
        self.here = outer;
        made
    }

    /// Of the parts of the value being made, as `[]`.
    fn parts(&mut self, part: &str, ty: &'a Type) -> Vec<Sample> {
        let here = self.here.iter().map(|(span, inside)| (*span, format!("{inside}{part}"))).collect();
        self.within(here, |samples| samples.of(ty))
    }

    /// Of a type where it is used.
    pub fn of(&mut self, ty: &'a Type) -> Vec<Sample> {
        self.constrained(ty, &mut Vec::new())
    }

    /// Maps that hold these fields: an ordinary one, and for each other value of each field one that differs
    /// in it; also one with nothing that may be left out. None where a type would stand inside itself for
    /// ever.
    pub fn of_members(&mut self, fields: &'a [Field]) -> Vec<Sample> {
        let entries = |field: &'a Field| {
            self.within(vec![(field.meta.span, String::new())], |samples| samples.entries(field))
        };
        let entries: Vec<Vec<Entry>> = fields.iter().map(entries).collect();
        if entries.iter().any(Vec::is_empty) {
            return Vec::new();
        }
        let map = |choices: &[usize]| {
            let chosen =
                || fields.iter().zip(&entries).zip(choices).map(|((field, all), at)| (field, &all[*at]));
            let there = chosen().filter(|(_, entry)| entry.is_there);
            let pairs = there.map(|(field, entry)| (&*field.meta.wire, entry.sample.value.clone()));
            let mut sample = Sample::of(pairs.collect(), chosen().map(|(_, entry)| &entry.sample));
            sample.shows.extend(fields.iter().map(|field| Place::Holder(field.meta.span)));
            sample
        };
        let ordinary = vec![0; fields.len()];
        let mut samples = vec![map(&ordinary)];
        for (field, all) in entries.iter().enumerate() {
            for choice in 1..all.len() {
                let mut choices = ordinary.clone();
                choices[field] = choice;
                samples.push(map(&choices));
            }
        }
        let left_out = |all: &Vec<Entry>| all.iter().position(|entry| !entry.is_there).unwrap_or(0);
        samples.push(map(&entries.iter().map(left_out).collect::<Vec<_>>()));
        samples
    }

    fn entries(&mut self, field: &'a Field) -> Vec<Entry> {
        let ty = self.schema.resolve_alias(&field.ty);
        let mut outer = around(self.schema, &field.ty);
        let (values, may_be_nil, patched) = match &ty.kind {
            TypeKind::Optional(inner) => (self.constrained(inner, &mut outer), true, false),
            TypeKind::Patch(inner) => (self.constrained(inner, &mut outer), true, true),
            _ => (self.of(&field.ty), false, false),
        };
        let mut entries: Vec<_> = values.into_iter().map(|sample| Entry { sample, is_there: true }).collect();
        let nil = |by_hand| Sample { by_hand, ..Sample::plain(Value::Nil) };
        if may_be_nil {
            entries.push(Entry { sample: nil(false), is_there: false });
            entries.push(Entry { sample: nil(!patched), is_there: true });
        }
        if field.default.is_some() {
            entries.push(Entry { sample: nil(true), is_there: false });
        }
        entries
    }

    /// `outer` are the constraints of aliases and optional types around this one.
    fn constrained(&mut self, ty: &'a Type, outer: &mut Vec<&'a Constraints>) -> Vec<Sample> {
        outer.push(&ty.constraints);
        if let TypeKind::Named(id) = &ty.kind {
            let def = self.schema.type_def(*id);
            let mut here = self.here.clone();
            here.push((def.meta.span, String::new()));
            return self.within(here, |samples| match &def.kind {
                TypeDefKind::Alias(target) => samples.constrained(target, outer),
                _ => samples.shown(|samples| samples.declared(def)),
            });
        }
        let mut samples = match &ty.kind {
            TypeKind::Optional(inner) | TypeKind::Patch(inner) => {
                let mut samples = self.constrained(inner, outer);
                samples.push(Sample::plain(Value::Nil));
                samples
            }
            kind => self.shown(|samples| samples.built_in(kind, outer)),
        };
        samples.retain(|sample| is_allowed(outer, &sample.value));
        samples
    }

    /// Values that are there.
    fn shown(&mut self, make: impl FnOnce(&mut Self) -> Vec<Sample>) -> Vec<Sample> {
        let mut samples = make(self);
        for sample in &mut samples {
            let here = self.here.iter().cloned().map(|(span, inside)| Place::Value(span, inside));
            sample.shows.extend(here);
        }
        samples
    }

    fn built_in(&mut self, kind: &'a TypeKind, outer: &[&'a Constraints]) -> Vec<Sample> {
        match kind {
            TypeKind::Scalar(scalar) => {
                scalars::of(*scalar, outer, self.hints).into_iter().map(Sample::plain).collect()
            }
            TypeKind::List(item) => self.lists(item),
            TypeKind::Set(item) => self.sets(item),
            TypeKind::Map(key, value) => self.maps(key, value),
            TypeKind::Named(_) | TypeKind::Optional(_) | TypeKind::Patch(_) => {
                unreachable!("they are made of others")
            }
        }
    }

    fn declared(&mut self, def: &'a TypeDef) -> Vec<Sample> {
        if self.inside.iter().filter(|id| **id == def.id).count() >= MAX_NESTED {
            return Vec::new();
        }
        self.inside.push(def.id);
        let samples = match &def.kind {
            TypeDefKind::Struct(record) => {
                let mut samples = self.of_members(&record.fields);
                if let Some(first) = samples.first().filter(|_| !record.closed) {
                    samples.push(with_more(first));
                }
                samples
            }
            TypeDefKind::Error(error) => self.of_members(&error.record.fields),
            TypeDefKind::Enum(names) => variants(names),
            TypeDefKind::Union(union) => self.union(union),
            TypeDefKind::Alias(_) => unreachable!("aliases are resolved before"),
        };
        self.inside.pop();
        samples
    }

    fn union(&mut self, union: &'a Union) -> Vec<Sample> {
        let mut samples = Vec::new();
        for variant in &union.variants {
            let payloads = self.of_declared(variant.meta.span, &variant.ty).into_iter();
            samples.extend(payloads.map(|payload| payload.map(|value| entry(&variant.meta.wire, value))));
        }
        if !union.closed {
            samples.push(Sample::plain(entry(UNKNOWN, Value::Int(1))));
        }
        with_holders(samples, union.variants.iter().map(|variant| &variant.meta))
    }

    fn lists(&mut self, item: &'a Type) -> Vec<Sample> {
        let items = self.parts("[]", item);
        let mut lists: Vec<_> =
            items.iter().map(|item| item.clone().map(|item| Value::List(vec![item]))).collect();
        lists.push(Sample::plain(Value::List(Vec::new())));
        if let Some(first) = items.first() {
            let of = |count: usize| first.clone().map(|item| Value::List(vec![item; count]));
            let lengths = self.hints.lengths.iter().filter(|it| **it > 0);
            lists.extend(lengths.chain(&[2]).map(|count| of(*count)));
        }
        if items.len() > 1 {
            lists.push(all(&items, Value::List));
        }
        lists
    }

    fn sets(&mut self, item: &'a Type) -> Vec<Sample> {
        let items = self.parts("[]", item);
        let mut sets: Vec<_> =
            items.iter().map(|item| item.clone().map(|item| Value::Set(vec![item]))).collect();
        sets.push(Sample::plain(Value::Set(Vec::new())));
        let lengths = self.hints.lengths.iter().copied().filter(|count| *count < items.len());
        sets.extend(lengths.map(|count| all(&items[..count], Value::Set)));
        sets.push(all(&items, Value::Set));
        sets
    }

    fn maps(&mut self, key: &'a Type, value: &'a Type) -> Vec<Sample> {
        let (keys, values) = (self.parts("{key}", key), self.parts("{value}", value));
        let map = |key: &Sample, value: &Sample| {
            Sample::of(Value::Map(vec![(key.value.clone(), value.value.clone())]), [key, value])
        };
        let mut maps = Vec::new();
        if let (Some(first_key), Some(first_value)) = (keys.first(), values.first()) {
            maps.extend(values.iter().map(|value| map(first_key, value)));
            maps.extend(keys.iter().skip(1).map(|key| map(key, first_value)));
            let entries = |count| {
                let keys = keys.iter().take(count);
                let pairs = keys.clone().map(|key| (key.value.clone(), first_value.value.clone()));
                Sample::of(Value::Map(pairs.collect()), keys.chain([first_value]))
            };
            maps.extend(
                self.hints.lengths.iter().copied().filter(|it| (1..=keys.len()).contains(it)).map(entries),
            );
        }
        maps.push(Sample::plain(Value::Map(Vec::new())));
        maps
    }
}

impl Sample {
    fn map(self, form: impl FnOnce(Value) -> Value) -> Self {
        Self { value: form(self.value), ..self }
    }
}

fn variants(names: &Enum) -> Vec<Sample> {
    let known = names.variants.iter().map(|variant| &*variant.wire);
    // A writer whose readers fall back reads nothing unknown itself, so it has nothing to pass on.
    let unknown = (!names.closed && names.fallback.is_none()).then_some(UNKNOWN);
    let samples = known.chain(unknown).map(|name| Sample::plain(name.into())).collect();
    with_holders(samples, names.variants.iter())
}

fn with_holders<'m>(
    mut samples: Vec<Sample>,
    variants: impl Iterator<Item = &'m Meta> + Clone,
) -> Vec<Sample> {
    for sample in &mut samples {
        sample.shows.extend(variants.clone().map(|variant| Place::Holder(variant.span)));
    }
    samples
}

fn all(items: &[Sample], form: fn(Vec<Value>) -> Value) -> Sample {
    Sample::of(form(items.iter().map(|item| item.value.clone()).collect()), items)
}

fn with_more(sample: &Sample) -> Sample {
    let more = (Value::from(UNKNOWN), Value::Nil);
    let pairs = sample.value.as_map().unwrap_or_default().iter().cloned().chain([more]);
    Sample { value: Value::Map(pairs.collect()), by_hand: true, shows: sample.shows.clone() }
}

fn entry(name: &str, value: Value) -> Value {
    [(name, value)].into_iter().collect()
}

/// The constraints behind a type and behind the aliases it stands for.
fn around<'a>(schema: &'a Schema, mut ty: &'a Type) -> Vec<&'a Constraints> {
    let mut constraints = vec![&ty.constraints];
    while let TypeKind::Named(id) = &ty.kind
        && let TypeDefKind::Alias(target) = &schema.type_def(*id).kind
    {
        ty = target;
        constraints.push(&ty.constraints);
    }
    constraints
}
