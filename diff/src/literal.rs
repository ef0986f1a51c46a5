//! Values of a schema in the words of a schema.

use lymph_idl::model::Literal;

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
