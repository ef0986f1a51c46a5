//! Compiles `.lymph` schemas from a build script.
//!
//! In `build.rs`:
//!
//! ```no_run
//! lymph_build::compile(["schemas/greeting.lymph"]);
//! ```
//!
//! The crate then has the code with `lymph::include_schema!("greeting");`. A mistake in a schema fails the
//! build and shows its place; the script runs again when a schema or something it imports has
//! changed, and at no other time.
//!
//! [`Builder`] has the options, and [`Builder::emit`] is for code that is checked in.

mod cargo;
mod config;
mod emit;
mod error;

use std::path::Path;

pub use config::Builder;
pub use error::Error;

/// Compiles schemas with the defaults; see [`Builder::compile`].
pub fn compile<P: AsRef<Path>>(schemas: impl IntoIterator<Item = P>) {
    Builder::new().schemas(schemas).compile();
}
