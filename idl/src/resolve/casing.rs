//! Names as generated code writes them.

use std::borrow::Cow;

use heck::{ToSnakeCase, ToUpperCamelCase};

/// How generated code writes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Casing {
    Snake,
    UpperCamel,
}

impl Casing {
    /// A name in this casing; most are written so already.
    pub(super) fn convert(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::Snake if is_snake(name) => Cow::Borrowed(name),
            Self::Snake => Cow::Owned(name.to_snake_case()),
            Self::UpperCamel if is_upper_camel(name) => Cow::Borrowed(name),
            Self::UpperCamel => Cow::Owned(name.to_upper_camel_case()),
        }
    }

    /// Whether names are sure to stay different if they are different now.
    pub(super) fn keeps_apart<'n>(self, mut names: impl Iterator<Item = &'n str> + Clone) -> bool {
        match self {
            Self::Snake => names.all(is_snake),
            Self::UpperCamel => names.clone().all(is_upper_camel) || names.all(is_snake_of_words),
        }
    }
}

/// Whether a name is sure to be its own `snake_case`.
fn is_snake(name: &str) -> bool {
    let mut after_letter = false;
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => after_letter = true,
            b'_' if after_letter => after_letter = false,
            _ => return false,
        }
    }
    after_letter
}

/// Whether it is also made of words that begin with letters: their capitals will tell them apart.
fn is_snake_of_words(name: &str) -> bool {
    is_snake(name) && name.split('_').all(|word| word.starts_with(|first: char| first.is_ascii_alphabetic()))
}

/// Whether a name is sure to be its own `UpperCamelCase`: each capital begins a word of its own.
fn is_upper_camel(name: &str) -> bool {
    let mut after_capital = false;
    let mut bytes = name.bytes();
    if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
        return false;
    }
    let is_right = bytes.all(|byte| {
        let is_capital = byte.is_ascii_uppercase();
        let fits = if after_capital { byte.is_ascii_lowercase() } else { byte.is_ascii_alphanumeric() };
        after_capital = is_capital;
        fits
    });
    is_right && !after_capital
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn names_taken_as_they_are_are_right(name in "[a-zA-Z0-9_]{1,12}") {
            prop_assert_eq!(Casing::Snake.convert(&name).into_owned(), name.to_snake_case());
            prop_assert_eq!(Casing::UpperCamel.convert(&name).into_owned(), name.to_upper_camel_case());
        }

        #[test]
        fn names_that_keep_apart_differ(one in "[aA]?[ab1_]{1,4}", other in "[aA]?[ab1_]{1,4}") {
            for casing in [Casing::Snake, Casing::UpperCamel] {
                if one != other && casing.keeps_apart([&*one, &*other].into_iter()) {
                    prop_assert_ne!(casing.convert(&one), casing.convert(&other));
                }
            }
        }
    }

    #[test]
    fn usual_names_keep_apart() {
        assert!(Casing::Snake.keeps_apart(["id", "address_1", "created_at"].into_iter()));
        assert!(Casing::UpperCamel.keeps_apart(["Type1", "LatLng"].into_iter()));
        assert!(Casing::UpperCamel.keeps_apart(["in_transit", "sent"].into_iter()));
        assert!(!Casing::UpperCamel.keeps_apart(["a_1", "a1"].into_iter()));
        assert!(!Casing::UpperCamel.keeps_apart(["Sent", "sent"].into_iter()));
    }
}
