//! What shape rules look at: values, members of records, variants of choices.

use lymph_idl::model::{
    Constraints, Enum, Field, Literal, Meta, Record, Scalar, Type, TypeDef, TypeDefKind, TypeId, TypeKind,
    Union,
};
use lymph_idl::{Schema, Spanned};

use crate::spelling;

/// Whether something has to be there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Presence<'a> {
    /// Always.
    Required,
    /// Nil and missing are the same.
    Optional,
    /// Readers fill in what is missing.
    Defaulted(&'a Spanned<Literal>),
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
    /// The outermost declared type, which may be an alias.
    pub named: Option<TypeId>,
}

impl<'a> Value<'a> {
    /// A type as it is written, with the default behind it.
    #[must_use]
    pub fn new(schema: &'a Schema, declared: &'a Type, default: Option<&'a Spanned<Literal>>) -> Self {
        let presence = default.map_or(Presence::Required, Presence::Defaulted);
        let (constraints, aliases) = (Vec::new(), Vec::new());
        let mut value = Self { schema, declared, ty: declared, presence, constraints, aliases, named: None };
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
                TypeKind::Named(id) => {
                    value.named.get_or_insert(*id);
                    match &schema.type_def(*id).kind {
                        TypeDefKind::Alias(target) => {
                            value.aliases.push(*id);
                            value.ty = target;
                        }
                        _ => return value,
                    }
                }
                _ => return value,
            }
        }
    }

    /// The type as used, without `?` or `patch<…>` around it.
    fn inner(&self) -> &'a Type {
        match &self.declared.kind {
            TypeKind::Optional(inner) | TypeKind::Patch(inner) => inner,
            _ => self.declared,
        }
    }

    /// The same without what its aliases say of presence: for a use whose alias is compared where it is
    /// declared.
    #[must_use]
    pub(crate) fn as_used(&self) -> Self {
        let is_own = !std::ptr::eq(self.inner(), self.declared);
        let presence = match self.presence {
            Presence::Optional if !is_own => Presence::Required,
            presence => presence,
        };
        Self { presence, ..self.clone() }
    }

    /// What stands in parentheses at the use itself.
    #[must_use]
    pub(crate) fn own_constraints(&self) -> &'a Constraints {
        &self.inner().constraints
    }

    /// Whether nil is one of its values.
    #[must_use]
    pub fn may_be_nil(&self) -> bool {
        self.presence == Presence::Optional
    }

    /// The declared type that it comes down to.
    #[must_use]
    pub fn definition(&self) -> Option<&'a TypeDef> {
        match &self.ty.kind {
            TypeKind::Named(id) => Some(self.schema.type_def(*id)),
            _ => None,
        }
    }

    /// The type as one would write it.
    #[must_use]
    pub fn text(&self) -> String {
        spelling::of_type(self.schema, self.declared)
    }

    /// The same without `?` or `patch<…>` around it: for changes that have nothing to do with presence.
    #[must_use]
    pub fn type_text(&self) -> String {
        spelling::of_type(self.schema, self.inner())
    }

    /// Kind and name of the declared type that it comes down to, as `struct Match`; else as
    /// [`Self::type_text`].
    #[must_use]
    pub fn kind_text(&self) -> String {
        let Some(definition) = self.definition() else { return self.type_text() };
        let kind = match definition.kind {
            TypeDefKind::Struct(_) => "struct",
            TypeDefKind::Enum(_) => "enum",
            TypeDefKind::Union(_) => "union",
            TypeDefKind::Error(_) => "error",
            TypeDefKind::Alias(_) => "type",
        };
        format!("{kind} {}", definition.meta.name.value)
    }

    /// The names of the aliases on the way to what it comes down to.
    #[must_use]
    pub fn alias_names(&self) -> Vec<&'a str> {
        self.aliases.iter().map(|id| &*self.schema.type_def(*id).meta.name.value).collect()
    }

    /// The default as one would write it; empty without one.
    #[must_use]
    pub fn default_text(&self) -> String {
        match self.presence {
            Presence::Defaulted(default) => spelling::of_default(self, &default.value),
            Presence::Required | Presence::Optional | Presence::Patch => String::new(),
        }
    }

    /// The scalar that it comes down to.
    #[must_use]
    pub fn scalar(&self) -> Option<Scalar> {
        match self.ty.kind {
            TypeKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// Least and greatest value of an integer.
    #[must_use]
    pub fn int_range(&self) -> Option<(i128, i128)> {
        self.scalar()?.int_range()
    }

    /// Binary digits that a float keeps.
    #[must_use]
    pub fn float_digits(&self) -> Option<u32> {
        match self.scalar()? {
            Scalar::F32 => Some(f32::MANTISSA_DIGITS),
            Scalar::F64 => Some(f64::MANTISSA_DIGITS),
            _ => None,
        }
    }

    /// The enum that it comes down to.
    #[must_use]
    pub fn as_enum(&self) -> Option<&'a Enum> {
        match &self.definition()?.kind {
            TypeDefKind::Enum(declared) => Some(declared),
            _ => None,
        }
    }

    /// The union that it comes down to.
    #[must_use]
    pub fn as_union(&self) -> Option<&'a Union> {
        match &self.definition()?.kind {
            TypeDefKind::Union(union) => Some(union),
            _ => None,
        }
    }
}

/// Whether a float of so many binary digits holds every integer of a range.
#[must_use]
pub(crate) fn holds_exactly(float_digits: u32, range: (i128, i128)) -> bool {
    let largest = 1_i128 << float_digits;
    -largest <= range.0 && range.1 <= largest
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

    /// Whether readers refuse keys that they do not know.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.record.is_some_and(|record| record.closed)
    }

    /// The value of one of them.
    #[must_use]
    pub fn value(&self, field: &'a Field) -> Value<'a> {
        Value::new(self.schema, &field.ty, field.default.as_ref())
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

    /// The variant as which readers take a name they do not know, by its declared name.
    #[must_use]
    pub fn fallback(&self) -> Option<&'a Meta> {
        match self.kind {
            ChoiceKind::Enum(declared) => {
                let name = declared.fallback.as_ref()?;
                declared.variants.iter().find(|variant| variant.name.value == *name)
            }
            ChoiceKind::Union(_) => None,
        }
    }

    /// The value of one of its variants; `None` for enums.
    #[must_use]
    pub fn payload(&self, variant: &Meta) -> Option<Value<'a>> {
        let ChoiceKind::Union(union) = self.kind else { return None };
        let field = union.variants.iter().find(|field| std::ptr::eq(&field.meta, variant))?;
        Some(Value::new(self.schema, &field.ty, None))
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
