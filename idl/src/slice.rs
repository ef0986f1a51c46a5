//! The schema as it was at an older version: what is newer is dropped, and the rest must stand on its own.

use std::sync::Arc;

use crate::ast::{Attribute, File, Head, ItemKind, Member, Record};
use crate::error::SchemaError;
use crate::limits::Limits;
use crate::load::{Unit, Units};
use crate::model::{PackageId, Schema, Since};
use crate::report::{Errors, Failure};
use crate::resolve::{early_since, since_of};
use crate::version::Version;

impl Schema {
    /// `package` as it was at `version`, with the packages that it imports as they are now.
    ///
    /// Members of the version not yet released are in no slice. The sliced package is the first of the
    /// result, which holds no package that is not imported from there.
    ///
    /// # Errors
    ///
    /// [`Failure`] when the package has no such version, or when what is left does not stand on its own.
    pub fn slice(&self, package: PackageId, version: Version) -> Result<Self, Failure> {
        let limits = Limits::default();
        let mut errors = Errors::new(limits.errors);
        let sliced = &self.units[package.0 as usize];
        let current = sliced.ast.version.value;
        if version.major != current.major || version > current {
            errors.push(SchemaError::SliceOutOfRange {
                package: sliced.ast.package.value.clone(),
                version: version.to_string(),
                current: current.to_string(),
                help: format!("slices go from {}.0.0 to {current}", current.major),
                span: sliced.ast.version.span,
            });
            return Err(errors.into_failure(self.sources.clone()));
        }
        let mut units = self.imported_from(package);
        units[0].ast = slice(&sliced.ast, version);
        Units { units, sources: self.sources.clone(), errors }.into_schema(&limits)
    }

    /// Every version at which members of `package` came to be, oldest first: its slices that differ.
    #[must_use]
    pub fn versions(&self, package: PackageId) -> Vec<Version> {
        let file = &self.units[package.0 as usize].ast;
        let mut versions = vec![Version::new(file.version.value.major, 0, 0)];
        let mut see = |attributes: &[Attribute]| {
            if let Some(Since::Version(version)) = early_since(attributes) {
                versions.push(version);
            }
        };
        for item in &file.items {
            see(&item.head.attributes);
            match &item.kind {
                ItemKind::Interface(members) => members.iter().for_each(|member| match member {
                    Member::Method(method) => {
                        see(&method.head.attributes);
                        method.params.iter().for_each(|param| see(&param.head.attributes));
                        method.raises.iter().for_each(|raise| see(&raise.attributes));
                    }
                    Member::Emits(emits) => see(&emits.attributes),
                    Member::Handler(handler) => see(&handler.attributes),
                }),
                ItemKind::Struct(record) | ItemKind::Error(record) | ItemKind::Event(record) => {
                    record.fields.iter().for_each(|field| see(&field.head.attributes));
                }
                ItemKind::Enum(declared) => {
                    declared.variants.iter().for_each(|variant| see(&variant.attributes));
                }
                ItemKind::Union(union) => {
                    union.record.fields.iter().for_each(|variant| see(&variant.head.attributes));
                }
                ItemKind::Alias(_) => {}
            }
        }
        versions.sort_unstable();
        versions.dedup();
        versions
    }

    /// The unit of a package and all that it imports, with their imports renumbered.
    fn imported_from(&self, package: PackageId) -> Vec<Unit> {
        let mut order = vec![package.0 as usize];
        let mut at = 0;
        while let Some(&unit) = order.get(at) {
            for target in self.units[unit].imports.iter().flatten() {
                if !order.contains(target) {
                    order.push(*target);
                }
            }
            at += 1;
        }
        let renumber =
            |target: &Option<usize>| target.and_then(|target| order.iter().position(|unit| *unit == target));
        let unit = |(place, index): (usize, &usize)| {
            let unit = &self.units[*index];
            let imports = unit.imports.iter().map(renumber).collect();
            Unit { imports, is_root: place == 0, ..unit.clone() }
        };
        order.iter().enumerate().map(unit).collect()
    }
}

/// Drops what is newer than `version`.
fn slice(file: &File, version: Version) -> Arc<File> {
    let mut file = file.clone();
    let slicer = Slicer { version };
    file.version.value = version;
    file.items.retain_mut(|item| slicer.keep(&mut item.head));
    for item in &mut file.items {
        match &mut item.kind {
            ItemKind::Interface(members) => members.retain_mut(|member| match member {
                Member::Method(method) => {
                    method.params.retain_mut(|param| slicer.keep(&mut param.head));
                    method.raises.retain_mut(|raise| slicer.keep_attributes(&mut raise.attributes));
                    slicer.keep(&mut method.head)
                }
                Member::Emits(emits) => slicer.keep_attributes(&mut emits.attributes),
                Member::Handler(handler) => slicer.keep_attributes(&mut handler.attributes),
            }),
            ItemKind::Struct(record) | ItemKind::Error(record) | ItemKind::Event(record) => {
                slicer.record(record);
            }
            ItemKind::Union(union) => slicer.record(&mut union.record),
            ItemKind::Enum(declared) => declared.variants.retain_mut(|variant| slicer.keep(variant)),
            ItemKind::Alias(_) => {}
        }
    }
    Arc::new(file)
}

struct Slicer {
    version: Version,
}

impl Slicer {
    fn record(&self, record: &mut Record) {
        record.fields.retain_mut(|field| self.keep(&mut field.head));
    }

    fn keep(&self, head: &mut Head) -> bool {
        self.keep_attributes(&mut head.attributes)
    }

    /// Whether something with these attributes was there; forgets a deprecation that came later.
    fn keep_attributes(&self, attributes: &mut Vec<Attribute>) -> bool {
        let limit = Since::Version(self.version);
        attributes.retain(|attribute| {
            attribute.name.value != "deprecated" || since_of(attribute).is_none_or(|since| since <= limit)
        });
        early_since(attributes).is_none_or(|since| since <= limit)
    }
}
