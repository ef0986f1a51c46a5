//! What the words of the language mean, in a sentence each.

use lymph_idl::language::{ATTRIBUTES, KnownAttribute};

/// What a built-in type is and how it travels.
pub(super) fn builtin(name: &str) -> Option<&'static str> {
    Some(match name {
        "bool" => "True or false.\n\nTravels as `bool`.",
        "i8" | "i16" | "i32" | "i64" => {
            "An integer with a sign.\n\nTravels as `int`, checked by value when read."
        }
        "u8" | "u16" | "u32" | "u64" => {
            "An integer without a sign.\n\nTravels as `int`, checked by value when read."
        }
        "f32" | "f64" => {
            "A floating point number.\n\nTravels as `float`; readers take both widths, and integers that fit."
        }
        "string" => "Text.\n\nTravels as `str`.",
        "bytes" => "Bytes without a meaning here.\n\nTravels as `bin`.",
        "datetime" => {
            "A date, a time of day and an offset.\n\nTravels as the map \
             `{\"__type__\": \"datetime\", \"_\": \"2024-01-31T12:30:00+0100\"}`."
        }
        "date" => "A day.\n\nTravels as the map `{\"__type__\": \"date\", \"_\": \"2024-01-31\"}`.",
        "time" => "A time of day.\n\nTravels as the map `{\"__type__\": \"time\", \"_\": \"12:30:00Z\"}`.",
        "duration" => "A span of time.\n\nTravels as `int`, in microseconds.",
        "decimal" => {
            "A decimal number, exact.\n\nTravels as the map `{\"__type__\": \"Decimal\", \"_\": \"12.50\"}`."
        }
        "uuid" => "A UUID.\n\nTravels as the map `{\"__type__\": \"UUID\", \"_\": \"0190f5ea-…\"}`.",
        "any" => "Any value at all.\n\nTravels as what it is.",
        "list" => "Values in order.\n\nTravels as `array`; readers take a set's bytes, too.",
        "set" => {
            "Values that differ.\n\nTravels as the map `{\"__type__\": \"set\", \"_\": [ … ]}`; readers take a \
             plain `array`, too."
        }
        "map" => "Values by key.\n\nTravels as `map`.",
        "patch" => {
            "A change to a value: left out, cleared, or set.\n\nTravels not at all when left out, as `nil` when \
             cleared, else as the value."
        }
        _ => return None,
    })
}

/// An attribute of the language, and what it says.
pub(super) fn attribute(name: &str) -> Option<(&'static KnownAttribute, &'static str)> {
    let known = ATTRIBUTES.iter().find(|known| known.name == name)?;
    let means = match name {
        "since" => "The version that brought it; `next` for the one not yet released.",
        "was" => "A former name, still understood on the wire.",
        "deprecated" => "The version that discourages it, and what to use instead.",
        "unstable" => "May change without a new major.",
        "wire" => "The name on the wire, where it is not the one written here.",
        "timeout" => "How long a caller waits who does not say.",
        "idempotent" => {
            "Calling it twice does no harm, so that a call whose outcome is unknown may be sent again."
        }
        "retryable" => "A caller that gets this error may try again.",
        "fallback" => "What readers take names for that they do not know.",
        "raw" => "The handler gets the reply channel, and answers in its own time.",
        "internal" => "Not offered beyond the cluster.",
        "http" => "Its place in the HTTP gateway; `{parameter}` takes a segment of the path.",
        "ttl" => "How long it is worth something while it waits in a queue.",
        "sequential" => "One at a time.",
        "broadcast" => "Every instance hears it, each through a queue of its own.",
        "retry" => "How often it is tried again before it is put aside.",
        "serial" => "In order for each value of a field, with others in parallel over so many queues.",
        "queue" => "The name of its queue.",
        "durable" => "Whether its queue outlives the broker.",
        _ => "An attribute of the language.",
    };
    Some((known, means))
}

/// Where an attribute may stand, in words.
pub(super) fn places(known: &KnownAttribute) -> String {
    let mut places: Vec<&str> = known.places.iter().map(|place| place.describe()).collect();
    match places.pop() {
        Some(last) if !places.is_empty() => format!("{} or {last}", places.join(", ")),
        Some(only) => only.to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_explained() {
        for name in lymph_idl::language::builtin_types() {
            assert!(builtin(name).is_some(), "`{name}` is not explained");
        }
        for known in ATTRIBUTES {
            let (_, means) = attribute(known.name).expect("it is known");
            assert_ne!(means, "An attribute of the language.", "`@{}` is not explained", known.name);
        }
    }
}
