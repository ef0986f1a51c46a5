//! The language's types as Rust types: owned, borrowed by callers, and taken by builders.

use lymph_idl::model::{Field, PackageId, Scalar, Type, TypeDefKind, TypeKind};

use crate::cx::Cx;

/// Whether a field may be left unset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Writers always give it.
    Required,
    /// `T?`.
    Optional,
    /// `T = value`; `T` is never optional itself.
    Defaulted,
    /// `patch<T>`.
    Patched,
}

pub(crate) fn presence(cx: &Cx<'_>, field: &Field) -> Presence {
    if field.default.is_some() {
        Presence::Defaulted
    } else {
        match cx.schema.resolve_alias(&field.ty).kind {
            TypeKind::Optional(_) => Presence::Optional,
            TypeKind::Patch(_) => Presence::Patched,
            _ => Presence::Required,
        }
    }
}

impl Presence {
    /// The type of a place for `ty`, which may be left unset.
    pub(crate) fn wrap(self, ty: &str) -> String {
        match self {
            Self::Required | Self::Defaulted => ty.to_owned(),
            Self::Optional => format!("::std::option::Option<{ty}>"),
            Self::Patched => format!("::lymph::Patch<{ty}>"),
        }
    }

    /// What such a place holds once `value` is set.
    pub(crate) fn set(self, value: String) -> String {
        match self {
            Self::Required | Self::Defaulted => value,
            Self::Optional => format!("::std::option::Option::Some({value})"),
            Self::Patched => format!("::lymph::Patch::Set({value})"),
        }
    }
}

/// `ty` without its `?` or `patch`, behind whatever alias.
pub(crate) fn inner<'a>(cx: &'a Cx<'_>, ty: &'a Type) -> &'a Type {
    match &cx.schema.resolve_alias(ty).kind {
        TypeKind::Optional(inner) | TypeKind::Patch(inner) => inner,
        _ => ty,
    }
}

/// The owned type.
pub(crate) fn owned(cx: &Cx<'_>, home: PackageId, ty: &Type) -> String {
    let owned = |ty| owned(cx, home, ty);
    match &ty.kind {
        TypeKind::Scalar(scalar) => scalar_type(*scalar).to_owned(),
        TypeKind::List(item) => format!("::std::vec::Vec<{}>", owned(item)),
        TypeKind::Set(item) => format!("::lymph::Set<{}>", owned(item)),
        TypeKind::Map(key, value) => format!("::lymph::Map<{}, {}>", owned(key), owned(value)),
        TypeKind::Optional(inner) => format!("::std::option::Option<{}>", owned(inner)),
        TypeKind::Patch(inner) => format!("::lymph::Patch<{}>", owned(inner)),
        TypeKind::Named(id) => cx.type_path(home, *id),
    }
}

/// The type of a struct's field; those that close a cycle are boxed.
pub(crate) fn field(cx: &Cx<'_>, home: PackageId, field: &Field) -> String {
    if !field.boxed {
        return owned(cx, home, &field.ty);
    }
    let boxed = format!("::std::boxed::Box<{}>", owned(cx, home, inner(cx, &field.ty)));
    presence(cx, field).wrap(&boxed)
}

fn scalar_type(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "bool",
        Scalar::I8 => "i8",
        Scalar::I16 => "i16",
        Scalar::I32 => "i32",
        Scalar::I64 => "i64",
        Scalar::U8 => "u8",
        Scalar::U16 => "u16",
        Scalar::U32 => "u32",
        Scalar::U64 => "u64",
        Scalar::F32 => "f32",
        Scalar::F64 => "f64",
        Scalar::String => "::std::string::String",
        Scalar::Bytes => "::lymph::types::Bytes",
        Scalar::DateTime => "::lymph::types::DateTime",
        Scalar::Date => "::lymph::types::Date",
        Scalar::Time => "::lymph::types::Time",
        Scalar::Duration => "::lymph::types::Duration",
        Scalar::Decimal => "::lymph::types::Decimal",
        Scalar::Uuid => "::lymph::types::Uuid",
        Scalar::Any => "::lymph::Value",
    }
}

/// What builders take for a value: its type, and how to store `name`.
pub(crate) struct Intake {
    pub(crate) ty: String,
    pub(crate) store: String,
}

