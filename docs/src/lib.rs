//! The README and the guides, so that `cargo test` compiles and runs their Rust.
//!
//! A guide with Rust is added with one line below; `tests/guides.rs` runs blocks in other languages. Snippets use the repository's own schemas, with
//! `lymph::include_schema!`, as a user's crate does.

/// Names each document beside the module that holds its snippets.
macro_rules! documents {
    ($($name:ident: $path:literal,)*) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!($path)]
            mod $name {}
        )*
    };
}

documents! {
    readme: "../../README.md",
    clients: "../clients.md",
    services: "../services.md",
}
