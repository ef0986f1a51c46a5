//! What all constraints on a value allow together.

use std::collections::BTreeSet;

use lymph_idl::model::{Constraints, Number, Scalar, TypeKind};

use crate::node::Value;

/// Least and greatest value or length, and the patterns that must match.
#[derive(Debug, Clone, Default)]
pub struct Bounds<'a> {
    /// Nothing below; `None` when the type itself has nothing below.
    pub min: Option<Number>,
    /// Nothing above; `None` when the type itself has nothing above.
    pub max: Option<Number>,
    /// All of them must match.
    pub patterns: BTreeSet<&'a str>,
    /// What the type itself holds.
    range: (Option<Number>, Option<Number>),
}

impl<'a> Bounds<'a> {
    /// Of the whole way from a use through its aliases.
    #[must_use]
    pub fn of(value: &Value<'a>) -> Self {
        Self::from(value, &value.constraints)
    }

    /// What the constraints at the use itself say beyond the type.
    pub(crate) fn said(value: &Value<'a>) -> (Option<Number>, Option<Number>, BTreeSet<&'a str>) {
        let Self { min, max, patterns, range: _ } = Self::from(value, &[value.own_constraints()]);
        (min, max, patterns)
    }

    fn from(value: &Value<'a>, constraints: &[&'a Constraints]) -> Self {
        let mut bounds = Self { range: range(&value.ty.kind), ..Self::default() };
        for constraints in constraints {
            bounds.min = tighter(bounds.min, constraints.min, is_less);
            bounds.max = tighter(bounds.max, constraints.max, |a, b| is_less(b, a));
            bounds.patterns.extend(constraints.pattern.as_deref());
        }
        // `u8(0..)` says no more than `u8`.
        bounds.min = bounds.min.filter(|min| bounds.range.0.is_none_or(|least| is_less(least, *min)));
        bounds.max = bounds.max.filter(|max| bounds.range.1.is_none_or(|most| is_less(*max, most)));
        bounds
    }

    /// Whether something that `other` allows is certainly forbidden here, and not by the type alone. Of two
    /// patterns nobody can say.
    #[must_use]
    pub fn forbids_more_than(&self, other: &Self) -> bool {
        let min = self.min.is_some_and(|min| other.least().is_none_or(|least| is_less(least, min)));
        let max = self.max.is_some_and(|max| other.most().is_none_or(|most| is_less(max, most)));
        min || max || (self.patterns != other.patterns && self.patterns.is_superset(&other.patterns))
    }

    fn least(&self) -> Option<Number> {
        self.min.or(self.range.0)
    }

    fn most(&self) -> Option<Number> {
        self.max.or(self.range.1)
    }
}

/// What values, or lengths, there are without any constraint.
fn range(kind: &TypeKind) -> (Option<Number>, Option<Number>) {
    let zero = Some(Number::Int(0));
    match kind {
        TypeKind::Scalar(Scalar::Duration | Scalar::String | Scalar::Bytes)
        | TypeKind::List(_)
        | TypeKind::Set(_)
        | TypeKind::Map(..) => (zero, None),
        TypeKind::Scalar(scalar) => {
            let range = scalar.int_range();
            (range.map(|(least, _)| Number::Int(least)), range.map(|(_, most)| Number::Int(most)))
        }
        _ => (None, None),
    }
}

/// The one of two bounds that `comes_first` puts second: it forbids more.
fn tighter(
    have: Option<Number>,
    other: Option<Number>,
    comes_first: fn(Number, Number) -> bool,
) -> Option<Number> {
    match (have, other) {
        (Some(have), Some(other)) if comes_first(have, other) => Some(other),
        (have, other) => have.or(other),
    }
}

fn is_less(a: Number, b: Number) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "only a bound of a float is compared with an integer")]
    let float = |number| match number {
        Number::Int(number) => number as f64,
        Number::Float(number) => number,
    };
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => a < b,
        (a, b) => float(a) < float(b),
    }
}
