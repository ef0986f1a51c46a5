//! What constraints allow, told from the schema alone.

use lymph::Value;
use lymph_idl::model::{Constraints, Number};
use regex_automata::meta::Regex;

/// Whether a value is within them.
///
/// # Panics
///
/// When a pattern is none, which no checked schema holds.
#[must_use]
pub fn is_allowed(constraints: &[&Constraints], value: &Value) -> bool {
    constraints.iter().all(|constraint| {
        let bounds = || [(constraint.min, true), (constraint.max, false)];
        bounds().into_iter().all(|(bound, is_min)| bound.is_none_or(|bound| is_within(bound, is_min, value)))
            && constraint.pattern.as_ref().is_none_or(|pattern| matches(pattern, value))
    })
}

fn is_within(bound: Number, is_min: bool, value: &Value) -> bool {
    let measure = match value {
        Value::Float(float) => {
            let bound = match bound {
                Number::Float(bound) => bound,
                Number::Int(bound) => bound as f64,
            };
            return if is_min { *float >= bound } else { *float <= bound };
        }
        Value::Int(value) => i128::from(*value),
        Value::UInt(value) => i128::from(*value),
        Value::String(text) => text.chars().count() as i128,
        Value::Bytes(bytes) => bytes.len() as i128,
        Value::List(items) | Value::Set(items) => items.len() as i128,
        Value::Map(pairs) => pairs.len() as i128,
        // Nil has nothing to bound; all others have no constraints.
        _ => return true,
    };
    match bound {
        Number::Int(bound) if is_min => measure >= bound,
        Number::Int(bound) => measure <= bound,
        Number::Float(_) => true,
    }
}

fn matches(pattern: &str, value: &Value) -> bool {
    let regex = Regex::new(pattern).expect("the schema's compiler has checked it");
    value.as_str().is_none_or(|text| regex.is_match(text))
}
