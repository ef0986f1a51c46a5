//! Defaults: of the right type, and inside its constraints.

use std::fmt::Arguments;

use super::aliases::Shape;
use super::literals::{self, Amount};
use super::names::early_since;
use super::{Decl, Owner, Resolver};
use crate::analysis::{Symbol, SymbolKind};
use crate::ast::{self, ItemKind};
use crate::error::SchemaError;
use crate::model::{Constraints, Literal, Number, Scalar, Type, TypeId, TypeKind};
use crate::source::{Span, Spanned};
use crate::suggest::did_you_mean;

/// A default and the type it is for.
struct Expected<'a> {
    owner: &'a Owner,
    user: Arguments<'a>,
    /// The type as the field writes it, for labels.
    written: Span,
}

/// Why a default was refused; already reported.
struct Refused;

impl Resolver<'_> {
    /// The default of a field of type `ty`, checked; `None` if there is none or it was reported.
    pub(super) fn resolve_default(
        &mut self,
        owner: &Owner,
        user: Arguments<'_>,
        what: &'static str,
        ty: &Type,
        written: Option<&Spanned<ast::Literal>>,
    ) -> Option<Spanned<Literal>> {
        let written = written?;
        if self.poisoned.contains(&ty.span) {
            return None;
        }
        if self.comes_down_to_optional(ty) {
            self.errors.push(SchemaError::DefaultOnOptional { what, span: written.span, ty: ty.span });
            return None;
        }
        if matches!(ty.kind, TypeKind::Patch(_)) {
            self.errors.push(SchemaError::BadPatch {
                message: "a `patch` cannot have a default",
                label: "this default",
                span: written.span,
                help: "what is left out is kept as it is: drop the default",
            });
            return None;
        }
        let expected = Expected { owner, user, written: ty.span };
        let value = self.literal_of(&expected, ty, written).ok()?;
        Some(Spanned { value, span: written.span })
    }

    fn comes_down_to_optional(&self, ty: &Type) -> bool {
        match &ty.kind {
            TypeKind::Optional(_) => true,
            TypeKind::Named(id) => self.shapes[id.0 as usize] == Shape::Optional,
            _ => false,
        }
    }

    /// Checks one value against one type. Types nest as deep as brackets may, so this may recurse.
    fn literal_of(
        &mut self,
        expected: &Expected<'_>,
        ty: &Type,
        written: &Spanned<ast::Literal>,
    ) -> Result<Literal, Refused> {
        if self.poisoned.contains(&ty.span) {
            return Err(Refused);
        }
        let value = match &ty.kind {
            TypeKind::Scalar(scalar) => self.scalar_of(expected, *scalar, written)?,
            TypeKind::List(element) | TypeKind::Set(element) => {
                let is_set = matches!(ty.kind, TypeKind::Set(_));
                self.list_of(expected, element, is_set, written)?
            }
            TypeKind::Map(..) => match &written.value {
                ast::Literal::EmptyMap => Literal::EmptyMap,
                _ => {
                    return Err(self.bad_default(
                        expected,
                        "a map",
                        written,
                        Some("only `{}` can be written"),
                    ));
                }
            },
            TypeKind::Optional(_) | TypeKind::Patch(_) => {
                return Err(self.bad_default(expected, "an optional value", written, None));
            }
            TypeKind::Named(id) => match self.shapes[id.0 as usize] {
                Shape::Enum(id) => self.variant_of(expected, id, written)?,
                Shape::Struct(_) | Shape::Union(_) => {
                    let help = Some("values of it cannot be written; make the field optional instead");
                    return Err(self.bad_default(expected, "a declared type", written, help));
                }
                // A clone costs little: one alias, its own brackets.
                _ => match self.alias_types.get(id).cloned() {
                    Some(target) => self.literal_of(expected, &target, written)?,
                    None => return Err(Refused),
                },
            },
        };
        self.check_inside(expected, &ty.constraints, &value, written)?;
        Ok(value)
    }

    fn scalar_of(
        &mut self,
        expected: &Expected<'_>,
        scalar: Scalar,
        written: &Spanned<ast::Literal>,
    ) -> Result<Literal, Refused> {
        let name = format!("`{}`", scalar.name());
        let amount = match &written.value {
            ast::Literal::Number(text) => match literals::amount(text) {
                Ok(amount) => Some(amount),
                Err(why) => {
                    self.bad_number(text.clone(), why.expected().to_owned(), written.span);
                    return Err(Refused);
                }
            },
            _ => None,
        };
        let help = match (scalar, &written.value, amount) {
            (Scalar::Bool, ast::Literal::Name(word), _) if word == "true" || word == "false" => {
                return Ok(Literal::Bool(word == "true"));
            }
            (Scalar::Duration, _, Some(Amount::Micros(micros))) if micros >= 0 => {
                return Ok(Literal::Int(micros));
            }
            (Scalar::Duration, ..) => {
                Some("durations have a unit: `250us`, `500ms`, `2s`, `5min`, `1h`, `1d`".to_owned())
            }
            (Scalar::F32 | Scalar::F64, _, Some(Amount::Float(float))) => return Ok(Literal::Float(float)),
            (Scalar::F32 | Scalar::F64, _, Some(Amount::Int(int))) => return Ok(Literal::Float(int as f64)),
            (_, ast::Literal::Text(text), _) if scalar.accepts_text(text) => {
                return Ok(Literal::String(text.clone()));
            }
            (Scalar::String, ast::Literal::Name(word), _) => {
                Some(format!("texts stand in quotes: `\"{word}\"`"))
            }
            (Scalar::Any | Scalar::Bytes, ..) => {
                Some("no value of it can be written; make the field optional instead".to_owned())
            }
            (_, _, Some(Amount::Int(int)))
                if scalar.int_range().is_some_and(|(min, max)| (min..=max).contains(&int)) =>
            {
                return Ok(Literal::Int(int));
            }
            _ => match scalar.int_range() {
                Some((min, max)) => Some(format!("{name} holds {min} to {max}")),
                None => scalar.text_form().map(|form| format!("write it as a text in quotes, as {form}")),
            },
        };
        let help =
            help.filter(|_| scalar != Scalar::String || matches!(written.value, ast::Literal::Name(_)));
        Err(self.bad_default(expected, &name, written, help.as_deref()))
    }

    fn list_of(
        &mut self,
        expected: &Expected<'_>,
        element: &Type,
        is_set: bool,
        written: &Spanned<ast::Literal>,
    ) -> Result<Literal, Refused> {
        let what = if is_set { "a set" } else { "a list" };
        let ast::Literal::List(values) = &written.value else {
            return Err(self.bad_default(expected, what, written, Some("values stand in brackets: `[]`")));
        };
        let mut read: Vec<Literal> = Vec::with_capacity(values.len());
        for value in values {
            let item = self.literal_of(expected, element, value)?;
            if is_set && read.contains(&item) {
                return Err(self.bad_default(expected, "a set", value, Some("a set holds each value once")));
            }
            read.push(item);
        }
        Ok(Literal::List(read))
    }

    fn variant_of(
        &mut self,
        expected: &Expected<'_>,
        id: TypeId,
        written: &Spanned<ast::Literal>,
    ) -> Result<Literal, Refused> {
        let decl = self.type_decls[id.0 as usize];
        let item = self.item(decl);
        let ItemKind::Enum(declared) = &item.kind else { return Err(Refused) };
        let name = format!("enum `{}`", item.head.name.value);
        let names = || declared.variants.iter().map(|variant| variant.name.value.as_str());
        let word = match &written.value {
            ast::Literal::Name(word) => word,
            ast::Literal::Text(text) if names().any(|name| name == text) => {
                let help = format!("variants stand without quotes: `{text}`");
                return Err(self.bad_default(expected, &name, written, Some(&help)));
            }
            _ => return Err(self.bad_default(expected, &name, written, Some("name one of its variants"))),
        };
        let index = self.variant_index.entry(id).or_insert_with(|| {
            let variants = declared.variants.iter().enumerate();
            variants.map(|(index, variant)| (variant.name.value.as_str(), index)).collect()
        });
        let Some(variant) = index.get(word.as_str()).map(|index| &declared.variants[*index]) else {
            if declared.damaged {
                return Err(Refused);
            }
            let last = word.rsplit('.').next().unwrap_or(word);
            let help = did_you_mean(last, names());
            return Err(self.bad_default(expected, &name, written, help.as_deref()));
        };
        self.note(written.span, Symbol { name: variant.name.span, kind: SymbolKind::Variant });
        let since = early_since(&variant.attributes).unwrap_or(decl.since).max(decl.since);
        let used = Spanned { value: word.clone(), span: written.span };
        self.check_age(expected.owner, expected.user, Decl { since, ..decl }, &used);
        Ok(Literal::Name(word.clone()))
    }

    fn bad_default(
        &mut self,
        expected: &Expected<'_>,
        what: &str,
        written: &Spanned<ast::Literal>,
        help: Option<&str>,
    ) -> Refused {
        self.errors.push(SchemaError::BadDefault {
            found: show(&written.value),
            expected: what.to_owned(),
            span: written.span,
            ty: expected.written,
            help: help.map(str::to_owned),
        });
        Refused
    }

    fn check_inside(
        &mut self,
        expected: &Expected<'_>,
        constraints: &Constraints,
        value: &Literal,
        written: &Spanned<ast::Literal>,
    ) -> Result<(), Refused> {
        let (number, unit) = match value {
            Literal::Int(int) => (Some(Number::Int(*int)), "it must be"),
            Literal::Float(float) => (Some(Number::Float(*float)), "it must be"),
            Literal::String(text) => (Some(Number::Int(text.chars().count() as i128)), "its length must be"),
            Literal::List(values) => (Some(Number::Int(values.len() as i128)), "its length must be"),
            Literal::EmptyMap => (Some(Number::Int(0)), "its length must be"),
            _ => (None, ""),
        };
        let below = |least: Number, number: Number| match (least, number) {
            (Number::Int(least), Number::Int(number)) => number < least,
            (Number::Float(least), Number::Float(number)) => number < least,
            _ => false,
        };
        let mut help = None;
        if let Some(number) = number {
            if let Some(min) = constraints.min.filter(|min| below(*min, number)) {
                help = Some(format!("{unit} at least {}", show_bound(min, written)));
            }
            if let Some(max) = constraints.max.filter(|max| below(number, *max)) {
                help = Some(format!("{unit} at most {}", show_bound(max, written)));
            }
        }
        if let (Some(pattern), Literal::String(text)) = (&constraints.pattern, value) {
            match self.patterns.matches(pattern, text) {
                Some(true) => {}
                Some(false) => help = Some(format!("it must match `{pattern}`")),
                None => {
                    self.errors.push(SchemaError::BadPattern {
                        reason: "this default takes too long to compare with its pattern".to_owned(),
                        help: "write a simpler pattern, or a shorter default",
                        span: written.span,
                    });
                    return Err(Refused);
                }
            }
        }
        let Some(help) = help else { return Ok(()) };
        let (found, span, ty) = (show(&written.value), written.span, expected.written);
        self.errors.push(SchemaError::DefaultOutside { found, help, span, ty });
        Err(Refused)
    }
}

fn show_bound(bound: Number, written: &Spanned<ast::Literal>) -> String {
    let is_duration = matches!(&written.value, ast::Literal::Number(text)
        if matches!(literals::amount(text), Ok(Amount::Micros(_))));
    match bound {
        Number::Int(micros) if is_duration && micros % 1_000_000 == 0 => format!("{}s", micros / 1_000_000),
        Number::Int(micros) if is_duration && micros % 1_000 == 0 => format!("{}ms", micros / 1_000),
        Number::Int(micros) if is_duration => format!("{micros}us"),
        Number::Int(int) => int.to_string(),
        Number::Float(float) => float.to_string(),
    }
}

/// A literal in a message, cut short.
fn show(literal: &ast::Literal) -> String {
    let text = match literal {
        ast::Literal::Number(text) | ast::Literal::Name(text) => text.clone(),
        ast::Literal::Text(text) => format!("\"{text}\""),
        ast::Literal::List(values) if values.is_empty() => "[]".to_owned(),
        ast::Literal::List(_) => "[…]".to_owned(),
        ast::Literal::EmptyMap => "{}".to_owned(),
    };
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}
