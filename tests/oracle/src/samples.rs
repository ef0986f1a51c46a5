//! Values that stand for all that a writer may send, made from its schema.

mod scalars;

use lymph::Value;
use lymph_idl::Schema;
use lymph_idl::model::{Constraints, Enum, Field, Type, TypeDef, TypeDefKind, TypeId, TypeKind, Union};

use crate::constraints::is_allowed;
use crate::hints::Hints;

/// How often a type may stand inside itself.
const MAX_NESTED: usize = 2;

/// A name that neither side knows.
const UNKNOWN: &str = "of a schema yet to come";

/// One value, as a writer might put it on the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// What goes on the wire.
    pub value: Value,
    /// Whether only writers without generated code write it so: they may leave out what holds its default,
    /// send nil for what is not there, and say more than anybody asked.
    pub by_hand: bool,
}

impl Sample {
    fn plain(value: Value) -> Self {
        Self { value, by_hand: false }
    }
}

/// Makes values of a writer's types. The first of each list is an ordinary one.
#[derive(Debug)]
pub struct Samples<'a> {
    schema: &'a Schema,
    hints: &'a Hints,
    /// The declared types that are being made now.
    inside: Vec<TypeId>,
}

/// A member of a map, or `None` where it is left out.
struct Entry {
    value: Option<Value>,
    by_hand: bool,
}

impl<'a> Samples<'a> {
    /// For types of `schema`.
    #[must_use]
    pub fn new(schema: &'a Schema, hints: &'a Hints) -> Self {
        Self { schema, hints, inside: Vec::new() }
    }

    /// Of a type where it is used.
    pub fn of(&mut self, ty: &'a Type) -> Vec<Sample> {
        self.constrained(ty, &mut Vec::new())
    }

    /// Maps that hold these fields: an ordinary one, and for each other value of each field one that differs
    /// in it; also one with nothing that may be left out. None where a type would stand inside itself for
    /// ever.
    pub fn of_members(&mut self, fields: &'a [Field]) -> Vec<Sample> {
        let entries: Vec<Vec<Entry>> = fields.iter().map(|field| self.entries(field)).collect();
        if entries.iter().any(Vec::is_empty) {
            return Vec::new();
        }
        let map = |choices: &[usize]| {
            let chosen =
                || fields.iter().zip(&entries).zip(choices).map(|((field, all), at)| (field, &all[*at]));
            let pairs = chosen().filter_map(|(field, entry)| Some((&*field.meta.wire, entry.value.clone()?)));
            Sample { value: pairs.collect(), by_hand: chosen().any(|(_, entry)| entry.by_hand) }
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
        let left_out = |all: &Vec<Entry>| all.iter().position(|entry| entry.value.is_none()).unwrap_or(0);
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
        let present = values.into_iter().map(|it| Entry { value: Some(it.value), by_hand: it.by_hand });
        let mut entries: Vec<_> = present.collect();
        if may_be_nil {
            entries.push(Entry { value: None, by_hand: false });
            entries.push(Entry { value: Some(Value::Nil), by_hand: !patched });
        }
        if field.default.is_some() {
            entries.push(Entry { value: None, by_hand: true });
        }
        entries
    }

    /// `outer` are the constraints of aliases and optional types around this one.
    fn constrained(&mut self, ty: &'a Type, outer: &mut Vec<&'a Constraints>) -> Vec<Sample> {
        outer.push(&ty.constraints);
        if let TypeKind::Named(id) = &ty.kind {
            let def = self.schema.type_def(*id);
            if let TypeDefKind::Alias(target) = &def.kind {
                return self.constrained(target, outer);
            }
            return self.declared(def);
        }
        let mut samples = match &ty.kind {
            TypeKind::Named(_) => unreachable!("declared types are made above"),
            TypeKind::Scalar(scalar) => {
                scalars::of(*scalar, outer, self.hints).into_iter().map(Sample::plain).collect()
            }
            TypeKind::List(item) => self.lists(item),
            TypeKind::Set(item) => self.sets(item),
            TypeKind::Map(key, value) => self.maps(key, value),
            TypeKind::Optional(inner) | TypeKind::Patch(inner) => {
                let mut samples = self.constrained(inner, outer);
                samples.push(Sample::plain(Value::Nil));
                samples
            }
        };
        samples.retain(|sample| is_allowed(outer, &sample.value));
        samples
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
            let payloads = self.of(&variant.ty).into_iter();
            samples.extend(payloads.map(|payload| payload.map(|value| entry(&variant.meta.wire, value))));
        }
        if !union.closed {
            samples.push(Sample::plain(entry(UNKNOWN, Value::Int(1))));
        }
        samples
    }

