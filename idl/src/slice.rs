//! The schema as it was at an older version: what is newer is dropped, and the rest must stand on its own.

use std::sync::Arc;

use crate::ast::{Attribute, File, Head, Item, ItemKind, Member, Record};
use crate::error::SchemaError;
use crate::limits::Limits;
use crate::load::{Unit, Units};
use crate::model::{PackageId, Schema, Since};
use crate::report::{Errors, Failure};
use crate::resolve::{early_since, since_of};
use crate::source::Spanned;
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
        file.items.iter().for_each(|item| each_attributes(item, &mut see));
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

/// Lets somebody see the attributes of a declaration, and those of everything in it.
fn each_attributes(item: &Item, see: &mut impl FnMut(&[Attribute])) {
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
        ItemKind::Enum(declared) => declared.variants.iter().for_each(|variant| see(&variant.attributes)),
        ItemKind::Union(union) => {
            union.record.fields.iter().for_each(|variant| see(&variant.head.attributes));
        }
        ItemKind::Alias(_) => {}
    }
}

/// Drops what is newer than `version`.
fn slice(file: &File, version: Version) -> Arc<File> {
    let slicer = Slicer { version };
    Arc::new(File {
        docs: file.docs.clone(),
        attributes: file.attributes.clone(),
        package: file.package.clone(),
        version: Spanned { value: version, ..file.version },
        imports: file.imports.clone(),
        items: file.items.iter().filter_map(|item| slicer.item(item)).collect(),
        tokens: file.tokens,
        damage: file.damage.clone(),
    })
}

struct Slicer {
    version: Version,
}

impl Slicer {
    /// A declaration without what is newer; `None` when it is newer itself.
    fn item(&self, item: &Arc<Item>) -> Option<Arc<Item>> {
        let mut is_old = true;
        each_attributes(item, &mut |attributes| is_old &= !self.changes(attributes));
        if is_old {
            return Some(Arc::clone(item));
        }
        let mut item = Item::clone(item);
        if !self.keep(&mut item.head) {
            return None;
        }
        match &mut item.kind {
            ItemKind::Interface(members) => members.retain_mut(|member| match member {
                Member::Method(method) => {
                    method.params.retain_mut(|param| self.keep(&mut param.head));
                    method.raises.retain_mut(|raise| self.keep_attributes(&mut raise.attributes));
                    self.keep(&mut method.head)
                }
                Member::Emits(emits) => self.keep_attributes(&mut emits.attributes),
                Member::Handler(handler) => self.keep_attributes(&mut handler.attributes),
            }),
            ItemKind::Struct(record) | ItemKind::Error(record) | ItemKind::Event(record) => {
                self.record(record);
            }
            ItemKind::Union(union) => self.record(&mut union.record),
            ItemKind::Enum(declared) => declared.variants.retain_mut(|variant| self.keep(variant)),
            ItemKind::Alias(_) => {}
        }
        Some(Arc::new(item))
    }

    fn record(&self, record: &mut Record) {
        record.fields.retain_mut(|field| self.keep(&mut field.head));
    }

    fn keep(&self, head: &mut Head) -> bool {
        self.keep_attributes(&mut head.attributes)
    }

    /// Whether something with these attributes was not there, or not as it is.
    fn changes(&self, attributes: &[Attribute]) -> bool {
        let limit = Since::Version(self.version);
        let is_newer = |since: Option<Since>| since.is_some_and(|since| since > limit);
        let is_deprecation = |attribute: &&Attribute| attribute.name.value == "deprecated";
        is_newer(early_since(attributes))
            || attributes.iter().filter(is_deprecation).any(|attribute| is_newer(since_of(attribute)))
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
