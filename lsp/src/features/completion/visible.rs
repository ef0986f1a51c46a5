//! What a file can name: its own declarations, what it imports, and what it could import.

use std::collections::BTreeMap;
use std::path::Path;

use lymph_idl::Version;
use lymph_idl::model::{Event, Meta, Package, Schema, Since, TypeDef, TypeDefKind};

use crate::features::imports::{Use, uses};
use crate::projects::Analyzed;
use crate::workspace::Workspace;

/// Something that can be named.
#[derive(Debug, Clone)]
pub(super) struct Seen<'a> {
    /// As the file writes it.
    pub(super) name: String,
    pub(super) what: &'static str,
    pub(super) meta: &'a Meta,
    pub(super) package: &'a str,
    /// Whether a `use` line must be added, and the major it must say where there are several.
    pub(super) import: Option<Option<u32>>,
}

/// Everything that one file can name.
pub(super) struct Visible<'a> {
    own: Option<(&'a Schema, &'a Package)>,
    uses: Vec<Use>,
    /// All others by name and major.
    others: BTreeMap<(&'a str, u32), (&'a Schema, &'a Package)>,
}

impl<'a> Visible<'a> {
    /// `text` is what the file at `path` says now.
    pub(super) fn new(workspace: &'a Workspace, path: &Path, text: &str) -> Self {
        let own = workspace.analyzed(path);
        let first = own.map(|(analyzed, _)| analyzed);
        let mut others = BTreeMap::new();
        let mut own_package = None;
        for analyzed in first.into_iter().chain(workspace.all()) {
            let Analyzed { analysis, .. } = analyzed;
            for package in &analysis.schema.packages {
                let found = (&analysis.schema, package);
                if analyzed.path(package.file) == path {
                    own_package.get_or_insert(found);
                } else {
                    let key = (package.name.value.as_str(), package.version.value.major);
                    others.entry(key).or_insert(found);
                }
            }
        }
        Self { own: own_package, uses: uses(text).0, others }
    }

