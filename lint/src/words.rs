//! Names as people read them: which case, which words.

use heck::ToSnakeCase;

/// `LatLng`, `HTTPServer`: letters and digits, the first in upper case.
pub(crate) fn is_upper_camel(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase()) && !name.contains('_')
}

/// `lat_lng`: nothing in upper case. Underscores may stand anywhere, since some peers give them a meaning.
pub(crate) fn is_lower_snake(name: &str) -> bool {
    !name.contains(|char: char| char.is_ascii_uppercase())
}

/// The words of a name in whatever case, in lower case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let snake = name.to_snake_case();
    snake.split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A dotted name with each of its words in lower_snake_case.
pub(crate) fn lower_snake_words(name: &str) -> String {
    name.split('.').map(ToSnakeCase::to_snake_case).collect::<Vec<_>>().join(".")
}

/// Whether the last of the name's words is one of `endings`, and not its only one.
pub(crate) fn ends_with(name: &str, endings: &[&str]) -> bool {
    match words(name).split_last() {
        Some((last, rest)) => !rest.is_empty() && endings.contains(&last.as_str()),
        None => false,
    }
}

/// "a, b and c".
pub(crate) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