/// `impl Into` where people give something else often (`&str` for a string, an array for a list);
/// the type itself for all others, because number literals would not be inferred.
pub(crate) fn intake(cx: &Cx<'_>, home: PackageId, field: &Field, name: &str) -> Intake {
    let ty = inner(cx, &field.ty);
    let rust = owned(cx, home, ty);
    let converts = matches!(
        cx.schema.resolve_alias(ty).kind,
        TypeKind::Scalar(Scalar::String | Scalar::Bytes | Scalar::Any)
            | TypeKind::List(_)
            | TypeKind::Set(_)
            | TypeKind::Map(..)
    );
    let (ty, store) = if converts {
        (format!("impl ::std::convert::Into<{rust}>"), format!("::std::convert::Into::into({name})"))
    } else {
        (rust, name.to_owned())
    };
    let store = if field.boxed { format!("::std::boxed::Box::new({store})") } else { store };
    Intake { ty, store }
}

/// How a caller's arguments hold a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Borrowed {
    /// The type, `T` of `T?` and `patch<T>`.
    pub(crate) ty: String,
    pub(crate) kind: BorrowedKind,
    /// Other types that one required argument may be given as.
    pub(crate) conversions: Vec<Conversion>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BorrowedKind {
    /// Numbers, dates, enums: by value.
    Value,
    Str,
    /// Written as bytes, where a slice would be a list. Callers give any type that becomes it.
    Bytes,
    Slice,
    Reference,
}

/// A type that one argument may be given as: it becomes ours by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conversion {
    /// Whether it is an array, of whatever length `__N`.
    pub(crate) constant: bool,
    pub(crate) from: String,
}

impl Borrowed {
    /// What `new` and setters take for it, and how they store it when it is called `name`.
    pub(crate) fn intake(&self, name: &str) -> Intake {
        match self.kind {
            BorrowedKind::Bytes => Intake {
                ty: format!("impl ::std::convert::Into<{}>", self.ty),
                store: format!("::std::convert::Into::into({name})"),
            },
            _ => Intake { ty: self.ty.clone(), store: name.to_owned() },
        }
    }
}

pub(crate) fn borrowed(cx: &Cx<'_>, home: PackageId, ty: &Type) -> Borrowed {
    let ty = inner(cx, ty);
    let rust = owned(cx, home, ty);
    let conversion = |from: String| Conversion { constant: false, from };
    let array = |from: String| Conversion { constant: true, from };
    match &cx.schema.resolve_alias(ty).kind {
        TypeKind::Scalar(Scalar::String) => Borrowed {
            ty: "&'a str".to_owned(),
            kind: BorrowedKind::Str,
            conversions: vec![conversion("&'a ::std::string::String".to_owned())],
        },
        TypeKind::Scalar(Scalar::Bytes) => Borrowed {
            ty: "::lymph::codec::Bin<'a>".to_owned(),
            kind: BorrowedKind::Bytes,
            conversions: vec![
                conversion("&'a [u8]".to_owned()),
                conversion("&'a ::lymph::types::Bytes".to_owned()),
                conversion("&'a ::std::vec::Vec<u8>".to_owned()),
                array("&'a [u8; __N]".to_owned()),
            ],
        },
        TypeKind::List(item) => {
            let item = owned(cx, home, item);
            Borrowed {
                ty: format!("&'a [{item}]"),
                kind: BorrowedKind::Slice,
                conversions: vec![
                    conversion(format!("&'a ::std::vec::Vec<{item}>")),
                    array(format!("&'a [{item}; __N]")),
                ],
            }
        }
        TypeKind::Scalar(Scalar::Any) | TypeKind::Set(_) | TypeKind::Map(..) => reference(&rust),
        TypeKind::Named(id) if !matches!(cx.schema.type_def(*id).kind, TypeDefKind::Enum(_)) => {
            reference(&rust)
        }
        _ => Borrowed { ty: rust, kind: BorrowedKind::Value, conversions: Vec::new() },
    }
}

fn reference(rust: &str) -> Borrowed {
    Borrowed { ty: format!("&'a {rust}"), kind: BorrowedKind::Reference, conversions: Vec::new() }
}
