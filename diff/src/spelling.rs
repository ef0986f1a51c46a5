//! Types and defaults in the words of a schema, always laid out the same: messages and fingerprints must
//! not change with white space.

use lymph_idl::Schema;
use lymph_idl::model::{Constraints, Literal, Number, Scalar, Type, TypeKind};

use crate::literal;
use crate::node::Value;

/// A type as one would write it.
pub(crate) fn of_type(schema: &Schema, ty: &Type) -> String {
    let inner = |ty: &Type| of_type(schema, ty);
    let text = match &ty.kind {
        TypeKind::Scalar(scalar) => scalar.name().to_owned(),
        TypeKind::List(element) => format!("list<{}>", inner(element)),
        TypeKind::Set(element) => format!("set<{}>", inner(element)),
        TypeKind::Map(key, value) => format!("map<{}, {}>", inner(key), inner(value)),
        TypeKind::Patch(value) => format!("patch<{}>", inner(value)),
        TypeKind::Optional(value) => format!("{}?", inner(value)),
        TypeKind::Named(id) => schema.type_def(*id).meta.name.value.clone(),
    };
    let is_duration = Value::new(schema, ty, None).scalar() == Some(Scalar::Duration);
    text + &of_constraints(&ty.constraints, is_duration)
}

/// A default as one would write it.
pub(crate) fn of_default(value: &Value<'_>, default: &Literal) -> String {
    match default {
        Literal::Int(micros) if value.scalar() == Some(Scalar::Duration) => of_duration(*micros),
        default => literal::text(default),
    }
}

fn of_constraints(constraints: &Constraints, is_duration: bool) -> String {
    let number = |number: Number| match number {
        Number::Int(micros) if is_duration => of_duration(micros),
        Number::Int(number) => number.to_string(),
        Number::Float(number) => number.to_string(),
    };
    let range = match (constraints.min.map(number), constraints.max.map(number)) {
        (None, None) => None,
        (Some(min), None) => Some(format!("{min}..")),
        (min, Some(max)) => Some(format!("{}..={max}", min.unwrap_or_default())),
    };
    let pattern = constraints.pattern.as_ref().map(|pattern| format!("pattern = {pattern:?}"));
    let parts: Vec<String> = range.into_iter().chain(pattern).collect();
    if parts.is_empty() { String::new() } else { format!("({})", parts.join(", ")) }
}

/// In the largest unit that leaves a whole number.
fn of_duration(micros: i128) -> String {
    const UNITS: [(&str, i128); 5] =
        [("d", 86_400_000_000), ("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000), ("ms", 1_000)];
    let whole = UNITS.into_iter().find(|(_, size)| micros != 0 && micros % size == 0);
    let (unit, size) = whole.unwrap_or(("us", 1));
    format!("{}{unit}", micros / size)
}
