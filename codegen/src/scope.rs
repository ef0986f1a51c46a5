//! Which Rust name stands for what, for all packages at once.

use std::collections::BTreeMap;

use lymph_idl::model::{EventId, Interface, Method, MethodKind, Package, PackageId, Schema, TypeId};

use crate::names::{self, Taken};
use crate::problem::Problem;

/// Every name that generated code gives to something.
#[derive(Debug, Default)]
pub(crate) struct Names {
    modules: BTreeMap<PackageId, Vec<String>>,
    types: BTreeMap<TypeId, String>,
    events: BTreeMap<EventId, String>,
    interfaces: BTreeMap<PackageId, Vec<InterfaceNames>>,
}

/// Names of what is generated for one interface.
#[derive(Debug, Default, Clone)]
pub(crate) struct InterfaceNames {
    pub(crate) service: String,
    pub(crate) server: String,
    pub(crate) client: String,
    pub(crate) descriptor: String,
    pub(crate) methods_module: String,
    pub(crate) methods: Vec<MethodNames>,
    pub(crate) handlers: Vec<String>,
}

/// Names of what is generated for one method.
#[derive(Debug, Default, Clone)]
pub(crate) struct MethodNames {
    pub(crate) function: String,
    pub(crate) client_function: String,
    pub(crate) constant: String,
    /// `None` without parameters.
    pub(crate) request: Option<String>,
    /// `None` without parameters.
    pub(crate) args: Option<String>,
    /// `None` when it raises nothing.
    pub(crate) error: Option<String>,
}

impl Names {
    /// The modules that lead to the package's types.
    pub(crate) fn module(&self, package: PackageId) -> &[String] {
        &self.modules[&package]
    }

    pub(crate) fn of_type(&self, id: TypeId) -> &str {
        &self.types[&id]
    }

    pub(crate) fn of_event(&self, id: EventId) -> &str {
        &self.events[&id]
    }

    /// In the package's order.
    pub(crate) fn interfaces(&self, package: PackageId) -> &[InterfaceNames] {
        &self.interfaces[&package]
    }
}

/// Names everything in `schema`; packages whose modules would be the same become `problems`.
///
/// Declarations and members never collide: the schema's compiler refuses names that differ in
/// case only.
pub(crate) fn assign(schema: &Schema, problems: &mut Vec<Problem>) -> Names {
    let mut names = Names::default();
    let mut seen = BTreeMap::new();
    for package in &schema.packages {
        let path = module_path(package);
        if let Some(first) = seen.insert(path.clone(), &package.name.value) {
            let path = path.join("::");
            problems.push(Problem {
                message: format!(
                    "the packages `{first}` and `{}` would both be the module `{path}`",
                    package.name.value
                ),
                help: Some("rename one of them".to_owned()),
            });
        }
        names.modules.insert(package.id, path);
    }
    for package in &schema.packages {
        name_package(schema, package, &mut names);
    }
    names
}

fn module_path(package: &Package) -> Vec<String> {
    let mut parts = package.name.value.split('.');
    let outermost = parts.next().map(names::outermost_module);
    let mut path: Vec<_> = outermost.into_iter().chain(parts.map(names::module_name)).collect();
    if package.versioned_module {
        path.push(format!("v{}", package.version.value.major));
    }
    path
}

fn name_package(schema: &Schema, package: &Package, names: &mut Names) {
    let mut taken = Taken::default();
    for id in &package.types {
        let name = names::type_name(&schema.type_def(*id).meta.name.value);
        taken.claim(&name);
        names.types.insert(*id, name);
    }
    for id in &package.events {
        let name = names::type_name(&schema.event(*id).meta.name.value);
        taken.claim(&name);
        names.events.insert(*id, name);
    }
    let mut modules = child_modules(package, names);
    let mut interfaces: Vec<_> =
        package.interfaces.iter().map(|interface| name_interface(interface, &mut modules)).collect();
    for named in &interfaces {
        taken.claim(&named.service);
        taken.claim(&named.server);
        taken.claim(&named.client);
    }
    name_method_types(package, &mut interfaces, &mut taken);
    names.interfaces.insert(package.id, interfaces);
}

fn name_interface(interface: &Interface, modules: &mut Taken) -> InterfaceNames {
    let service = names::type_name(&interface.meta.name.value);
    let descriptor = names::const_name(&interface.meta.name.value);
    let mut constants = Taken::default();
    let method = |method: &Method| {
        let function = names::value_name(&method.meta.name.value);
        MethodNames {
            // `new` makes the client itself.
            client_function: if function == "new" { "new_".to_owned() } else { function.clone() },
            constant: constants.first_free(&[names::const_name(&method.meta.name.value)]),
            function,
            ..MethodNames::default()
        }
    };
    InterfaceNames {
        methods: interface.methods.iter().map(method).collect(),
        handlers: interface.handlers.iter().map(|h| names::value_name(&h.meta.name.value)).collect(),
        server: format!("{}Server", names::type_stem(&interface.meta.name.value)),
        client: format!("{}Client", names::type_stem(&interface.meta.name.value)),
        methods_module: modules.first_free(&[format!("{}_methods", descriptor.to_lowercase())]),
        descriptor,
        service,
    }
}

/// Modules inside the package's own: nothing else there may take their names.
fn child_modules(package: &Package, names: &Names) -> Taken {
    let own = &names.modules[&package.id];
    let mut taken = Taken::default();
    for path in names.modules.values() {
        if path.len() > own.len() && path.starts_with(own) {
            taken.claim(&path[own.len()]);
        }
    }
    taken
}

/// `GreetRequest`, `GreetArgs`, `GreetError`; with the interface's name before them where two
/// methods of the package, or a type of it, would share the name.
fn name_method_types(package: &Package, interfaces: &mut [InterfaceNames], taken: &mut Taken) {
    let simple = |method: &Method| names::type_stem(&method.meta.name.value);
    let methods = || package.interfaces.iter().flat_map(|interface| &interface.methods);
    let mut counts = BTreeMap::<String, usize>::new();
    for method in methods() {
        for suffix in wanted(method) {
            *counts.entry(format!("{}{suffix}", simple(method))).or_default() += 1;
        }
    }
    for (interface, named) in package.interfaces.iter().zip(interfaces) {
        for (method, names) in interface.methods.iter().zip(&mut named.methods) {
            for suffix in wanted(method) {
                let short = format!("{}{suffix}", simple(method));
                let long = format!("{}{short}", names::type_stem(&interface.meta.name.value));
                let candidates = if counts[&short] > 1 { vec![long] } else { vec![short, long] };
                let name = Some(taken.first_free(&candidates));
                match suffix {
                    "Request" => names.request = name,
                    "Args" => names.args = name,
                    _ => names.error = name,
                }
            }
        }
    }
}

fn wanted(method: &Method) -> impl Iterator<Item = &'static str> {
    let params = !method.params.is_empty();
    let raises = method.kind == MethodKind::Rpc && !method.raises.is_empty();
    [("Request", params), ("Args", params), ("Error", raises)]
        .into_iter()
        .filter_map(|(name, w)| w.then_some(name))
}
