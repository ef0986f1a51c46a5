//! Names for crates, and what follows from them.

use crate::output::Trouble;

/// As many bytes as crates.io takes.
const MAX_BYTES: usize = 64;

/// Crates beside which a module of the same name could not be told apart.
const CRATES: &[&str] = &["lymph_build", "proc_macro", "test", "tokio"];

/// Types that `main.rs` means when it says their names.
const TYPES: &[&str] = &[
    "CallError",
    "Cluster",
    "Container",
    "Context",
    "EmptyName",
    "Err",
    "Fault",
    "GreetError",
    "GreetRequest",
    "Ok",
    "Result",
    "String",
];

/// A name that has been looked at.
#[derive(Debug)]
pub(super) struct Name {
    /// As `address-book`.
    pub krate: String,
    /// As `address_book`.
    pub package: String,
    /// As `AddressBook`.
    pub interface: String,
}

impl Name {
    /// # Errors
    ///
    /// [`Trouble`] when Cargo, Rust or the generated code could not live with it.
    pub(super) fn parse(text: &str) -> Result<Self, Trouble> {
        let bad = |why: String| Trouble::new(format!("`{text}` cannot be the name of a crate: {why}"));
        let example = "write small letters and digits with single `-` or `_` between them, as `address-book`";
        if text.len() > MAX_BYTES {
            return Err(bad(format!("it is longer than {MAX_BYTES} bytes")));
        }
        let is_part = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        if !text.starts_with(|first: char| first.is_ascii_lowercase()) || !text.split(['-', '_']).all(is_part)
        {
            return Err(bad("it does not look like one".to_owned()).help(example));
        }
        let package = text.replace('-', "_");
        if lymph_codegen::is_reserved(&package) || CRATES.contains(&&*package) {
            return Err(bad(format!("`{package}` means something else in Rust")));
        }
        let interface: String = package.split('_').map(capitalized).collect();
        if TYPES.contains(&&*interface) {
            return Err(bad(format!("its interface would be called `{interface}`, as a type beside it is")));
        }
        Ok(Self { krate: text.to_owned(), package, interface })
    }
}

fn capitalized(part: &str) -> String {
    let (first, rest) = part.split_at(1);
    first.to_ascii_uppercase() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(&str, &str), ()>) {
        let found = Name::parse(text);
        let found = found.as_ref().map(|name| (&*name.package, &*name.interface)).map_err(|_| ());
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn names_that_will_do() {
        check("geo", Ok(("geo", "Geo")));
        check("address-book_v2", Ok(("address_book_v2", "AddressBookV2")));
        check("a1-2", Ok(("a1_2", "A12")));
        check(&"a".repeat(64), Ok((&"a".repeat(64), &("A".to_owned() + &"a".repeat(63)))));
    }

    #[test]
    fn names_that_will_not() {
        for text in ["", "-", "a-", "-a", "a--b", "a-_b", "1a", "Geo", "größe", "a b", "../a", "a/b", "a.b"]
        {
            check(text, Err(()));
        }
        for text in [
            "match",
            "self",
            "u8",
            "gen",
            "core",
            "lymph",
            "lymph-build",
            "tokio",
            "test",
            "result",
            "string",
        ] {
            check(text, Err(()));
        }
        check(&"a".repeat(65), Err(()));
    }
}
