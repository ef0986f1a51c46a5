//! What all constraints on a value allow together.

use std::collections::BTreeSet;

use lymph_idl::model::Number;

use crate::node::Value;

/// Least and greatest value or length, and the patterns that must match.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bounds<'a> {
    /// Nothing below.
    pub min: Option<Number>,
    /// Nothing above.
    pub max: Option<Number>,
    /// All of them must match.
    pub patterns: BTreeSet<&'a str>,
}

impl<'a> Bounds<'a> {
    /// Of the whole way from a use through its aliases.
    #[must_use]
    pub fn of(value: &Value<'a>) -> Self {
        let mut bounds = Self::default();
        for constraints in &value.constraints {
            let tighter = |have: Option<Number>, other: Option<Number>, larger: bool| match (have, other) {
                (Some(have), Some(other)) if is_less(have, other) == larger => Some(other),
                (have, other) => have.or(other),
            };
            bounds.min = tighter(bounds.min, constraints.min, true);
            bounds.max = tighter(bounds.max, constraints.max, false);
            bounds.patterns.extend(constraints.pattern.as_deref());
        }
        bounds
    }

    /// Whether something that `other` allows is certainly forbidden here. Of two patterns nobody can say.
    #[must_use]
    pub fn forbids_more_than(&self, other: &Self) -> bool {
        let min = match (self.min, other.min) {
            (Some(here), Some(there)) => is_less(there, here),
            (here, _) => here.is_some() && other.min.is_none(),
        };
        let max = match (self.max, other.max) {
            (Some(here), Some(there)) => is_less(here, there),
            (here, _) => here.is_some() && other.max.is_none(),
        };
        let patterns =
            self.patterns.len() > other.patterns.len() && self.patterns.is_superset(&other.patterns);
        min || max || patterns
    }
}

fn is_less(a: Number, b: Number) -> bool {
    #[expect(
        clippy::cast_precision_loss,
        reason = "bounds of floats are floats; a mixed pair is a type change"
    )]
    let float = |number| match number {
        Number::Int(number) => number as f64,
        Number::Float(number) => number,
    };
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => a < b,
        (a, b) => float(a) < float(b),
    }
}
