//! Whether a reader understood what a writer meant.
//!
//! The same are: integers, floats and decimals of one value; nothing, where the reader has a default for it; a name
//! that the reader never knew, kept as it came, and a member that it never knew, dropped. Members that only
//! the reader knows do not count. A loss are members and names that the reader no longer knows, defaults of
//! another value than the writer's, names read as other ones, names whose variant the reader knows by another
//! one, repetitions that a set drops, what clears taken for what keeps, and values outside of what the reader
//! was told to expect.

use lymph::Value;
use lymph::types::Decimal;
use lymph_idl::Schema;
use lymph_idl::model::{Constraints, Field, Meta, Type, TypeDefKind, TypeKind};

use crate::constraints::is_allowed;

/// One side's type of a value.
#[derive(Debug)]
pub struct Typed<'a, T: ?Sized> {
    /// Where its names are looked up.
    pub schema: &'a Schema,
    /// The type, or the fields of a map.
    pub ty: &'a T,
}

impl<T: ?Sized> Clone for Typed<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Typed<'_, T> {}

impl<'a, T: ?Sized> Typed<'a, T> {
    /// Another type of the same side.
    fn with<U: ?Sized>(self, ty: &'a U) -> Typed<'a, U> {
        Typed { schema: self.schema, ty }
    }
}

/// What became of a meaning: the error says in words what was lost, with the path to it.
pub type Kept = Result<(), String>;

/// Compares what is meant with what is read.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Whether the reader is the newer side: what it does not know, it no longer knows.
    pub is_newer: bool,
}

impl Reading {
    /// Holds what the reader understood against what the writer meant.
    ///
    /// # Errors
    ///
    /// What was lost.
    pub fn same(self, writer: Typed<'_, Type>, meant: &Value, reader: Typed<'_, Type>, read: &Value) -> Kept {
        if meant.is_nil() || read.is_nil() {
            return plain(meant, read);
        }
        let ((writer, _), (reader, constraints)) = (unwrapped(writer), unwrapped(reader));
        if !is_allowed(&constraints, read) {
            return Err(format!("{read} is not what the reader was told to expect"));
        }
        match (&writer.ty.kind, &reader.ty.kind) {
            (TypeKind::Set(old), TypeKind::Set(new)) => {
                self.sets(writer.with(&**old), meant, reader.with(&**new), read)
            }
            (TypeKind::List(old) | TypeKind::Set(old), TypeKind::List(new) | TypeKind::Set(new)) => {
                self.sequences(writer.with(&**old), meant, reader.with(&**new), read)
            }
            (TypeKind::Map(_, old), TypeKind::Map(_, new)) => {
                self.maps(writer.with(&**old), meant, reader.with(&**new), read)
            }
            (TypeKind::Named(old), TypeKind::Named(new)) => {
                match (&writer.schema.type_def(*old).kind, &reader.schema.type_def(*new).kind) {
                    (TypeDefKind::Struct(old), TypeDefKind::Struct(new)) => {
                        self.members(writer.with(&*old.fields), meant, reader.with(&*new.fields), read)
                    }
                    (TypeDefKind::Enum(old), TypeDefKind::Enum(new)) => {
                        let (old, new) = (old.variants.iter().collect(), new.variants.iter().collect());
                        self.name(old, text(meant), new, text(read))
                    }
                    (TypeDefKind::Union(old), TypeDefKind::Union(new)) => {
                        self.variants(writer.with(&*old.variants), meant, reader.with(&*new.variants), read)
                    }
                    _ => plain(meant, read),
                }
            }
            _ => plain(meant, read),
        }
    }

