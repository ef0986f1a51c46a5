//! A declared type has another name.

use lymph_idl::model::{TypeDef, TypeDefKind};

use crate::effect::{Edit, Effect, PATCH};
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "type-renamed",
    summary: "a declared type has another name",
    message: "`{new}` stands where type `{old}` stood",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Names of types do not travel, but for those of errors, which have rules of their own. \
                  Code that is built against the new schema uses the new name.",
    example: Pair::new(
        "struct Position { lat: f64 } struct Place { at: Position }",
        "struct LatLng { lat: f64 } struct Place { at: LatLng }",
    ),
    fix: "nothing has to be done",
    migration: "Rename a type whenever a better name is found. An alias, as `type Position = LatLng;`, \
                spares others the edit.",
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
    let is_error = matches!(types.new.kind, TypeDefKind::Error(_));
    let metas = types.map(|declared| &declared.meta);
    if metas.map(|meta| &meta.name.value).differs() && !(is_error && metas.map(|meta| &meta.wire).differs()) {
        sink.here(metas.map(|meta| &*meta.name.value));
    }
}
