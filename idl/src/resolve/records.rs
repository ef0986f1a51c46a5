//! Declarations of types and their members.

use std::fmt::Arguments;

use super::attributes::Place;
use super::{Decl, Owner, Resolver};
use crate::ast::{self, ItemKind};
use crate::error::SchemaError;
use crate::model::{
    Enum, ErrorDef, Event, EventId, Field, PackageId, Record, Scalar, Type, TypeDef, TypeDefKind, TypeId,
    TypeKind, Union,
};
use crate::source::{Span, Spanned};

/// What servers put before the names of their own refusals, which say that no handler ran.
const REJECTIONS: &str = "lymph.";

impl Resolver<'_> {
    pub(super) fn resolve_types(&mut self) -> Vec<TypeDef> {
        let mut types = Vec::with_capacity(self.type_decls.len());
        for index in 0..self.type_decls.len() {
            let (decl, id) = (self.type_decls[index], TypeId(index as u32));
            let item = self.item(decl);
            let place = match &item.kind {
                ItemKind::Enum(_) => Place::Enum,
                ItemKind::Union(_) => Place::Union,
                ItemKind::Alias(_) => Place::Alias,
                ItemKind::Error(_) => Place::Error,
                _ => Place::Struct,
            };
            let (meta, attributes, owner) = self.meta(&item.head, place, &self.package_owner(decl.unit));
            let name = &meta.name.value;
            let kind = match &item.kind {
                ItemKind::Enum(written) => TypeDefKind::Enum(self.resolve_enum(&owner, &item.head, written)),
                ItemKind::Union(written) => {
                    TypeDefKind::Union(self.resolve_union(&owner, &item.head, written))
                }
                ItemKind::Error(record) => {
                    if meta.wire.starts_with(REJECTIONS) {
                        let help = "a server refuses requests under these names; choose another one";
                        self.reserved_wire(&meta, Place::Error, help);
                    }
                    let record = self.resolve_record(&owner, record, name);
                    TypeDefKind::Error(ErrorDef { record, retryable: attributes.retryable })
                }
                ItemKind::Struct(record) => TypeDefKind::Struct(self.resolve_record(&owner, record, name)),
                _ => TypeDefKind::Alias(self.alias_types.get(&id).cloned().unwrap_or(Type {
                    kind: TypeKind::Scalar(Scalar::Any),
                    constraints: Default::default(),
                    span: item.head.span,
                })),
            };
            types.push(TypeDef { id, package: PackageId(decl.unit as u32), meta, kind });
        }
        types
    }

    pub(super) fn resolve_events(&mut self) -> Vec<Event> {
        let mut events = Vec::with_capacity(self.event_decls.len());
        for index in 0..self.event_decls.len() {
            let (decl, id) = (self.event_decls[index], EventId(index as u32));
            let item = self.item(decl);
            let ItemKind::Event(record) = &item.kind else { continue };
            let (meta, attributes, owner) =
                self.meta(&item.head, Place::Event, &self.package_owner(decl.unit));
            let record = self.resolve_record(&owner, record, &meta.name.value);
            self.check_event_name(&meta);
            let package = PackageId(decl.unit as u32);
            events.push(Event { id, package, meta, record, ttl: attributes.ttl });
        }
        events
    }

    fn resolve_record(&mut self, owner: &Owner, written: &ast::Record, name: &str) -> Record {
        let mut fields = Vec::with_capacity(written.fields.len());
        for field in &written.fields {
            if self.errors.is_full() {
                break;
            }
            let user = format_args!("field `{name}.{}`", field.head.name.value);
            fields.push(self.resolve_field(owner, field, Place::Field, user));
        }
        let record = Record { closed: written.closed, fields, reserved: written.reserved.clone() };
        self.check_members(record.fields.iter().map(|field| &field.meta), Place::Field);
        self.check_reserved(record.fields.iter().map(|field| &field.meta), &record.reserved);
        self.check_tagged(&record.fields, "record");
        record
    }

    /// A field, a parameter, or a variant of a union.
    pub(super) fn resolve_field(
        &mut self,
        owner: &Owner,
        written: &ast::Field,
        place: Place,
        user: Arguments<'_>,
    ) -> Field {
        let (meta, attributes, own) = self.meta(&written.head, place, owner);
        if let Some(span) = attributes.fallback {
            self.misplaced_fallback("a variant of a union", span);
        }
        let ty = match place {
            Place::Variant => self.resolve_type(&own, &written.ty, user),
            _ => self.resolve_member_type(&own, &written.ty, user),
        };
        if let (Place::Variant, Some(default)) = (place, &written.default) {
            self.errors.push(SchemaError::BadDefault {
                found: "a value".to_owned(),
                expected: "a variant of a union".to_owned(),
                span: default.span,
                ty: ty.span,
                help: Some("the sender says which variant it is; leave the default out".to_owned()),
            });
            return Field { meta, ty, default: None, boxed: false };
        }
        let default = self.resolve_default(&own, user, place.noun(), &ty, written.default.as_deref());
        Field { meta, ty, default, boxed: false }
    }

    fn resolve_enum(&mut self, owner: &Owner, head: &ast::Head, written: &ast::Enum) -> Enum {
        let mut variants = Vec::with_capacity(written.variants.len());
        let mut fallback: Option<Spanned<String>> = None;
        for variant in &written.variants {
            let (meta, attributes, own) = self.meta(variant, Place::Variant, owner);
            match (attributes.fallback, &fallback) {
                (None, _) => {}
                (Some(span), _) if written.closed => {
                    self.misplaced_fallback("a variant of a closed enum", span);
                }
                (Some(second), Some(first)) => self.errors.push(SchemaError::DuplicateAttribute {
                    name: "fallback".to_owned(),
                    second,
                    first: first.span,
                }),
                (Some(span), None) => {
                    // Each slice keeps the fallback: readers must not change with the version they know.
                    let used = Decl { unit: owner.unit, item: 0, since: own.since };
                    self.check_age(owner, format_args!("enum `{}`", head.name.value), used, &meta.name);
                    fallback = Some(Spanned { value: meta.name.value.clone(), span });
                }
            }
            variants.push(meta);
        }
        self.check_not_empty("enum", &head.name, variants.is_empty() && !written.damaged);
        self.check_members(variants.iter(), Place::Variant);
        self.check_reserved(variants.iter(), &written.reserved);
        let fallback = fallback.map(|fallback| fallback.value);
        Enum { closed: written.closed, variants, fallback, reserved: written.reserved.clone() }
    }

    fn resolve_union(&mut self, owner: &Owner, head: &ast::Head, written: &ast::Union) -> Union {
        let mut variants = Vec::with_capacity(written.record.fields.len());
        for variant in &written.record.fields {
            if self.errors.is_full() {
                break;
            }
            let user = format_args!("variant `{}.{}`", head.name.value, variant.head.name.value);
            variants.push(self.resolve_field(owner, variant, Place::Variant, user));
        }
        let reserved = written.record.reserved.clone();
        let empty = written.record.fields.is_empty() && !written.record.damaged;
        self.check_not_empty("union", &head.name, empty);
        self.check_members(variants.iter().map(|variant| &variant.meta), Place::Variant);
        self.check_reserved(variants.iter().map(|variant| &variant.meta), &reserved);
        Union { closed: written.closed, variants, reserved }
    }

    fn misplaced_fallback(&mut self, place: &'static str, span: Span) {
        let help = "it belongs on a variant of an open enum".to_owned();
        self.errors.push(SchemaError::MisplacedAttribute { name: "fallback".to_owned(), place, help, span });
    }

    fn check_not_empty(&mut self, what: &'static str, name: &Spanned<String>, empty: bool) {
        if empty {
            self.errors.push(SchemaError::NoVariants { what, name: name.value.clone(), span: name.span });
        }
    }
}
