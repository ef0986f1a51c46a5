//! Who uses which declared type.

use lymph_idl::Schema;
use lymph_idl::model::{Field, Meta, Package, Type, TypeDefKind, TypeId, TypeKind};

/// One use of a declared type.
#[derive(Debug)]
pub(crate) struct Usage<'a> {
    /// The method, member or alias that uses it.
    pub path: String,
    pub user: &'a Meta,
    pub used: &'a Meta,
}

/// The uses of declared types in a package, in source order within each kind.
pub(crate) fn uses<'a>(schema: &'a Schema, package: &'a Package) -> Vec<Usage<'a>> {
    let mut found = Uses { schema, found: Vec::new() };
    for interface in &package.interfaces {
        for method in &interface.methods {
            let path = format!("{}.{}", interface.meta.wire, method.meta.wire);
            let params = method.params.iter().map(|param| &param.ty);
            params.chain(&method.result).for_each(|ty| found.ty(&path, &method.meta, ty));
            method.raises.iter().for_each(|raise| found.definition(&path, &method.meta, raise.error));
        }
    }
    for event in package.events.iter().map(|id| schema.event(*id)) {
        found.fields(&event.meta.wire, &event.record.fields);
    }
    for declared in package.types.iter().map(|id| schema.type_def(*id)) {
        let name = &declared.meta.name.value;
        match &declared.kind {
            TypeDefKind::Struct(record) => found.fields(name, &record.fields),
            TypeDefKind::Error(error) => found.fields(name, &error.record.fields),
            TypeDefKind::Union(union) => found.fields(name, &union.variants),
            TypeDefKind::Alias(target) => found.ty(name, &declared.meta, target),
            TypeDefKind::Enum(_) => {}
        }
    }
    found.found
}

struct Uses<'a> {
    schema: &'a Schema,
    found: Vec<Usage<'a>>,
}

impl<'a> Uses<'a> {
    fn fields(&mut self, owner: &str, fields: &'a [Field]) {
        for field in fields {
            self.ty(&format!("{owner}.{}", field.meta.wire), &field.meta, &field.ty);
        }
    }

    fn ty(&mut self, path: &str, user: &'a Meta, ty: &'a Type) {
        match &ty.kind {
            TypeKind::Scalar(_) => {}
            TypeKind::List(inner)
            | TypeKind::Set(inner)
            | TypeKind::Optional(inner)
            | TypeKind::Patch(inner) => {
                self.ty(path, user, inner);
            }
            TypeKind::Map(key, value) => {
                self.ty(path, user, key);
                self.ty(path, user, value);
            }
            TypeKind::Named(id) => self.definition(path, user, *id),
        }
    }

    fn definition(&mut self, path: &str, user: &'a Meta, used: TypeId) {
        let used = &self.schema.type_def(used).meta;
        self.found.push(Usage { path: path.to_owned(), user, used });
    }
}
