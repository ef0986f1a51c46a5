//! Constraints of a schema, checked on a request before its handler runs.
//!
//! Generated code says what is asked of which parameter; these functions look and word the refusal.

use std::fmt::Debug;
use std::ops::{Bound, RangeBounds};
use std::sync::OnceLock;

use bytes::Bytes;
use regex_automata::meta::Regex;

use crate::Patch;
use crate::types::{Map, Set};

/// A parameter, or something inside it, that is outside its constraint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("parameter `{parameter}` {must}")]
pub struct Violation {
    /// Wire name, with the path to what is inside: `places[3].name`.
    pub parameter: String,
    /// What it must be, as in `must be at most 500, but is 900`.
    pub must: String,
}

impl Violation {
    fn new(must: String) -> Self {
        Self { parameter: String::new(), must }
    }

    fn inside(mut self, step: &str) -> Self {
        if !self.parameter.is_empty() && !self.parameter.starts_with('[') {
            self.parameter.insert(0, '.');
        }
        self.parameter.insert_str(0, step);
        self
    }
}

/// What every check returns.
pub type Checked = Result<(), Violation>;

/// A struct or union with constraints inside; implemented by generated code.
pub trait Check {
    /// Checks everything inside.
    ///
    /// # Errors
    ///
    /// The first [`Violation`], in the schema's order.
    fn check(&self) -> Checked;
}

impl<T: Check + ?Sized> Check for Box<T> {
    fn check(&self) -> Checked {
        (**self).check()
    }
}

/// Puts the field's name before the path.
///
/// # Errors
///
/// `checked`, when it is one.
pub fn at(field: &str, checked: Checked) -> Checked {
    checked.map_err(|violation| violation.inside(field))
}

/// Checks a value against its bounds.
///
/// # Errors
///
/// [`Violation`] when the value is outside; NaN is outside of everything.
pub fn range<T: PartialOrd + Debug>(value: &T, bounds: impl RangeBounds<T>) -> Checked {
    if bounds.contains(value) {
        return Ok(());
    }
    Err(Violation::new(format!("must be {}, but is {value:?}", words(&bounds))))
}

/// Checks the number of characters, bytes or elements.
///
/// # Errors
///
/// [`Violation`] when there are too many or too few.
pub fn length<T: Length + ?Sized>(value: &T, bounds: impl RangeBounds<usize>) -> Checked {
    let length = value.length();
    if bounds.contains(&length) {
        return Ok(());
    }
    Err(Violation::new(format!("must have {} {}, but has {length}", words(&bounds), T::UNIT)))
}

/// Checks every element of a list or set, and names the one at fault.
///
/// # Errors
///
/// The first element's [`Violation`].
pub fn each<'a, T: 'a>(
    values: impl IntoIterator<Item = &'a T>,
    mut check: impl FnMut(&'a T) -> Checked,
) -> Checked {
    for (index, value) in values.into_iter().enumerate() {
        check(value).map_err(|violation| violation.inside(&format!("[{index}]")))?;
    }
    Ok(())
}

/// Checks every key and value of a map, and names the key of the one at fault.
///
/// # Errors
///
/// The first entry's [`Violation`].
pub fn entries<K: Debug, V>(map: &Map<K, V>, mut check: impl FnMut(&K, &V) -> Checked) -> Checked {
    for (key, value) in map {
        check(key, value).map_err(|violation| violation.inside(&format!("[{key:?}]")))?;
    }
    Ok(())
}

/// Checks what may be unset.
///
/// # Errors
///
/// The [`Violation`] of the value that is there.
pub fn optional<'a, T>(value: &'a Option<T>, check: impl FnOnce(&'a T) -> Checked) -> Checked {
    value.as_ref().map_or(Ok(()), check)
}

/// Checks the new value of what may be kept or cleared.
///
/// # Errors
///
/// The [`Violation`] of the value that is set.
pub fn patch<'a, T>(value: &'a Patch<T>, check: impl FnOnce(&'a T) -> Checked) -> Checked {
    value.value().map_or(Ok(()), check)
}

/// Something with a length that a schema can bound.
pub trait Length {
    /// What is counted.
    const UNIT: &'static str;
    /// How many there are.
    fn length(&self) -> usize;
}

impl Length for str {
    const UNIT: &'static str = "characters";

    fn length(&self) -> usize {
        self.chars().count()
    }
}

impl Length for String {
    const UNIT: &'static str = str::UNIT;

    fn length(&self) -> usize {
        self.as_str().length()
    }
}

impl Length for Bytes {
    const UNIT: &'static str = "bytes";

    fn length(&self) -> usize {
        self.len()
    }
}

impl<T> Length for Vec<T> {
    const UNIT: &'static str = "elements";

    fn length(&self) -> usize {
        self.len()
    }
}

impl<T> Length for Set<T> {
    const UNIT: &'static str = "elements";

    fn length(&self) -> usize {
        self.len()
    }
}

impl<K, V> Length for Map<K, V> {
    const UNIT: &'static str = "entries";

    fn length(&self) -> usize {
        self.len()
    }
}

/// A regular expression of a schema, compiled when it is first needed.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    regex: OnceLock<Regex>,
}