    /// The same of maps that hold fields.
    ///
    /// # Errors
    ///
    /// What was lost.
    pub fn members(
        self,
        writer: Typed<'_, [Field]>,
        meant: &Value,
        reader: Typed<'_, [Field]>,
        read: &Value,
    ) -> Kept {
        for field in writer.ty {
            let wire = &field.meta.wire;
            let known = reader.ty.iter().find(|it| share_a_name(&field.meta, &it.meta));
            match (meant.get(wire), known) {
                (None, None) => {}
                (Some(_), None) if !self.is_newer => {}
                (Some(value), None) => return Err(format!("`{wire}` was {value} and is dropped")),
                (meant, Some(known)) => {
                    let read = read.get(&known.meta.wire);
                    self.member(writer.with(field), meant, reader.with(known), read)
                        .map_err(|lost| format!("`{wire}`: {lost}"))?;
                }
            }
        }
        Ok(())
    }

    fn member(
        self,
        writer: Typed<'_, Field>,
        meant: Option<&Value>,
        reader: Typed<'_, Field>,
        read: Option<&Value>,
    ) -> Kept {
        let said = |side: Typed<'_, Field>, value: Option<&Value>| {
            let is_patch = matches!(side.schema.resolve_alias(&side.ty.ty).kind, TypeKind::Patch(_));
            let says_nothing = value.is_some_and(Value::is_nil) && !is_patch;
            (is_patch, if says_nothing { None } else { value.cloned() })
        };
        let ((writes_patch, meant), (_, read)) = (said(writer, meant), said(reader, read));
        match (meant, read) {
            (None, None) => Ok(()),
            // Saying nothing leaves it to the reader's default, unless it says to leave all as it is.
            (None, Some(_)) if reader.ty.default.is_some() && !writes_patch => Ok(()),
            (None, Some(read)) => Err(format!("nothing was read as {read}")),
            (Some(meant), None) => Err(format!("{meant} was read as nothing")),
            (Some(meant), Some(read)) => {
                self.same(writer.with(&writer.ty.ty), &meant, reader.with(&reader.ty.ty), &read)
            }
        }
    }

    fn name(self, written: Vec<&Meta>, meant: &str, known: Vec<&Meta>, read: &str) -> Kept {
        let expected = known.iter().find(|it| is_called(it, meant)).map_or(meant, |it| &it.wire);
        if read != expected {
            return Err(format!("`{meant}` was read as `{read}`"));
        }
        let is_known = |name: &str| known.iter().any(|it| is_called(it, name));
        match written.iter().find(|it| it.wire == meant && !is_known(meant)) {
            Some(_) if self.is_newer => Err(format!("`{meant}` is no longer known")),
            Some(variant) if variant.was.iter().any(|was| is_known(&was.value)) => {
                Err(format!("`{meant}` is known by another name"))
            }
            _ => Ok(()),
        }
    }

    fn variants(
        self,
        writer: Typed<'_, [Field]>,
        meant: &Value,
        reader: Typed<'_, [Field]>,
        read: &Value,
    ) -> Kept {
        let (Some([(meant_name, meant)]), Some([(read_name, read)])) = (meant.as_map(), read.as_map()) else {
            return plain(meant, read);
        };
        let (meant_name, read_name) = (text(meant_name), text(read_name));
        fn metas<'a>(side: Typed<'a, [Field]>) -> Vec<&'a Meta> {
            side.ty.iter().map(|it| &it.meta).collect()
        }
        self.name(metas(writer), meant_name, metas(reader), read_name)?;
        let find = |side: Typed<'_, [Field]>, name: &str| side.ty.iter().position(|it| it.meta.wire == name);
        match (find(writer, meant_name), find(reader, read_name)) {
            (Some(old), Some(new)) => {
                self.same(writer.with(&writer.ty[old].ty), meant, reader.with(&reader.ty[new].ty), read)
            }
            _ => plain(meant, read),
        }
    }

    fn sequences(
        self,
        writer: Typed<'_, Type>,
        meant: &Value,
        reader: Typed<'_, Type>,
        read: &Value,
    ) -> Kept {
        let (meant, read) = (meant.as_list().unwrap_or_default(), read.as_list().unwrap_or_default());
        if meant.len() != read.len() {
            return Err(format!("{} elements became {}", meant.len(), read.len()));
        }
        meant.iter().zip(read).try_for_each(|(meant, read)| self.same(writer, meant, reader, read))
    }

    /// In whichever order.
    fn sets(self, writer: Typed<'_, Type>, meant: &Value, reader: Typed<'_, Type>, read: &Value) -> Kept {
        let (meant, read) = (meant.as_list().unwrap_or_default(), read.as_list().unwrap_or_default());
        if meant.len() != read.len() {
            return Err(format!("{} elements became {}", meant.len(), read.len()));
        }
        let is_missed = |meant: &&Value| read.iter().all(|it| self.same(writer, meant, reader, it).is_err());
        meant
            .iter()
            .find(is_missed)
            .map_or(Ok(()), |meant| Err(format!("{meant} is not in the set any more")))
    }

    fn maps(self, writer: Typed<'_, Type>, meant: &Value, reader: Typed<'_, Type>, read: &Value) -> Kept {
        let (meant, read) = (meant.as_map().unwrap_or_default(), read.as_map().unwrap_or_default());
        if meant.len() != read.len() {
            return Err(format!("{} entries became {}", meant.len(), read.len()));
        }
        meant.iter().zip(read).try_for_each(|((meant_key, meant), (read_key, read))| {
            plain(meant_key, read_key)?;
            self.same(writer, meant, reader, read)
        })
    }
}

