//! Everything in a package that has a name and a history.

use lymph_idl::model::{Event, Field, Interface, Meta, Package, TypeDefKind};
use lymph_idl::{Schema, Spanned};

use crate::steps;

/// Something with a name and a history.
#[derive(Debug, Clone)]
pub(crate) struct Member<'a> {
    /// What holds it, as `Geocoder.locate`; `None` for declarations.
    pub owner: Option<String>,
    /// The interface or event that it is or belongs to: those are known by their names whichever package holds
    /// them.
    pub shared: Option<&'a str>,
    pub meta: &'a Meta,
}

impl Member<'_> {
    /// Where it is, by the names that travel: the same on both sides while it is the same thing.
    pub(crate) fn path(&self) -> String {
        match &self.owner {
            Some(owner) => format!("{owner}.{}", self.meta.wire),
            None => self.meta.wire.clone(),
        }
    }
}

/// Declarations and members, each after what holds it.
pub(crate) fn members<'a>(schema: &'a Schema, package: &'a Package) -> Vec<Member<'a>> {
    let mut members = Vec::new();
    package.interfaces.iter().for_each(|interface| of_interface(interface, &mut members));
    package.events.iter().for_each(|id| of_event(schema.event(*id), &mut members));
    for declared in package.types.iter().map(|id| schema.type_def(*id)) {
        members.push(Member { owner: None, shared: None, meta: &declared.meta });
        let owner = &declared.meta.name.value;
        match &declared.kind {
            TypeDefKind::Struct(record) => fields(owner, None, &record.fields, &mut members),
            TypeDefKind::Error(error) => fields(owner, None, &error.record.fields, &mut members),
            TypeDefKind::Union(union) => fields(owner, None, &union.variants, &mut members),
            TypeDefKind::Enum(declared) => {
                let variants = declared.variants.iter();
                let owner = Some(owner.clone());
                members.extend(variants.map(|meta| Member { owner: owner.clone(), shared: None, meta }));
            }
            TypeDefKind::Alias(_) => {}
        }
    }
    steps::note(members.len());
    members
}

/// An interface and what it holds.
pub(crate) fn of_interface<'a>(interface: &'a Interface, members: &mut Vec<Member<'a>>) {
    let shared = Some(&*interface.meta.wire);
    members.push(Member { owner: None, shared, meta: &interface.meta });
    let owner = Some(interface.meta.wire.clone());
    for method in &interface.methods {
        members.push(Member { owner: owner.clone(), shared, meta: &method.meta });
        fields(&format!("{}.{}", interface.meta.wire, method.meta.wire), shared, &method.params, members);
    }
    let handlers = interface.handlers.iter();
    members.extend(handlers.map(|handler| Member { owner: owner.clone(), shared, meta: &handler.meta }));
}

/// An event and what it holds.
pub(crate) fn of_event<'a>(event: &'a Event, members: &mut Vec<Member<'a>>) {
    let shared = Some(&*event.meta.wire);
    members.push(Member { owner: None, shared, meta: &event.meta });
    fields(&event.meta.wire, shared, &event.record.fields, members);
}

fn fields<'a>(owner: &str, shared: Option<&'a str>, fields: &'a [Field], members: &mut Vec<Member<'a>>) {
    members.extend(fields.iter().map(|field| Member {
        owner: Some(owner.to_owned()),
        shared,
        meta: &field.meta,
    }));
}

/// Something whose names can be reserved.
#[derive(Debug)]
pub(crate) struct Reserving<'a> {
    pub name: &'a str,
    pub members: Vec<&'a Meta>,
    pub reserved: &'a [Spanned<String>],
}

/// Structs, enums, unions, errors and events of a package.
pub(crate) fn reserving<'a>(schema: &'a Schema, package: &'a Package) -> Vec<Reserving<'a>> {
    let metas = |fields: &'a [Field]| fields.iter().map(|field| &field.meta).collect::<Vec<_>>();
    let events = package.events.iter().map(|id| {
        let event = schema.event(*id);
        let record = &event.record;
        Reserving { name: &event.meta.wire, members: metas(&record.fields), reserved: &record.reserved }
    });
    let types = package.types.iter().filter_map(|id| {
        let declared = schema.type_def(*id);
        let (members, reserved) = match &declared.kind {
            TypeDefKind::Struct(record) => (metas(&record.fields), &record.reserved),
            TypeDefKind::Error(error) => (metas(&error.record.fields), &error.record.reserved),
            TypeDefKind::Union(union) => (metas(&union.variants), &union.reserved),
            TypeDefKind::Enum(declared) => (declared.variants.iter().collect(), &declared.reserved),
            TypeDefKind::Alias(_) => return None,
        };
        Some(Reserving { name: &declared.meta.name.value, members, reserved })
    });
    events.chain(types).collect()
}
