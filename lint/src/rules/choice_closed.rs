//! Closed types where their receivers are somebody else's.

use std::collections::{BTreeMap, VecDeque};

use lymph_config::Level;
use lymph_idl::Span;
use lymph_idl::model::{Type, TypeDef, TypeDefKind, TypeId, TypeKind};

use crate::context::{Context, inner_types};
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "choice-closed",
    level: Level::Warn,
    summary: "a closed enum, union or struct is part of a result, an error or an event",
    explanation: "A variant more in a closed enum breaks every caller and listener that was built before, so that it \
                  takes a new major version. An open one keeps what it does not know, and sends it on unchanged. \
                  Where a list really is complete, as with the sides of a street, say so with `@lint.allow`.",
    examples: examples!("choice-closed"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let received = received(context);
    for def in context.types() {
        let Some((place, what)) = received.get(&def.id) else { continue };
        let kind = match &def.kind {
            TypeDefKind::Enum(declared) if declared.closed => "enum",
            TypeDefKind::Union(declared) if declared.closed => "union",
            TypeDefKind::Struct(record) if record.closed => "struct",
            _ => continue,
        };
        let name = &def.meta.name;
        findings
            .at(name.span, format!("closed {kind} `{}` can never grow for those who receive it", name.value))
            .help("drop `closed`, or say with `@lint.allow` why nothing will ever be added")
            .related(*place, what.clone());
    }
}

/// The types that callers and listeners receive, each with the first place that reaches it.
fn received(context: &Context<'_>) -> BTreeMap<TypeId, (Span, String)> {
    let mut queue: VecDeque<(&Type, Span, String)> = VecDeque::new();
    for (interface, method) in context.methods() {
        let name = format!("{}.{}", interface.meta.name.value, method.meta.name.value);
        let place = method.meta.name.span;
        if let Some(result) = &method.result {
            queue.push_back((result, place, format!("received by callers of `{name}`")));
        }
        for raise in &method.raises {
            let fields = fields(context.schema.type_def(raise.error));
            queue
                .extend(fields.map(|ty| (ty, place, format!("received by callers of `{name}` as an error"))));
        }
    }
    for event in context.events() {
        let label = format!("received by listeners to `{}`", event.meta.name.value);
        let fields = event.record.fields.iter();
        queue.extend(fields.map(|field| (&field.ty, event.meta.name.span, label.clone())));
    }
    let mut reached = BTreeMap::new();
    while let Some((ty, place, label)) = queue.pop_front() {
        if let TypeKind::Named(id) = ty.kind {
            if reached.contains_key(&id) {
                continue;
            }
            reached.insert(id, (place, label.clone()));
            let inside = fields(context.schema.type_def(id));
            queue.extend(inside.map(|ty| (ty, place, label.clone())));
        }
        queue.extend(inner_types(ty).into_iter().map(|inner| (inner, place, label.clone())));
    }
    reached
}

fn fields(def: &TypeDef) -> impl Iterator<Item = &Type> {
    let (fields, alias) = match &def.kind {
        TypeDefKind::Struct(record) => (record.fields.as_slice(), None),
        TypeDefKind::Error(error) => (&*error.record.fields, None),
        TypeDefKind::Union(union) => (&*union.variants, None),
        TypeDefKind::Alias(target) => (&[][..], Some(target)),
        TypeDefKind::Enum(_) => (&[][..], None),
    };
    fields.iter().map(|field| &field.ty).chain(alias)
}
