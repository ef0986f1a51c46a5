//! Values of a schema in the words of a schema.

use std::time::Duration;

use lymph_idl::model::Literal;

/// Microseconds in the units of durations, the longest first.
const UNITS: [(&str, u128); 6] = [
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("min", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];

/// A duration as one would write it.
pub(crate) fn duration(duration: Duration) -> String {
    let micros = duration.as_micros();
    let unit = UNITS.into_iter().find(|(_, unit)| micros > 0 && micros.is_multiple_of(*unit));
    unit.map_or_else(|| "0s".to_owned(), |(name, unit)| format!("{}{name}", micros / unit))
}

/// As one would write it, but for durations, which are numbers of microseconds.
pub(crate) fn text(literal: &Literal) -> String {
    match literal {
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Float(value) => value.to_string(),
        Literal::String(value) => format!("{value:?}"),
        Literal::Name(value) => value.clone(),
        Literal::List(values) => {
            let values: Vec<String> = values.iter().map(text).collect();
            format!("[{}]", values.join(", "))
        }
        Literal::EmptyMap => "{}".to_owned(),
    }
}