/// Writers send a member under all its names.
fn share_a_name(written: &Meta, known: &Meta) -> bool {
    written.wire == known.wire
        || written.was.iter().any(|was| is_called(known, &was.value))
        || is_called(known, &written.wire)
}

fn text(name: &Value) -> &str {
    name.as_str().unwrap_or_default()
}

fn is_called(meta: &Meta, name: &str) -> bool {
    meta.wire == name || meta.was.iter().any(|was| was.value == name)
}

/// Without regard to types.
fn plain(meant: &Value, read: &Value) -> Kept {
    let same = match (meant, read) {
        // Of one value are 12.50 and 12.5.
        (Value::Decimal(_), Value::Decimal(_)) => decimal(meant) == decimal(read),
        (Value::Float(meant), Value::Float(read)) => meant == read || meant.is_nan() && read.is_nan(),
        (Value::Float(float), Value::Int(int)) | (Value::Int(int), Value::Float(float)) => {
            *float as i128 == i128::from(*int) && float.fract() == 0.0
        }
        (Value::Float(float), Value::UInt(int)) | (Value::UInt(int), Value::Float(float)) => {
            *float as i128 == i128::from(*int)
        }
        (Value::List(meant) | Value::Set(meant), Value::List(read) | Value::Set(read)) => {
            meant.len() == read.len()
                && meant.iter().zip(read).all(|(meant, read)| plain(meant, read).is_ok())
        }
        (Value::Map(meant), Value::Map(read)) => {
            meant.len() == read.len()
                && meant
                    .iter()
                    .zip(read)
                    .all(|(meant, read)| plain(&meant.0, &read.0).is_ok() && plain(&meant.1, &read.1).is_ok())
        }
        _ => meant == read,
    };
    if same { Ok(()) } else { Err(format!("{meant} was read as {read}")) }
}

/// What generated code makes of it.
fn decimal(value: &Value) -> Decimal {
    value.decode_as().expect("generated code has written it")
}

/// Without the aliases and the `?` or `patch` around it, but with what all of them ask.
fn unwrapped(mut side: Typed<'_, Type>) -> (Typed<'_, Type>, Vec<&Constraints>) {
    let mut constraints = Vec::new();
    loop {
        constraints.push(&side.ty.constraints);
        side.ty = match &side.ty.kind {
            TypeKind::Optional(inner) | TypeKind::Patch(inner) => inner,
            TypeKind::Named(id) => match &side.schema.type_def(*id).kind {
                TypeDefKind::Alias(target) => target,
                _ => return (side, constraints),
            },
            _ => return (side, constraints),
        };
    }
}
