//! What people type: JSON, names with versions.

use std::io::Read;

use lymph::{Value, Version};

use crate::output::Trouble;

/// More is no message.
const MAX_INPUT_BYTES: u64 = 8 << 20;

/// Reads `text` as JSON, or standard input when it is `-`.
///
/// # Errors
///
/// [`Trouble`] when it is no JSON, or nothing that may be sent to Python's peers.
pub(super) fn json(text: &str) -> Result<Value, Trouble> {
    let mut input = String::new();
    let text = if text == "-" {
        let read = std::io::stdin().take(MAX_INPUT_BYTES).read_to_string(&mut input);
        read.map_err(|error| Trouble::new(format!("cannot read standard input: {error}")))?;
        &input
    } else {
        text
    };
    let json: serde_json::Value = serde_json::from_str(text).map_err(|error| {
        Trouble::new(format!("this is no JSON: {error}"))
            .help("quote it for the shell: '{\"name\": \"Joe\"}'")
    })?;
    let value = Value::from(json);
    if value.has_foreign_type() {
        return Err(Trouble::new("a `__type__` that Python's peers do not know would make them deaf")
            .help("known: datetime, date, time, Decimal, UUID, set, UndefinedType"));
    }
    Ok(value)
}

/// Splits `NAME@VERSION`.
///
/// # Errors
///
/// [`Trouble`] when what stands behind `@` is no version.
pub(super) fn versioned(text: &str) -> Result<(&str, Option<Version>), Trouble> {
    match text.split_once('@') {
        None => Ok((text, None)),
        Some((name, version)) => Ok((name, Some(version.parse().map_err(Trouble::new)?))),
    }
}