    fn lists(&mut self, item: &'a Type) -> Vec<Sample> {
        let items = self.of(item);
        let mut lists: Vec<_> =
            items.iter().map(|item| item.clone().map(|item| Value::List(vec![item]))).collect();
        lists.push(Sample::plain(Value::List(Vec::new())));
        if let Some(first) = items.first() {
            let of = |count: usize| first.clone().map(|item| Value::List(vec![item; count]));
            lists.extend(self.hints.lengths.iter().chain(&[2]).map(|count| of(*count)));
        }
        if items.len() > 1 {
            lists.push(all(&items, Value::List));
        }
        lists
    }

    fn sets(&mut self, item: &'a Type) -> Vec<Sample> {
        let items = self.of(item);
        let mut sets: Vec<_> =
            items.iter().map(|item| item.clone().map(|item| Value::Set(vec![item]))).collect();
        sets.push(Sample::plain(Value::Set(Vec::new())));
        let lengths = self.hints.lengths.iter().copied().filter(|count| *count < items.len());
        sets.extend(lengths.map(|count| all(&items[..count], Value::Set)));
        sets.push(all(&items, Value::Set));
        sets
    }

    fn maps(&mut self, key: &'a Type, value: &'a Type) -> Vec<Sample> {
        let (keys, values) = (self.of(key), self.of(value));
        let map = |key: &Sample, value: &Sample| {
            let by_hand = key.by_hand || value.by_hand;
            Sample { value: Value::Map(vec![(key.value.clone(), value.value.clone())]), by_hand }
        };
        let mut maps = Vec::new();
        if let (Some(first_key), Some(first_value)) = (keys.first(), values.first()) {
            maps.extend(values.iter().map(|value| map(first_key, value)));
            maps.extend(keys.iter().skip(1).map(|key| map(key, first_value)));
            let entries = |count| {
                let keys = keys.iter().take(count).map(|key| (key.value.clone(), first_value.value.clone()));
                Sample { value: Value::Map(keys.collect()), by_hand: first_value.by_hand }
            };
            maps.extend(self.hints.lengths.iter().copied().filter(|it| *it <= keys.len()).map(entries));
        }
        maps.push(Sample::plain(Value::Map(Vec::new())));
        maps
    }
}

impl Sample {
    fn map(self, form: impl FnOnce(Value) -> Value) -> Self {
        Self { value: form(self.value), by_hand: self.by_hand }
    }
}

fn variants(names: &Enum) -> Vec<Sample> {
    let known = names.variants.iter().map(|variant| &*variant.wire);
    // A writer whose readers fall back reads nothing unknown itself, so it has nothing to pass on.
    let unknown = (!names.closed && names.fallback.is_none()).then_some(UNKNOWN);
    known.chain(unknown).map(|name| Sample::plain(name.into())).collect()
}

fn all(items: &[Sample], form: fn(Vec<Value>) -> Value) -> Sample {
    let values = items.iter().map(|item| item.value.clone()).collect();
    Sample { value: form(values), by_hand: items.iter().any(|item| item.by_hand) }
}

fn with_more(sample: &Sample) -> Sample {
    let more = (Value::from(UNKNOWN), Value::Nil);
    let pairs = sample.value.as_map().unwrap_or_default().iter().cloned().chain([more]);
    Sample { value: Value::Map(pairs.collect()), by_hand: true }
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
