//! Every naming decision: case, keywords, and what to do when a name is taken.

use std::collections::BTreeSet;

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// Keywords of all editions, reserved ones included. Those in [`NEVER_RAW`] cannot even be raw.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

const NEVER_RAW: &[&str] = &["Self", "_", "crate", "self", "super"];

/// A module of such a name would hide the primitive type from the code beside it.
const PRIMITIVES: &[&str] = &[
    "bool", "char", "f128", "f16", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128",
    "u16", "u32", "u64", "u8", "usize",
];

/// At the top of a crate, a module of such a name would make every path into that crate ambiguous.
const CRATES: &[&str] = &["alloc", "core", "lymph", "std"];

/// Whether Rust means something else by `ident`: a keyword of any edition, a primitive type, or a crate that
/// generated code names.
#[must_use]
pub fn is_reserved(ident: &str) -> bool {
    [KEYWORDS, NEVER_RAW, PRIMITIVES, CRATES].iter().any(|names| names.contains(&ident))
}

/// `ident` as it can stand in any edition: `type` as `r#type`, `self` as `self_`.
pub(crate) fn escape(ident: &str) -> String {
    if NEVER_RAW.contains(&ident) {
        format!("{ident}_")
    } else if KEYWORDS.contains(&ident) {
        format!("r#{ident}")
    } else {
        ident.to_owned()
    }
}

/// `place.found`, `place_found` and `PlaceFound` as `PlaceFound`.
pub(crate) fn type_name(name: &str) -> String {
    escape(&type_stem(name))
}

/// The same, for more to be put behind it, which makes it no keyword.
pub(crate) fn type_stem(name: &str) -> String {
    or_underscore(name.to_upper_camel_case(), "Underscore")
}

/// Names of fields, parameters and methods, unescaped: `fooBar` as `foo_bar`, all others as they are.
pub(crate) fn bare_value_name(name: &str) -> String {
    if name.contains(|c: char| c.is_uppercase() || c == '.') || name.chars().all(|c| c == '_') {
        or_underscore(name.to_snake_case(), "underscore")
    } else {
        name.to_owned()
    }
}

/// [`bare_value_name`], escaped.
pub(crate) fn value_name(name: &str) -> String {
    escape(&bare_value_name(name))
}

/// `greet_many` as `GREET_MANY`.
pub(crate) fn const_name(name: &str) -> String {
    or_underscore(name.to_shouty_snake_case(), "UNDERSCORE")
}

/// One part of a package's name, or a generated module's name.
pub(crate) fn module_name(name: &str) -> String {
    let name = bare_value_name(name);
    if PRIMITIVES.contains(&&*name) { format!("{name}_") } else { escape(&name) }
}

/// `NotFound` as `not found`.
pub(crate) fn words(name: &str) -> String {
    name.to_snake_case().replace('_', " ")
}

/// The first part of a package's name.
pub(crate) fn outermost_module(name: &str) -> String {
    let name = module_name(name);
    if CRATES.contains(&&*name) { format!("{name}_") } else { name }
}

fn or_underscore(name: String, fallback: &str) -> String {
    if name.is_empty() {
        fallback.to_owned()
    } else if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{name}")
    } else {
        name
    }
}

/// Names in use in one Rust namespace.
#[derive(Debug, Default)]
pub(crate) struct Taken(BTreeSet<String>);

impl Taken {
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Takes `name`; false when it was taken before.
    pub(crate) fn claim(&mut self, name: &str) -> bool {
        self.0.insert(name.to_owned())
    }

    /// Takes the first free one of `candidates`, else the last of them with a number behind it.
    pub(crate) fn first_free(&mut self, candidates: &[String]) -> String {
        let last = candidates.last().expect("callers give at least one candidate");
        let numbered = (2..).map(|n: u32| format!("{last}{n}"));
        let free = candidates.iter().cloned().chain(numbered).find(|name| !self.contains(name));
        let name = free.expect("numbers do not run out");
        self.claim(&name);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_of_every_edition_are_escaped() {
        for (name, expected) in [("gen", "r#gen"), ("try", "r#try"), ("self", "self_"), ("union", "union")] {
            assert_eq!(value_name(name), expected);
        }
        assert_eq!(type_name("self"), "Self_");
    }

    #[test]
    fn names_that_case_conversion_would_empty_stay_names() {
        assert_eq!(
            (type_name("_"), value_name("__"), const_name("_")),
            ("Underscore".into(), "underscore".into(), "UNDERSCORE".into())
        );
        assert_eq!(type_name("_2d"), "_2d");
    }

    #[test]
    fn fields_keep_the_name_that_they_have() {
        assert_eq!(value_name("_private__name_1"), "_private__name_1");
        assert_eq!(value_name("retryAfterMs"), "retry_after_ms");
    }

    #[test]
    fn modules_never_hide_primitives() {
        assert_eq!(module_name("str"), "str_");
    }

    #[test]
    fn taken_names_get_the_next_candidate_then_a_number() {
        let mut taken = Taken::default();
        let candidates = ["A".to_owned(), "B".to_owned()];
        let names: Vec<_> = (0..4).map(|_| taken.first_free(&candidates)).collect();
        assert_eq!(names, ["A", "B", "B2", "B3"]);
    }
}
