//! What generated code makes of names. Most are written the way it wants them and need no conversion, which would
//! take longer than all else that is done with them.

use std::borrow::Cow;

use heck::{ToSnakeCase, ToUpperCamelCase};

/// As a field, parameter or method is called.
pub(super) fn snake(name: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if name.split('_').all(|word| !word.is_empty() && word.bytes().all(is_plain)) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.to_snake_case())
}

/// As a type or variant is called.
pub(super) fn upper_camel(name: &str) -> Cow<'_, str> {
    let bytes = name.as_bytes();
    let after_lowercase = |at: usize| at == 0 || bytes[at - 1].is_ascii_lowercase();
    let is_plain = |(at, byte): (usize, &u8)| match byte {
        b'A'..=b'Z' => after_lowercase(at),
        b'a'..=b'z' => at > 0 && !bytes[at - 1].is_ascii_digit(),
        b'0'..=b'9' => at > 0,
        _ => false,
    };
    if !name.is_empty() && bytes.iter().enumerate().all(is_plain) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.to_upper_camel_case())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn shortcuts_lead_where_the_long_way_does(name in "[aAbB1_]{0,8}") {
            prop_assert_eq!(snake(&name), name.to_snake_case());
            prop_assert_eq!(upper_camel(&name), name.to_upper_camel_case());
        }
    }
}
