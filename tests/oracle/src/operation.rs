//! What both sides of a case have: the operations whose values can travel between them.

use lymph_diff::Position;
use lymph_idl::Schema;
use lymph_idl::model::{Event, Meta, Method, MethodKind, Package, TypeDefKind};

use crate::codec::{self, Codec};
use crate::fixture;
use crate::trial::{Shape, Side};

/// Values that both sides write and read.
#[derive(Debug)]
pub struct Operation<'a> {
    /// Where they travel.
    pub position: Position,
    /// As findings name it.
    pub name: String,
    /// The package that declares it, on the new side.
    pub package: &'a str,
    /// The old side.
    pub old: Side<'a>,
    /// The new side.
    pub new: Side<'a>,
}

/// One side of a case.
#[derive(Debug, Clone, Copy)]
pub struct Version<'a> {
    /// What it declares.
    pub schema: &'a Schema,
    /// What is generated for it.
    pub codecs: &'static codec::Side,
}

/// What both sides have: each parameter list, result, error of a method, and event.
#[must_use]
pub fn operations<'a>(old: Version<'a>, new: Version<'a>) -> Vec<Operation<'a>> {
    let mut operations = Vec::new();
    for (new_index, (package, interface, method)) in fixture::methods(new.schema).enumerate() {
        let same = fixture::methods(old.schema).position(|(old_package, old_interface, old_method)| {
            are_one(old, old_package, new, package)
                && is_called(&interface.meta, &old_interface.meta.wire)
                && is_called(&method.meta, &old_method.meta.wire)
        });
        let Some(old_index) = same else { continue };
        let (_, _, old_method) = fixture::methods(old.schema).nth(old_index).expect("it was found there");
        let (old_codecs, new_codecs) = (&old.codecs.methods[old_index], &new.codecs.methods[new_index]);
        let name = format!("{}.{}", interface.meta.name.value, method.meta.name.value);
        let add = |position, old, new| Operation {
            position,
            name: name.clone(),
            package: &package.name.value,
            old,
            new,
        };
        let params = |version: Version<'a>, method: &'a Method, codec| {
            side(version, Shape::Members(&method.params), codec)
        };
        operations.push(add(
            Position::Param,
            params(old, old_method, old_codecs.params),
            params(new, method, new_codecs.params),
        ));
        let waits = |method: &Method| method.kind == MethodKind::Rpc;
        if waits(old_method) && waits(method) {
            operations.push(add(
                Position::Result,
                side(old, Shape::Value(old_method.result.as_ref()), old_codecs.result),
                side(new, Shape::Value(method.result.as_ref()), new_codecs.result),
            ));
        }
        for (old_side, new_side) in raised(old, old_method, new, method) {
            operations.push(add(Position::Error, old_side, new_side));
        }
    }
    for (new_index, (package, event)) in fixture::events(new.schema).enumerate() {
        let same = fixture::events(old.schema).position(|(old_package, old_event)| {
            are_one(old, old_package, new, package) && is_called(&event.meta, &old_event.meta.wire)
        });
        let Some(old_index) = same else { continue };
        let Some(package) = sender(new.schema, package, event) else { continue };
        let (_, old_event) = fixture::events(old.schema).nth(old_index).expect("it was found there");
        operations.push(Operation {
            position: Position::Event,
            name: event.meta.name.value.clone(),
            package: &package.name.value,
            old: side(old, Shape::Members(&old_event.record.fields), old.codecs.events[old_index].values),
            new: side(new, Shape::Members(&event.record.fields), new.codecs.events[new_index].values),
        });
    }
    operations
}

/// The package with which an event goes out: the one that declares it, or when that is only imported, one that emits
/// it. What neither does is for whoever asks for the package that declares it.
fn sender<'a>(schema: &'a Schema, declares: &'a Package, event: &Event) -> Option<&'a Package> {
    let emits = |package: &&Package| {
        let mut emitted = package.interfaces.iter().flat_map(|interface| &interface.emits);
        package.is_root && emitted.any(|emits| emits.event == event.id)
    };
    if declares.is_root { Some(declares) } else { schema.packages.iter().find(emits) }
}

/// The errors that both methods raise under one wire name.
fn raised<'a>(
    old: Version<'a>,
    old_method: &'a Method,
    new: Version<'a>,
    new_method: &'a Method,
) -> Vec<(Side<'a>, Side<'a>)> {
    if old_method.kind != MethodKind::Rpc || new_method.kind != MethodKind::Rpc {
        return Vec::new();
    }
    let errors = |version: Version<'a>, method: &'a Method| {
        let error = move |raise: &'a lymph_idl::model::Raise| {
            let def = version.schema.type_def(raise.error);
            let TypeDefKind::Error(error) = &def.kind else { unreachable!("only errors are raised") };
            let index =
                fixture::errors(version.schema).position(|it| it.id == def.id).expect("it is one of them");
            let codec = version.codecs.errors[index];
            (&def.meta.wire, side(version, Shape::Members(&error.record.fields), codec))
        };
        method.raises.iter().map(error).collect::<Vec<_>>()
    };
    let new_errors = errors(new, new_method);
    let pair = |(wire, old_side): (&'a String, Side<'a>)| {
        let (_, new_side) = new_errors.iter().find(|(it, _)| *it == wire)?;
        Some((old_side, *new_side))
    };
    errors(old, old_method).into_iter().filter_map(pair).collect()
}

fn side<'a>(version: Version<'a>, shape: Shape<'a>, codec: Codec) -> Side<'a> {
    Side { schema: version.schema, shape, codec }
}

/// Whether two packages are compared: of one name and, where there are several, of one major; also the only ones
/// asked for.
#[must_use]
pub fn are_one(old: Version<'_>, old_package: &Package, new: Version<'_>, new_package: &Package) -> bool {
    let roots = |version: Version<'_>| version.schema.packages.iter().filter(|it| it.is_root).count();
    let only = old_package.is_root && new_package.is_root && roots(old) == 1 && roots(new) == 1;
    let majors = |version: Version<'_>| {
        version.schema.packages.iter().filter(|it| it.name.value == new_package.name.value).count()
    };
    let of_one_name = old_package.name.value == new_package.name.value
        && (old_package.version.value.major == new_package.version.value.major
            || majors(old) == 1 && majors(new) == 1);
    only || of_one_name
}

fn is_called(meta: &Meta, wire: &str) -> bool {
    meta.wire == wire || meta.was.iter().any(|was| was.value == wire)
}
