//! Values written in a schema as Rust expressions.

use std::time::Duration;

use lymph_idl::model::{Literal, PackageId, Scalar, Type, TypeDefKind, TypeKind};

use crate::cx::Cx;
use crate::names;
use crate::types::BorrowedKind;

/// `text` as a string literal. Rust's own escapes cover everything, turned writing included.
pub(crate) fn string(text: &str) -> String {
    format!("{text:?}")
}

/// `texts` as a `&'static [&'static str]`.
pub(crate) fn strings<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    format!("&[{}]", texts.into_iter().map(string).collect::<Vec<_>>().join(", "))
}

/// `literal` as an owned value of `ty`.
pub(crate) fn owned(cx: &Cx<'_>, home: PackageId, ty: &Type, literal: &Literal) -> String {
    match (&cx.schema.resolve_alias(ty).kind, literal) {
        (TypeKind::Scalar(scalar), _) => self::scalar(*scalar, literal),
        (TypeKind::List(_), Literal::List(items)) if items.is_empty() => "::std::vec::Vec::new()".to_owned(),
        (TypeKind::List(item), Literal::List(items)) => {
            format!("::std::vec![{}]", list(cx, home, item, items))
        }
        (TypeKind::Set(item), Literal::List(items)) if !items.is_empty() => {
            format!("::std::iter::FromIterator::from_iter(::std::vec![{}])", list(cx, home, item, items))
        }
        (TypeKind::Named(id), Literal::Name(name)) => variant(cx, home, *id, name),
        _ => "::std::default::Default::default()".to_owned(),
    }
}

/// `literal` as a caller's arguments hold it: text, bytes and containers borrowed.
pub(crate) fn borrowed(
    cx: &Cx<'_>,
    home: PackageId,
    ty: &Type,
    kind: BorrowedKind,
    literal: &Literal,
) -> String {
    match (kind, literal) {
        (BorrowedKind::Str, Literal::String(text)) => string(text),
        (BorrowedKind::Slice, Literal::List(items)) if items.is_empty() => "&[]".to_owned(),
        (BorrowedKind::Value, _) => owned(cx, home, ty, literal),
        _ => format!("&{}", owned(cx, home, ty, literal)),
    }
}

fn list(cx: &Cx<'_>, home: PackageId, item: &Type, items: &[Literal]) -> String {
    items.iter().map(|literal| owned(cx, home, item, literal)).collect::<Vec<_>>().join(", ")
}

/// What the schema's compiler lets through for each scalar; bytes and `any` have no literals.
fn scalar(scalar: Scalar, literal: &Literal) -> String {
    let call = |function: &str, text: &str| format!("::lymph::{function}({})", string(text));
    match (scalar, literal) {
        (_, Literal::Bool(value)) => value.to_string(),
        (Scalar::Duration, Literal::Int(micros)) => duration(*micros),
        (_, Literal::Int(number)) => number.to_string(),
        (_, Literal::Float(number)) => float(scalar, *number),
        (Scalar::Uuid, Literal::String(text)) => {
            let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
            format!("::lymph::types::Uuid::from_u128(0x{digits})")
        }
        (Scalar::DateTime, Literal::String(text)) => call("generated::datetime", text),
        (Scalar::Date, Literal::String(text)) => call("generated::date", text),
        (Scalar::Time, Literal::String(text)) => call("generated::time", text),
        (Scalar::Decimal, Literal::String(text)) => call("generated::decimal", text),
        (_, Literal::String(text)) => format!("::std::string::String::from({})", string(text)),
        (_, Literal::Name(_) | Literal::List(_) | Literal::EmptyMap) => {
            "::std::default::Default::default()".to_owned()
        }
    }
}

/// A duration of so many microseconds.
pub(crate) fn duration(micros: i128) -> String {
    format!("::lymph::types::Duration::from_micros({micros})")
}

/// `Some` of a duration.
pub(crate) fn some_duration(duration: Duration) -> String {
    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
    format!("::std::option::Option::Some(::std::time::Duration::new({seconds}, {nanos}))")
}

/// With a point or an exponent, so that it is no integer.
pub(crate) fn float(scalar: Scalar, number: f64) -> String {
    if scalar == Scalar::F32 && (number as f32).is_infinite() {
        // As a literal of 32 bits, rustc would refuse it.
        return format!("{number:?}_f64 as f32");
    }
    format!("{number:?}")
}

fn variant(cx: &Cx<'_>, home: PackageId, id: lymph_idl::model::TypeId, name: &str) -> String {
    let path = cx.type_path(home, id);
    debug_assert!(matches!(cx.schema.type_def(id).kind, TypeDefKind::Enum(_)));
    format!("{path}::{}", names::type_name(name))
}
