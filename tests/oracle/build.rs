//! Generates both sides of every case of the rules, and a list of their codecs.

use std::path::{Path, PathBuf};
use std::{env, fs};

use lymph_idl::Schema;
use lymph_idl::model::{
    Event, Field, Handler, Interface, Method, Package, Scalar, Subscription, TypeDefKind, TypeKind,
};

#[path = "src/fixture.rs"]
#[allow(dead_code, unreachable_pub, reason = "the library uses the rest")]
mod fixture;
/// The generator's own naming decisions.
#[path = "../../codegen/src/names.rs"]
#[allow(dead_code, unreachable_pub, reason = "the generator uses the rest")]
mod names;

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it"));
    // New cases must join; what is expected of them lies beside them and is rarely written.
    println!("cargo::rerun-if-changed={}", fixture::folder().display());
    println!("cargo::rerun-if-changed=src/fixture.rs");
    let mut modules = String::new();
    let mut pairs = String::new();
    for case in fixture::cases() {
        let module = format!("case_{}", case.replace('-', "_"));
        let sides = ["old", "new"].map(|side| {
            let schema = fixture::load(&case, side);
            let file = out.join(&module).join(format!("{side}.rs"));
            generate(&case, &schema, &file);
            let root = format!("{module}::{side}");
            let code = format!("pub mod {side} {{ include!({file:?}); }}\n");
            (code + &requests(&schema, &root), format!("{side}: {},\n", codecs(&schema, &root)))
        });
        let [(old, old_codecs), (new, new_codecs)] = sides;
        modules.push_str(&format!("pub mod {module} {{\n{old}{new}}}\n"));
        pairs.push_str(&format!("Pair {{ case: {case:?},\n{old_codecs}{new_codecs}}},\n"));
    }
    let text = format!("{modules}pub static PAIRS: &[Pair] = &[\n{pairs}];\n");
    fs::write(out.join("pairs.rs"), text).expect("OUT_DIR can be written");
}

fn generate(case: &str, schema: &Schema, file: &Path) {
    let code = lymph_codegen::generate_single(schema, &lymph_codegen::Options::default())
        .unwrap_or_else(|problems| panic!("{case}: {problems:?}"));
    fs::create_dir_all(file.parent().expect("it is in a folder")).expect("OUT_DIR can be written");
    fs::write(file, code).expect("OUT_DIR can be written");
}

/// `impl Sent` for the requests of one side: each is lent to the client's arguments.
fn requests(schema: &Schema, root: &str) -> String {
    let with_params = fixture::methods(schema).filter(|(_, _, method)| !method.params.is_empty());
    let request = |(package, interface, method): (&Package, &Interface, &Method)| {
        let path = module_path(root, package);
        let stem = method_stem(package, interface, method);
        let fields = method
            .params
            .iter()
            .map(|param| format!("{}: {}, ", names::value_name(&param.meta.name.value), lent(schema, param)));
        format!(
            "impl crate::codec::Sent for crate::pairs::{path}::{stem}Request {{\n    \
             fn lend(&self, to: &mut dyn FnMut(&dyn lymph::client::Arguments)) {{\n        \
             to(&crate::pairs::{path}::{stem}Args {{ {}}});\n    }}\n}}\n",
            fields.collect::<String>()
        )
    };
    with_params.map(request).collect()
}

/// A field of a request as the client's arguments hold it.
fn lent(schema: &Schema, param: &Field) -> String {
    let place = format!("self.{}", names::value_name(&param.meta.name.value));
    let outer = &schema.resolve_alias(&param.ty).kind;
    let (may_be_unset, inner) = match outer {
        TypeKind::Optional(inner) | TypeKind::Patch(inner) => (true, &schema.resolve_alias(inner).kind),
        kind => (false, kind),
    };
    let is_enum = |id| matches!(schema.type_def(id).kind, TypeDefKind::Enum(_));
    let lent = match (inner, may_be_unset) {
        (TypeKind::Scalar(Scalar::String | Scalar::Bytes) | TypeKind::List(_), true) => {
            format!("{place}.as_deref()")
        }
        (TypeKind::Scalar(Scalar::Any) | TypeKind::Set(_) | TypeKind::Map(..), true) => {
            format!("{place}.as_ref()")
        }
        (TypeKind::Named(id), true) if !is_enum(*id) => format!("{place}.as_ref()"),
        (
            TypeKind::Scalar(Scalar::String | Scalar::Bytes | Scalar::Any)
            | TypeKind::List(_)
            | TypeKind::Set(_)
            | TypeKind::Map(..),
            false,
        ) => format!("&{place}"),
        (TypeKind::Named(id), false) if !is_enum(*id) => format!("&{place}"),
        _ => format!("{place}.clone()"),
    };
    if param.default.is_some() { format!("Some({lent})") } else { lent }
}

/// The codecs of one side as a value of `Side`.
fn codecs(schema: &Schema, root: &str) -> String {
    let method = |(package, interface, method): (&Package, &Interface, &Method)| {
        let module = names::const_name(&interface.meta.name.value).to_lowercase();
        let constant = names::const_name(&method.meta.name.value);
        format!("codec::of_method(&{}::{module}_methods::{constant}), ", module_path(root, package))
    };
    let event = |(package, event): (&Package, &lymph_idl::model::Event)| {
        format!("codec::of_event::<{}>(), ", event_path(root, package, event))
    };
    let handler = |(package, interface, handler): (&Package, &Interface, &Handler)| {
        let constant = names::const_name(&interface.meta.name.value);
        let name = &handler.meta.name.value;
        let hears = match handler.subscription {
            Subscription::Event(id) => {
                let event = schema.event(id);
                format!("handler::<{}>", event_path(root, schema.package(event.package), event))
            }
            Subscription::Pattern(_) => "wildcard".to_owned(),
        };
        format!("codec::{hears}(&{}::{constant}, {name:?}), ", module_path(root, package))
    };
    let error = |error: &lymph_idl::model::TypeDef| {
        let path = module_path(root, schema.package(error.package));
        format!("codec::of_error::<{path}::{}>(), ", names::type_name(&error.meta.name.value))
    };
    format!(
        "Side {{ methods: &[{}], events: &[{}], handlers: &[{}], errors: &[{}] }}",
        fixture::methods(schema).map(method).collect::<String>(),
        fixture::events(schema).map(event).collect::<String>(),
        fixture::handlers(schema).map(handler).collect::<String>(),
        fixture::errors(schema).map(error).collect::<String>(),
    )
}

/// The type of an event.
fn event_path(root: &str, package: &Package, event: &Event) -> String {
    format!("{}::{}", module_path(root, package), names::type_name(&event.meta.name.value))
}

/// The module that holds a package's types.
fn module_path(root: &str, package: &Package) -> String {
    let mut parts = package.name.value.split('.');
    let outermost = parts.next().map(names::outermost_module);
    let mut path = root.to_owned();
    for part in outermost.into_iter().chain(parts.map(names::module_name)) {
        path.push_str("::");
        path.push_str(&part);
    }
    if package.versioned_module {
        path.push_str(&format!("::v{}", package.version.value.major));
    }
    path
}

/// What the names of a method's types begin with: also its interface's name where two would be the same.
fn method_stem(package: &Package, interface: &Interface, method: &Method) -> String {
    let stem = |method: &Method| names::type_stem(&method.meta.name.value);
    let all = package.interfaces.iter().flat_map(|interface| &interface.methods);
    let same = all.filter(|it| !it.params.is_empty() && stem(it) == stem(method)).count();
    let before = if same > 1 { names::type_stem(&interface.meta.name.value) } else { String::new() };
    before + &stem(method)
}