impl Pattern {
    /// Takes the text; the schema's compiler has checked it.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self { text, regex: OnceLock::new() }
    }

    /// Checks that the expression matches somewhere in `value`.
    ///
    /// # Errors
    ///
    /// [`Violation`] when it does not.
    ///
    /// # Panics
    ///
    /// When the text is no regular expression, which no checked schema holds.
    pub fn check(&self, value: &str) -> Checked {
        let compile = || Regex::new(self.text).expect("the schema's compiler has checked it");
        if self.regex.get_or_init(compile).is_match(value) {
            return Ok(());
        }
        Err(Violation::new(format!("must match `{}`", self.text)))
    }
}

/// Bounds in words: `1 to 500`, `at least 1`, `at most 500`.
fn words<T: Debug>(bounds: &impl RangeBounds<T>) -> String {
    match (bounds.start_bound(), bounds.end_bound()) {
        (Bound::Included(min), Bound::Included(max)) => {
            let (min, max) = (format!("{min:?}"), format!("{max:?}"));
            if min == max { format!("exactly {min}") } else { format!("{min} to {max}") }
        }
        (Bound::Included(min), _) => format!("at least {min:?}"),
        (_, Bound::Included(max)) => format!("at most {max:?}"),
        _ => "anything".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(checked: Checked, expected: &str) {
        assert_eq!(at("limit", checked).unwrap_err().to_string(), expected);
    }

    #[test]
    fn violations_name_path_bound_and_value() {
        fails(range(&900_u16, 1..=500), "parameter `limit` must be 1 to 500, but is 900");
        fails(range(&f64::NAN, 0.0..), "parameter `limit` must be at least 0.0, but is NaN");
        fails(length("", 1..), "parameter `limit` must have at least 1 characters, but has 0");
        fails(length(&vec![1, 2], ..=1), "parameter `limit` must have at most 1 elements, but has 2");
        static PATTERN: Pattern = Pattern::new("^[a-z]+$");
        fails(PATTERN.check("A"), "parameter `limit` must match `^[a-z]+$`");
    }

    #[test]
    fn bounds_are_part_of_what_is_allowed() {
        for value in [1, 500] {
            assert_eq!(range(&value, 1..=500), Ok(()));
        }
        assert_eq!(length("äöü", 3..=3), Ok(()));
    }

    #[test]
    fn paths_lead_from_the_parameter_down() {
        let inner = |value: &u8| at("size", range(value, ..=1));
        fails(each(&vec![0, 7], inner), "parameter `limit[1].size` must be at most 1, but is 7");
        fails(at("a", optional(&Some(3), inner)), "parameter `limit.a.size` must be at most 1, but is 3");
        fails(at("b", patch(&Patch::Set(3), inner)), "parameter `limit.b.size` must be at most 1, but is 3");
        for unset in [Patch::Keep, Patch::Clear] {
            assert_eq!(patch(&unset, inner), Ok(()));
        }
        let map: Map<_, _> = [("x".to_owned(), 2)].into();
        fails(
            entries(&map, |_, value| range(value, ..=1)),
            "parameter `limit[\"x\"]` must be at most 1, but is 2",
        );
    }
}
