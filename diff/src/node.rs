//! What shape rules look at: values, members of records, variants of choices.

use lymph_idl::model::{
    Constraints, Enum, Field, Literal, Meta, Record, Type, TypeDef, TypeDefKind, TypeId, TypeKind, Union,
};
use lymph_idl::{Schema, Spanned};

use crate::matching::Matching;
use crate::pair::Pair;

/// Whether something has to be there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Presence<'a> {
    /// Always.
    Required,
    /// Nil and missing are the same.
    Optional,
    /// Readers fill in what is missing.
    Defaulted(&'a Literal),
    /// Nil and missing are different.
    Patch,
}

/// A use of a type: of a member, an element, a key, a payload.
#[derive(Debug, Clone)]
pub struct Value<'a> {
    /// Where its names are looked up.
    pub schema: &'a Schema,
    /// As written.
    pub declared: &'a Type,
    /// Without aliases and optionality.
    pub ty: &'a Type,
    /// Whether it has to be there.
    pub presence: Presence<'a>,
    /// All that hold, the outermost first; none is empty.
    pub constraints: Vec<&'a Constraints>,
    /// The aliases on the way from `declared` to `ty`.
    pub aliases: Vec<TypeId>,
}

impl<'a> Value<'a> {
    /// A type as it is written, with the default behind it.
    #[must_use]
    pub fn new(schema: &'a Schema, declared: &'a Type, default: Option<&'a Literal>) -> Self {
        let presence = default.map_or(Presence::Required, Presence::Defaulted);
        let mut value =
            Self { schema, declared, ty: declared, presence, constraints: Vec::new(), aliases: Vec::new() };
        loop {
            if !value.ty.constraints.is_empty() {
                value.constraints.push(&value.ty.constraints);
            }
            match &value.ty.kind {
                TypeKind::Optional(inner) => {
                    value.presence = Presence::Optional;
                    value.ty = inner;
                }
                TypeKind::Patch(inner) => {
                    value.presence = Presence::Patch;
                    value.ty = inner;
                }
                TypeKind::Named(id) => match &schema.type_def(*id).kind {
                    TypeDefKind::Alias(target) => {
                        value.aliases.push(*id);
                        value.ty = target;
                    }
                    _ => return value,
                },
                _ => return value,
            }
        }
    }

    /// The same without what its aliases say: for a use whose alias is compared where it is declared.
    #[must_use]
    pub(crate) fn as_used(&self) -> Self {
        let inner = match &self.declared.kind {
            TypeKind::Optional(inner) => inner,
            _ => self.declared,
        };
        let presence = match self.presence {
            Presence::Optional if std::ptr::eq(inner, self.declared) => Presence::Required,
            presence => presence,
        };
        Self { presence, ty: inner, constraints: Vec::new(), aliases: Vec::new(), ..self.clone() }
    }

    /// The declared type that it comes down to.
    #[must_use]
    pub fn definition(&self) -> Option<&'a TypeDef> {
        match &self.ty.kind {
            TypeKind::Named(id) => Some(self.schema.type_def(*id)),
            _ => None,
        }
    }

    /// The type as one would write it, on one line.
    #[must_use]
    pub fn text(&self) -> String {
        one_line(self.schema.sources.text(self.declared.span))
    }
}

/// A piece of source on one line.
#[must_use]
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What holds members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Parameters of a method.
    Params,
    /// Fields of a struct.
    Struct,
    /// Fields of an error.
    Error,
    /// Fields of an event.
    Event,
}

/// Fields or parameters.
#[derive(Debug, Clone, Copy)]
pub struct Members<'a> {
    /// Where their names are looked up.
    pub schema: &'a Schema,
    /// What holds them.
    pub owner: Owner,
    /// In source order.
    pub fields: &'a [Field],
    /// Of records: names not to be used again.
    pub record: Option<&'a Record>,
}

impl<'a> Members<'a> {
    /// Those of a record.
    #[must_use]
    pub fn of_record(schema: &'a Schema, owner: Owner, record: &'a Record) -> Self {
        Self { schema, owner, fields: &record.fields, record: Some(record) }
    }

    /// Those of a method.
    #[must_use]
    pub fn of_params(schema: &'a Schema, fields: &'a [Field]) -> Self {
        Self { schema, owner: Owner::Params, fields, record: None }
    }

    /// Names that may not be used again.
    #[must_use]
    pub fn reserved(&self) -> &'a [Spanned<String>] {
        self.record.map_or(&[], |record| &record.reserved)
    }

    /// The value of one of them.
    #[must_use]
    pub fn value(&self, field: &'a Field) -> Value<'a> {
        Value::new(self.schema, &field.ty, field.default.as_ref().map(|default| &default.value))
    }
}

impl<'a> Pair<Members<'a>> {
    /// Who is who.
    #[must_use]
    pub fn matching(&self) -> Matching<'a, Field> {
        Matching::by_wire(self.map(|members| members.fields))
    }
}

/// A type that is one of several: an enum or a union.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// Where its names are looked up.
    pub schema: &'a Schema,
    /// Which it is.
    pub kind: ChoiceKind<'a>,
}

/// Enums and unions.
#[derive(Debug, Clone, Copy)]
pub enum ChoiceKind<'a> {
    /// Names alone.
    Enum(&'a Enum),
    /// Names with a value each.
    Union(&'a Union),
}

impl<'a> Choice<'a> {
    /// Whether readers refuse names they do not know.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        match self.kind {
            ChoiceKind::Enum(declared) => declared.closed,
            ChoiceKind::Union(declared) => declared.closed,
        }
    }

    /// In source order.
    #[must_use]
    pub fn variants(&self) -> Vec<&'a Meta> {
        match self.kind {
            ChoiceKind::Enum(declared) => declared.variants.iter().collect(),
            ChoiceKind::Union(declared) => declared.variants.iter().map(|variant| &variant.meta).collect(),
        }
    }

    /// Names that may not be used again.
    #[must_use]
    pub fn reserved(&self) -> &'a [Spanned<String>] {
        match self.kind {
            ChoiceKind::Enum(declared) => &declared.reserved,
            ChoiceKind::Union(declared) => &declared.reserved,
        }
    }
}

impl<'a> Pair<Choice<'a>> {
    /// Who is who.
    #[must_use]
    pub fn matching(&self) -> Matching<'a, Meta> {
        Matching::by_wire(self.map(|choice| choice.variants()))
    }
}
