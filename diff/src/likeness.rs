//! Whether types and literals of both sides mean the same, however they are written.

use lymph_idl::model::{Literal, Meta, Scalar, Type, TypeDefKind, TypeKind};

use crate::node::Value;
use crate::pair::Pair;

/// Whether two types have one shape, declared types being told apart by their names. Aliases, optionality
/// and constraints are looked through.
pub(crate) fn same_type(values: &Pair<Value<'_>>) -> bool {
    let schemas = values.as_ref().map(|value| value.schema);
    let inner =
        |types: Pair<&Type>| same_type(&schemas.zip(types).map(|(schema, ty)| Value::new(schema, ty, None)));
    match (&values.old.ty.kind, &values.new.ty.kind) {
        (TypeKind::Scalar(old), TypeKind::Scalar(new)) => old == new,
        (TypeKind::List(old), TypeKind::List(new)) | (TypeKind::Set(old), TypeKind::Set(new)) => {
            inner(Pair::new(old, new))
        }
        (TypeKind::Map(old_key, old), TypeKind::Map(new_key, new)) => {
            inner(Pair::new(old_key, new_key)) && inner(Pair::new(old, new))
        }
        (TypeKind::Named(old), TypeKind::Named(new)) => {
            schemas.old.type_def(*old).meta.name.value == schemas.new.type_def(*new).meta.name.value
        }
        _ => false,
    }
}

/// Whether two literals are one value of the types that they stand for.
pub(crate) fn same_literal(values: &Pair<Value<'_>>, literals: Pair<&Literal>) -> bool {
    let schemas = values.as_ref().map(|value| value.schema);
    match (literals.old, literals.new) {
        (Literal::List(old), Literal::List(new)) => {
            let elements = values.as_ref().map(|value| match &value.ty.kind {
                TypeKind::List(element) | TypeKind::Set(element) => Some(&**element),
                _ => None,
            });
            let Pair { old: Some(old_type), new: Some(new_type) } = elements else { return old == new };
            let elements =
                schemas.zip(Pair::new(old_type, new_type)).map(|(schema, ty)| Value::new(schema, ty, None));
            let same = |old: &Literal, new: &Literal| same_literal(&elements, Pair::new(old, new));
            let has_no_order = matches!(values.new.ty.kind, TypeKind::Set(_));
            old.len() == new.len()
                && match has_no_order {
                    true => old.iter().all(|old| new.iter().any(|new| same(old, new))),
                    false => old.iter().zip(new).all(|(old, new)| same(old, new)),
                }
        }
        (Literal::Name(old), Literal::Name(new)) => {
            let variants = values.as_ref().zip(Pair::new(old, new)).map(|(value, name)| variant(value, name));
            match variants {
                Pair { old: Some(old), new: Some(new) } => {
                    old.wire == new.wire || new.was.iter().any(|was| was.value == old.wire)
                }
                _ => old == new,
            }
        }
        // A string that became an enum, or the other way round.
        (Literal::String(text), Literal::Name(name)) => {
            variant(&values.new, name).is_some_and(|variant| variant.wire == *text)
        }
        (Literal::Name(name), Literal::String(text)) => {
            variant(&values.old, name).is_some_and(|variant| variant.wire == *text)
        }
        (Literal::String(old), Literal::String(new)) => match (scalar(&values.old), scalar(&values.new)) {
            (Some(scalar), Some(other)) if scalar == other => plain(scalar, old) == plain(scalar, new),
            _ => old == new,
        },
        #[expect(clippy::cast_precision_loss, reason = "a default that a float cannot hold is another one")]
        (Literal::Int(int), Literal::Float(float)) | (Literal::Float(float), Literal::Int(int)) => {
            *int as f64 == *float
        }
        (old, new) => old == new,
    }
}

fn variant<'a>(value: &Value<'a>, name: &str) -> Option<&'a Meta> {
    match &value.definition()?.kind {
        TypeDefKind::Enum(declared) => declared.variants.iter().find(|variant| variant.name.value == name),
        _ => None,
    }
}

fn scalar(value: &Value<'_>) -> Option<Scalar> {
    match value.ty.kind {
        TypeKind::Scalar(scalar) => Some(scalar),
        _ => None,
    }
}

/// A text of a scalar without the freedom that its notation leaves.
fn plain(scalar: Scalar, text: &str) -> String {
    match scalar {
        Scalar::Uuid => text.to_lowercase(),
        Scalar::Decimal => {
            let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
            match without_zeros(digits).trim_start_matches('0') {
                "" => "0".to_owned(),
                digits => format!("{sign}{digits}"),
            }
        }
        Scalar::Time => without_zeros(text).to_owned(),
        Scalar::DateTime => {
            let day = text.len().min("2024-01-31T".len());
            let offset = text[day..].find(['Z', '+', '-']).map_or(text.len(), |place| day + place);
            let (moment, offset) = text.split_at(offset);
            let offset = if matches!(offset, "Z" | "-00:00") { "+00:00" } else { offset };
            format!("{}{offset}", without_zeros(moment))
        }
        _ => text.to_owned(),
    }
}

/// Without zeros at the end of a fraction.
fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}
