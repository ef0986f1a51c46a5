//! Constraints as calls of `lymph::check`.

use lymph_idl::model::{Constraints, Field, Number, Scalar, Type, TypeDefKind, TypeKind};

use crate::cx::Cx;
use crate::{literal, names};

/// `impl Check` or `impl Request` for a struct, checking each field in order.
pub(crate) fn implementation(cx: &Cx<'_>, name: &str, fields: &[Field], implemented: &str) -> String {
    let checks = fields.iter().filter(|field| cx.traits.is_checked(&field.ty)).map(|field| {
        let expr = format!("&self.{}", names::value_name(&field.meta.name.value));
        format!("{}?;", at(&field.meta.wire, &one(values(cx, &field.ty, &expr))))
    });
    wrap(name, implemented, &checks.collect::<Vec<_>>())
}

/// `impl Check` for a union: `arms` are those of a `match self`.
pub(crate) fn union(name: &str, arms: &[String]) -> String {
    let arms: Vec<_> = std::iter::once("match self {".to_owned())
        .chain(arms.iter().map(|arm| format!("    {arm}")))
        .chain(["    _ => {}".to_owned(), "}".to_owned()])
        .collect();
    wrap(name, "::lymph::check::Check", &arms)
}

/// One arm of [`union`], for a variant that holds `ty`.
pub(crate) fn arm(cx: &Cx<'_>, variant: &str, wire: &str, ty: &Type) -> String {
    format!("Self::{variant}(value) => {}?,", at(wire, &one(values(cx, ty, "value"))))
}

fn wrap(name: &str, implemented: &str, lines: &[String]) -> String {
    let lines: String = lines.iter().map(|line| format!("        {line}\n")).collect();
    format!(
        "impl {implemented} for {name} {{\n    fn check(&self) -> ::lymph::check::Checked {{\n{lines}        \
         ::std::result::Result::Ok(())\n    }}\n}}\n"
    )
}

fn at(wire: &str, checked: &str) -> String {
    format!("::lymph::check::at({}, {checked})", literal::string(wire))
}

/// Several checks as one expression.
fn one(mut checks: Vec<String>) -> String {
    let last = checks.pop().unwrap_or_else(|| "::std::result::Result::Ok(())".to_owned());
    checks.iter().rev().fold(last, |rest, check| format!("{check}.and_then(|()| {rest})"))
}

/// What is asked of `expr`, a reference to a value of type `ty`.
fn values(cx: &Cx<'_>, ty: &Type, expr: &str) -> Vec<String> {
    let mut checks = Vec::new();
    let resolved = cx.schema.resolve_alias(ty);
    own(&mut checks, &ty.constraints, resolved, expr);
    match &ty.kind {
        TypeKind::Scalar(_) => {}
        TypeKind::List(item) | TypeKind::Set(item) if cx.traits.is_checked(item) => {
            checks.push(format!("::lymph::check::each({expr}, |value| {})", one(values(cx, item, "value"))));
        }
        TypeKind::Map(key, value) if cx.traits.is_checked(key) || cx.traits.is_checked(value) => {
            let both = one([values(cx, key, "key"), values(cx, value, "value")].concat());
            let names = [(key, "key"), (value, "value")]
                .map(|(ty, name)| if cx.traits.is_checked(ty) { name } else { "_" });
            checks.push(format!("::lymph::check::entries({expr}, |{}, {}| {both})", names[0], names[1]));
        }
        TypeKind::Optional(inner) if cx.traits.is_checked(inner) => {
            let inside = one(values(cx, inner, "value"));
            checks.push(format!("::lymph::check::optional({expr}, |value| {inside})"));
        }
        TypeKind::Patch(inner) if cx.traits.is_checked(inner) => {
            let inside = one(values(cx, inner, "value"));
            checks.push(format!("::lymph::check::patch({expr}, |value| {inside})"));
        }
        TypeKind::Named(id) => match &cx.schema.type_def(*id).kind {
            TypeDefKind::Alias(target) => checks.extend(values(cx, target, expr)),
            _ if cx.traits.type_is_checked(*id) => {
                checks.push(format!("::lymph::check::Check::check({expr})"));
            }
            _ => {}
        },
        _ => {}
    }
    checks
}

/// The constraints written behind the type itself.
fn own(checks: &mut Vec<String>, constraints: &Constraints, resolved: &Type, expr: &str) {
    let inside = |text: String| match resolved.kind {
        TypeKind::Optional(_) => format!("::lymph::check::optional({expr}, |value| {text})"),
        _ => text,
    };
    let (kind, expr) = match &resolved.kind {
        TypeKind::Optional(inner) => (&inner.kind, "value"),
        kind => (kind, expr),
    };
    let bounds = match kind {
        TypeKind::Scalar(scalar) if !matches!(scalar, Scalar::String | Scalar::Bytes) => {
            let bound = |number: &Option<Number>| number.as_ref().map(|number| value(*scalar, number));
            between(bound(&constraints.min), bound(&constraints.max)).map(|bounds| ("range", bounds))
        }
        _ => {
            let bound = |number: &Option<Number>| match number {
                Some(Number::Int(number)) => Some(number.to_string()),
                Some(Number::Float(_)) | None => None,
            };
            between(bound(&constraints.min), bound(&constraints.max)).map(|bounds| ("length", bounds))
        }
    };
    if let Some((function, bounds)) = bounds {
        checks.push(inside(format!("::lymph::check::{function}({expr}, {bounds})")));
    }
    if let Some(pattern) = &constraints.pattern {
        checks.push(inside(format!(
            "{{ static PATTERN: ::lymph::check::Pattern = ::lymph::check::Pattern::new({}); PATTERN.check({expr}) }}",
            literal::string(pattern)
        )));
    }
}

fn between(min: Option<String>, max: Option<String>) -> Option<String> {
    match (min, max) {
        (Some(min), Some(max)) => Some(format!("{min}..={max}")),
        (Some(min), None) => Some(format!("{min}..")),
        (None, Some(max)) => Some(format!("..={max}")),
        (None, None) => None,
    }
}

/// A bound as a value of the scalar's type.
fn value(scalar: Scalar, number: &Number) -> String {
    match (scalar, number) {
        (Scalar::Duration, Number::Int(micros)) => literal::duration(*micros),
        (Scalar::F32 | Scalar::F64, Number::Int(number)) => literal::float(scalar, *number as f64),
        (_, Number::Int(number)) => number.to_string(),
        (_, Number::Float(number)) => literal::float(scalar, *number),
    }
}