    /// Types of values: own, imported, and those that could be.
    pub(super) fn types(&self) -> impl Iterator<Item = Seen<'a>> {
        let is_type = |def: &TypeDef| !matches!(def.kind, TypeDefKind::Error(_));
        self.all(move |schema, package| types(schema, package, is_type), false)
    }

    /// Errors: own, imported, and those that could be.
    pub(super) fn errors(&self) -> impl Iterator<Item = Seen<'a>> {
        let is_error = |def: &TypeDef| matches!(def.kind, TypeDefKind::Error(_));
        self.all(move |schema, package| types(schema, package, is_error), false)
    }

    /// Events: own, of imported packages, and those that could be imported.
    pub(super) fn events(&self) -> impl Iterator<Item = Seen<'a>> {
        self.all(events, true)
    }

    /// Everything of a package that a `use` line can name.
    pub(super) fn exports(&self, package: &str, major: Option<u32>) -> impl Iterator<Item = Seen<'a>> {
        let found = self.package(package, major);
        found.into_iter().flat_map(|(schema, package)| {
            types(schema, package, |_| true).into_iter().chain(events(schema, package))
        })
    }

    /// Other packages with the major that a `use` line must say, where there are several.
    pub(super) fn packages(&self) -> impl Iterator<Item = (String, Option<u32>)> {
        let others = self.others.keys().map(|(name, major)| (name.to_string(), self.needed(name, *major)));
        others.collect::<Vec<_>>().into_iter()
    }

    /// The variants of the enum that is written as `name`.
    pub(super) fn variants(&self, name: &str) -> Vec<(&'a Meta, &'a str)> {
        let all = self.types().filter(|seen| seen.import.is_none() && seen.name == name);
        let spans: Vec<_> = all.map(|seen| seen.meta.name.span).collect();
        let schemas = self.own.into_iter().chain(self.others.values().copied());
        let mut defs = schemas.flat_map(|(schema, package)| {
            package.types.iter().map(move |id| (schema.type_def(*id), package.name.value.as_str()))
        });
        let found = defs.find(|(def, package)| {
            spans.contains(&def.meta.name.span)
                && self.types().any(|seen| seen.package == *package && std::ptr::eq(seen.meta, &def.meta))
        });
        match found {
            Some((TypeDef { kind: TypeDefKind::Enum(declared), meta, .. }, _)) => {
                declared.variants.iter().map(|variant| (variant, meta.name.value.as_str())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Names of the fields of the event that is written as `name`.
    pub(super) fn fields_of(&self, name: &str) -> Vec<String> {
        let Some(seen) = self.events().find(|seen| seen.import.is_none() && seen.name == name) else {
            return Vec::new();
        };
        let schemas = self.own.into_iter().chain(self.others.values().copied());
        let mut all = schemas.flat_map(|(schema, package)| package.events.iter().map(|id| schema.event(*id)));
        let event: Option<&Event> = all.find(|event| std::ptr::eq(&event.meta, seen.meta));
        let fields = event.into_iter().flat_map(|event| &event.record.fields);
        fields.map(|field| field.meta.name.value.clone()).collect()
    }

    /// Versions that things of this file are since, newest first, the package's own included.
    pub(super) fn versions(&self) -> Vec<Version> {
        let Some((schema, package)) = self.own else { return Vec::new() };
        let mut versions = schema.versions(package.id);
        versions.push(package.version.value);
        versions.sort_unstable();
        versions.dedup_by_key(|version| (version.major, version.minor));
        versions.reverse();
        versions
    }

    fn package(&self, name: &str, major: Option<u32>) -> Option<(&'a Schema, &'a Package)> {
        let named = self.others.range((name, 0)..=(name, u32::MAX));
        named.rev().find(|((_, found), _)| major.is_none_or(|major| major == *found)).map(|(_, it)| *it)
    }

    /// The major that an import must say.
    fn needed(&self, name: &str, major: u32) -> Option<u32> {
        (self.others.range((name, 0)..=(name, u32::MAX)).count() > 1).then_some(major)
    }

    /// What `members` finds in the file's own package, in those that it imports, and in all others.
    fn all(
        &self,
        members: impl Fn(&'a Schema, &'a Package) -> Vec<Seen<'a>>,
        whole_package: bool,
    ) -> impl Iterator<Item = Seen<'a>> {
        let mut all: Vec<Seen<'a>> = Vec::new();
        if let Some((schema, package)) = self.own {
            all.extend(members(schema, package));
        }
        let own = self.own.map(|(_, package)| package.name.value.as_str());
        for ((name, major), (schema, package)) in &self.others {
            let uses: Vec<&Use> = self
                .uses
                .iter()
                .filter(|it| it.package == *name && it.major.is_none_or(|wanted| wanted == *major))
                .collect();
            for mut seen in members(schema, package) {
                let known_as = known_as(&uses, &seen.name, whole_package);
                match known_as {
                    Some(name) => seen.name = name,
                    // Of the same package only the other major could be meant, which nobody wants by chance.
                    None if own == Some(*name) => continue,
                    None => seen.import = Some(self.needed(name, *major)),
                }
                all.push(seen);
            }
        }
        all.into_iter()
    }
}

/// How a file with these `use` lines of one package writes one of its names.
fn known_as(uses: &[&Use], name: &str, whole_package: bool) -> Option<String> {
    let listed = uses.iter().filter_map(|it| it.names.as_ref()).flatten().find(|(listed, _)| listed == name);
    if let Some((name, alias)) = listed {
        return Some(alias.clone().unwrap_or_else(|| name.clone()));
    }
    // Events of an imported package need no more than its name in a `use` line.
    if whole_package && !uses.is_empty() {
        return Some(name.to_owned());
    }
    let whole = uses.iter().find(|it| it.names.is_none())?;
    Some(format!("{}.{name}", whole.package))
}

fn types<'a>(schema: &'a Schema, package: &'a Package, wanted: impl Fn(&TypeDef) -> bool) -> Vec<Seen<'a>> {
    let defs = package.types.iter().map(|id| schema.type_def(*id)).filter(|def| wanted(def));
    let seen = |def: &'a TypeDef| {
        let what = match &def.kind {
            TypeDefKind::Struct(_) => "struct",
            TypeDefKind::Enum(_) => "enum",
            TypeDefKind::Union(_) => "union",
            TypeDefKind::Alias(_) => "type",
            TypeDefKind::Error(_) => "error",
        };
        self::seen(&def.meta, what, package)
    };
    defs.map(seen).collect()
}

fn events<'a>(schema: &'a Schema, package: &'a Package) -> Vec<Seen<'a>> {
    package.events.iter().map(|id| seen(&schema.event(*id).meta, "event", package)).collect()
}

fn seen<'a>(meta: &'a Meta, what: &'static str, package: &'a Package) -> Seen<'a> {
    Seen { name: meta.name.value.clone(), what, meta, package: &package.name.value, import: None }
}

/// Whether something is discouraged.
pub(super) fn is_deprecated(meta: &Meta) -> bool {
    meta.deprecated.as_ref().is_some_and(|it| matches!(it.since, Since::Version(_) | Since::Next))
}
