//! Extra derives and attributes, each at the declarations that its selector names.

use std::collections::BTreeMap;

use lymph_idl::model::{Field, Meta, Schema, TypeDefKind};

use crate::options::Options;
use crate::problem::Problem;

/// Attributes by the full name of what carries them.
#[derive(Debug, Default)]
pub(crate) struct Attributes(BTreeMap<String, Vec<String>>);

impl Attributes {
    /// Finds what each selector of `options` names; those that name nothing become `problems`.
    pub(crate) fn find(schema: &Schema, options: &Options, problems: &mut Vec<Problem>) -> Self {
        let mut found = Self::default();
        if options.attributes.is_empty() {
            return found;
        }
        let places = places(schema);
        for (selector, attribute) in &options.attributes {
            let mut matched = false;
            for place in places.iter().filter(|place| place.matches(selector)) {
                found.0.entry(place.name.clone()).or_default().push(attribute.clone());
                matched = true;
            }
            if !matched {
                problems.push(unknown(selector, "selector", places.iter().map(|place| &*place.name)));
            }
        }
        found
    }

    /// The lines to put before the declaration called `name`.
    pub(crate) fn of(&self, name: &str, indent: &str) -> String {
        let attributes = self.0.get(name).into_iter().flatten();
        attributes.map(|attribute| format!("{indent}{attribute}\n")).collect()
    }
}

/// Checks the names under which other crates' types are given.
pub(crate) fn check_externs(schema: &Schema, options: &Options, problems: &mut Vec<Problem>) {
    let packages = || schema.packages.iter().map(|package| &*package.name.value);
    for name in options.extern_packages.keys().filter(|name| !packages().any(|known| known == **name)) {
        problems.push(unknown(name, "extern package", packages()));
    }
    if options.extern_types.is_empty() {
        return;
    }
    let types: Vec<String> = schema
        .packages
        .iter()
        .flat_map(|package| package.types.iter().map(move |id| (package, schema.type_def(*id))))
        .map(|(package, def)| format!("{}.{}", package.name.value, def.meta.name.value))
        .collect();
    for name in options.extern_types.keys().filter(|name| !types.contains(name)) {
        problems.push(unknown(name, "extern type", types.iter().map(|known| &**known)));
    }
}

fn unknown<'a>(name: &str, what: &str, known: impl Iterator<Item = &'a str>) -> Problem {
    let nearest = known
        .map(|known| (strsim::normalized_damerau_levenshtein(name, known), known))
        .filter(|(similarity, _)| *similarity > 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    Problem {
        message: format!("the {what} `{name}` names nothing in these schemas"),
        help: nearest.map(|(_, name)| format!("did you mean `{name}`?")),
    }
}

/// Something that can carry an attribute.
struct Place {
    package: String,
    name: String,
    /// A type or an event, which `maps.geo.*` means; not a member, not a request.
    declaration: bool,
}

impl Place {
    fn matches(&self, selector: &str) -> bool {
        match selector.strip_suffix('*') {
            Some("") => self.declaration,
            Some(package) => self.declaration && package.strip_suffix('.') == Some(&self.package),
            None => self.name == selector,
        }
    }
}

fn places(schema: &Schema) -> Vec<Place> {
    let mut places = Vec::new();
    for package in &schema.packages {
        let package_name = &package.name.value;
        let mut add = |path: &str, meta: &Meta, members: &[&Meta], declaration: bool| {
            let name = format!("{path}.{}", meta.name.value);
            places.extend(members.iter().map(|member| Place {
                package: package_name.clone(),
                name: format!("{name}.{}", member.name.value),
                declaration: false,
            }));
            places.push(Place { package: package_name.clone(), name, declaration });
        };
        for id in &package.types {
            let def = schema.type_def(*id);
            let is_alias = matches!(def.kind, TypeDefKind::Alias(_));
            add(package_name, &def.meta, &members(&def.kind), !is_alias);
        }
        for id in &package.events {
            let event = schema.event(*id);
            add(package_name, &event.meta, &metas(&event.record.fields), true);
        }
        for interface in &package.interfaces {
            let path = format!("{package_name}.{}", interface.meta.name.value);
            for method in interface.methods.iter().filter(|method| !method.params.is_empty()) {
                add(&path, &method.meta, &metas(&method.params), false);
            }
        }
    }
    places
}

fn members(kind: &TypeDefKind) -> Vec<&Meta> {
    match kind {
        TypeDefKind::Struct(record) => metas(&record.fields),
        TypeDefKind::Error(error) => metas(&error.record.fields),
        TypeDefKind::Union(union) => metas(&union.variants),
        TypeDefKind::Enum(definition) => definition.variants.iter().collect(),
        TypeDefKind::Alias(_) => Vec::new(),
    }
}

fn metas(fields: &[Field]) -> Vec<&Meta> {
    fields.iter().map(|field| &field.meta).collect()
}
