//! Nodes whose text stands elsewhere in its file than before, because something in front of it changed.

use std::sync::Arc;

use super::{
    Argument, Attribute, Constraint, ConstraintKind, Emits, Enum, Field, Handler, Head, Item, ItemKind,
    Literal, Member, Method, Raise, Record, TypeRef, Union,
};
use crate::source::{Span, Spanned};

/// Can stand elsewhere.
pub(crate) trait Move {
    /// Moves every place in it by so many bytes.
    fn move_by(&mut self, bytes: i32);
}

impl Move for u32 {
    fn move_by(&mut self, bytes: i32) {
        *self = self.saturating_add_signed(bytes);
    }
}

impl Move for Span {
    fn move_by(&mut self, bytes: i32) {
        self.start.move_by(bytes);
        self.end.move_by(bytes);
    }
}

/// A name, or the digits of a number.
impl Move for Spanned<String> {
    fn move_by(&mut self, bytes: i32) {
        self.span.move_by(bytes);
    }
}

impl Move for Spanned<Literal> {
    fn move_by(&mut self, bytes: i32) {
        self.value.move_by(bytes);
        self.span.move_by(bytes);
    }
}

impl Move for Literal {
    fn move_by(&mut self, bytes: i32) {
        match self {
            Self::List(values) => values.move_by(bytes),
            Self::Number(_) | Self::Text(_) | Self::Name(_) | Self::EmptyMap => {}
        }
    }
}

impl<T: Move> Move for [T] {
    fn move_by(&mut self, bytes: i32) {
        self.iter_mut().for_each(|part| part.move_by(bytes));
    }
}

impl<T: Move> Move for Vec<T> {
    fn move_by(&mut self, bytes: i32) {
        self.as_mut_slice().move_by(bytes);
    }
}

impl<T: Move + ?Sized> Move for Box<T> {
    fn move_by(&mut self, bytes: i32) {
        (**self).move_by(bytes);
    }
}

/// Others that share it keep what they have.
impl<T: Move + Clone> Move for Arc<T> {
    fn move_by(&mut self, bytes: i32) {
        Self::make_mut(self).move_by(bytes);
    }
}

impl<T: Move> Move for Option<T> {
    fn move_by(&mut self, bytes: i32) {
        if let Some(part) = self {
            part.move_by(bytes);
        }
    }
}

/// Moves the fields on the left; those on the right hold no places.
macro_rules! moved {
    ($($node:ident { $($field:ident),+ $(; $($fixed:ident),+)? })+) => {$(
        impl Move for $node {
            fn move_by(&mut self, bytes: i32) {
                let Self { $($field,)+ $($($fixed: _,)+)? } = self;
                $($field.move_by(bytes);)+
            }
        }
    )+};
}

moved! {
    Item { head, kind }
    Head { attributes, name, span; docs }
    Attribute { name, arguments, span }
    Argument { name, value }
    Record { fields, reserved; closed, damaged }
    Field { head, ty, default }
    Enum { variants, reserved; closed, damaged }
    Union { record; closed }
    Method { head, params, result, raises; kind, damaged }
    Raise { attributes, error }
    Emits { attributes, events, span; docs }
    Handler { attributes, topic, alias, span; docs }
    TypeRef { name, arguments, constraints, inner_end, span; optional }
    Constraint { kind, span }
}

impl Move for ItemKind {
    fn move_by(&mut self, bytes: i32) {
        match self {
            Self::Interface(members) => members.move_by(bytes),
            Self::Struct(record) | Self::Error(record) | Self::Event(record) => record.move_by(bytes),
            Self::Enum(declared) => declared.move_by(bytes),
            Self::Union(union) => union.move_by(bytes),
            Self::Alias(target) => target.move_by(bytes),
        }
    }
}

impl Move for Member {
    fn move_by(&mut self, bytes: i32) {
        match self {
            Self::Method(method) => method.move_by(bytes),
            Self::Emits(emits) => emits.move_by(bytes),
            Self::Handler(handler) => handler.move_by(bytes),
        }
    }
}

impl Move for ConstraintKind {
    fn move_by(&mut self, bytes: i32) {
        match self {
            Self::Range { min, inclusive: _, max } => {
                min.move_by(bytes);
                max.move_by(bytes);
            }
            Self::Named(name, value) => {
                name.move_by(bytes);
                value.move_by(bytes);
            }
            Self::Value(value) => value.move_by(bytes),
        }
    }
}
