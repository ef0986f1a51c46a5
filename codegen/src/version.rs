//! Versions as generated code states them.

use lymph_idl::Version;
use lymph_idl::model::{Event, Field, Interface, Meta, Package, Schema, Since, TypeDefKind};

/// `1.2`, or `next` for what is not yet released.
pub(crate) fn since_text(since: Since) -> String {
    match since {
        Since::Version(version) => format!("{}.{}", version.major, version.minor),
        Since::Next => "next".to_owned(),
    }
}

/// `::lymph::Version::new(1, 2, 0)`.
pub(crate) fn constant(version: Version) -> String {
    format!("::lymph::Version::new({}, {}, {})", version.major, version.minor, version.patch)
}

/// The versions of one package.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Versions {
    /// What its interfaces register under: the package's version, or the next one while anything
    /// in it is `@since(next)`, so that callers of the new never pick a released instance.
    pub(crate) current: Version,
    first: Version,
    next: Version,
}

impl Versions {
    pub(crate) fn of(schema: &Schema, package: &Package) -> Self {
        let declared = package.version.value;
        let first = Version::new(declared.major, if declared.major == 0 { declared.minor } else { 0 }, 0);
        let next = match declared.major {
            0 => Version::new(0, declared.minor, declared.patch + 1),
            major => Version::new(major, declared.minor + 1, 0),
        };
        let current = if has_next(schema, package) { next } else { declared };
        Self { current, first, next }
    }

    /// The version that first had the member, inside an owner that came at `owner`.
    pub(crate) fn since(&self, meta: &Meta, owner: Option<Version>) -> Version {
        match meta.since.as_ref().map(|since| since.value) {
            Some(Since::Version(version)) => version,
            Some(Since::Next) => self.next,
            None => owner.unwrap_or(self.first),
        }
    }
}

fn has_next(schema: &Schema, package: &Package) -> bool {
    let fields = |fields: &[Field]| fields.iter().any(|field| is_next(&field.meta));
    package.interfaces.iter().any(interface_has_next)
        || package
            .events
            .iter()
            .map(|id| schema.event(*id))
            .any(|event: &Event| is_next(&event.meta) || fields(&event.record.fields))
        || package.types.iter().map(|id| schema.type_def(*id)).any(|def| {
            is_next(&def.meta)
                || match &def.kind {
                    TypeDefKind::Struct(record) => fields(&record.fields),
                    TypeDefKind::Error(error) => fields(&error.record.fields),
                    TypeDefKind::Union(union) => fields(&union.variants),
                    TypeDefKind::Enum(variants) => variants.variants.iter().any(is_next),
                    TypeDefKind::Alias(_) => false,
                }
        })
}

fn interface_has_next(interface: &Interface) -> bool {
    is_next(&interface.meta)
        || interface.handlers.iter().any(|handler| is_next(&handler.meta))
        || interface.methods.iter().any(|method| {
            is_next(&method.meta)
                || method.params.iter().any(|param| is_next(&param.meta))
                || method
                    .raises
                    .iter()
                    .any(|raise| raise.since.as_ref().is_some_and(|s| s.value == Since::Next))
        })
}

fn is_next(meta: &Meta) -> bool {
    meta.since.as_ref().is_some_and(|since| since.value == Since::Next)
}
