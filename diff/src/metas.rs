//! Everything in a package that has a name and a history.

use lymph_idl::Schema;
use lymph_idl::model::{Field, Meta, Package, TypeDefKind};

/// Declarations and members, in source order within each kind.
pub(crate) fn metas<'a>(schema: &'a Schema, package: &'a Package) -> Vec<&'a Meta> {
    let mut metas = Vec::new();
    let fields = |fields: &'a [Field], metas: &mut Vec<&'a Meta>| {
        metas.extend(fields.iter().map(|field| &field.meta));
    };
    for interface in &package.interfaces {
        metas.push(&interface.meta);
        for method in &interface.methods {
            metas.push(&method.meta);
            fields(&method.params, &mut metas);
        }
        metas.extend(interface.handlers.iter().map(|handler| &handler.meta));
    }
    for event in package.events.iter().map(|id| schema.event(*id)) {
        metas.push(&event.meta);
        fields(&event.record.fields, &mut metas);
    }
    for declared in package.types.iter().map(|id| schema.type_def(*id)) {
        metas.push(&declared.meta);
        match &declared.kind {
            TypeDefKind::Struct(record) => fields(&record.fields, &mut metas),
            TypeDefKind::Error(error) => fields(&error.record.fields, &mut metas),
            TypeDefKind::Union(union) => fields(&union.variants, &mut metas),
            TypeDefKind::Enum(declared) => metas.extend(&declared.variants),
            TypeDefKind::Alias(_) => {}
        }
    }
    metas
}
