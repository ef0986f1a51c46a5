//! A declared type moved to another package.

use lymph_idl::model::TypeDef;

use crate::effect::{Edit, Effect, PATCH};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::side::Side;
use crate::sink::{Scope, Sink};

pub(super) const RULE: Rule = Rule {
    id: "type-moved",
    summary: "a declared type moved to another package",
    message: "type `{name}` moved from package `{old}` to `{new}`",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Names of packages do not travel with values. Code that is built against the new schema \
                  finds the type in another module, and the package that holds it now decides on its \
                  version.",
    example: Pair::new(
        "package common @ 1.0.0;\n\
         package geo @ 1.0.0;\n\
         struct LatLng { lat: f64 } struct Place { at: LatLng }",
        "package common @ 1.1.0;\n\
         struct LatLng { lat: f64 }\n\
         package geo @ 1.1.0;\n\
         use common.{LatLng}; struct Place { at: LatLng }",
    ),
    fix: "nothing has to be done",
    migration: "Leave an alias behind, as `type LatLng = maps.common.LatLng;`, if others import the type \
                from where it was.",
    consequence: Consequence::Shape {
        backward: Effect::Fine,
        forward: Effect::Fine,
        param: PATCH,
        result: PATCH,
        event: PATCH,
    },
    edits: &[Edit::Writer, Edit::Reader],
    check: Check::TypeDef(check),
};

fn check(types: &Pair<&TypeDef>, sink: &mut Sink<'_, '_>) {
    let Scope { schemas, sides, .. } = sink.scope();
    let packages =
        schemas.zip(*types).map(|(schema, declared)| &*schema.package(declared.package).name.value);
    // Where the package itself has another name, that is told once.
    let is_known = |side: &Side<'_>, name: &str| !side.packages(name).is_empty();
    if packages.differs() && (is_known(sides.new, packages.old) || is_known(sides.old, packages.new)) {
        sink.here(packages);
    }
}
