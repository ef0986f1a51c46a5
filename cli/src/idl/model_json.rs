//! The resolved model as JSON, and back: for programs that are not written in Rust, and to keep what a schema
//! meant when it was built.
//!
//! ```
//! use lymph_cli::idl::model_json;
//!
//! let schema = lymph_idl::parse_str("a.lymph", "package a @ 1.0.0; struct Point { x: f64 }")?;
//! let text = model_json::write(&schema, &[] as &[&str]);
//! assert!(text.starts_with("{\n  \"lymph_model\": 1,"));
//! let again = model_json::read(&text).unwrap();
//! assert_eq!(again.packages[0].name.value, "a");
//! # Ok::<(), lymph_idl::Failure>(())
//! ```

mod build;
mod types;

use std::path::Path;

use lymph_idl::{Failure, Memory, Options, Schema};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// What `lymph_model` says.
const VERSION: u32 = 1;

/// Why a text is not a model.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It is not JSON, or not of the shape of a model.
    #[error("not a lymph model: {0}")]
    Shape(#[from] serde_json::Error),
    /// It has none of the fields that make one.
    #[error("not a lymph model: `lymph_model` is missing")]
    NoVersion,
    /// It was written by a later lymph-idl.
    #[error("`lymph_model` is {0}, and this lymph-idl knows {VERSION}")]
    Version(u64),
    /// The sources in it have mistakes.
    #[error("the sources in the model have mistakes:\n{0}")]
    Sources(Box<Failure>),
    /// Somebody changed one and not the other.
    #[error("the model is not what its sources say: `{path}` is {found}, and they say {expected}")]
    Differs {
        /// As `packages[0].types[1].wire`.
        path: String,
        /// What the model says.
        found: String,
        /// What the sources say.
        expected: String,
    },
}

/// The model of a schema whose imports were looked up in `include`, ended by a new line. The same schema always
/// gives the same text.
#[must_use]
pub fn write(schema: &Schema, include: &[impl AsRef<Path>]) -> String {
    let document = build::document(schema, include);
    serde_json::to_string_pretty(&document).expect("all keys are text") + "\n"
}

/// The JSON Schema of what [`write()`] gives.
#[must_use]
pub fn json_schema() -> String {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<types::Document>();
    serde_json::to_string_pretty(&schema).expect("all keys are text") + "\n"
}

/// What is read of a model: the rest follows from it.
#[derive(Deserialize)]
struct Essence {
    include: Vec<String>,
    packages: Vec<Requested>,
    sources: Vec<Source>,
}

#[derive(Deserialize)]
struct Requested {
    file: String,
    requested: bool,
}

#[derive(Deserialize)]
struct Source {
    path: String,
    text: String,
}

/// The schema that a model was made of. What is not part of the format is passed over.
///
/// # Errors
///
/// [`ReadError`] when the text is no model, and when the model says something else than the sources in it.
pub fn read(text: &str) -> Result<Schema, ReadError> {
    let found: Value = serde_json::from_str(text)?;
    match found.get("lymph_model").and_then(Value::as_u64) {
        Some(version) if version == u64::from(VERSION) => {}
        Some(version) => return Err(ReadError::Version(version)),
        None => return Err(ReadError::NoVersion),
    }
    let essence = Essence::deserialize(&found)?;
    let files = essence.sources.into_iter();
    let files = files.fold(Memory::new(), |files, source| files.file(source.path, source.text));
    let options = essence.include.iter().fold(Options::new(), |options, folder| options.include_path(folder));
    let roots = essence.packages.iter().filter(|package| package.requested).map(|package| &package.file);
    let schema = lymph_idl::load_with(roots, &options, &files)
        .map_err(|failure| ReadError::Sources(Box::new(failure)))?;
    let expected = serde_json::to_value(build::document(&schema, &essence.include))?;
    match difference(&found, &expected) {
        None => Ok(schema),
        Some((path, found, expected)) => Err(ReadError::Differs {
            path: path.trim_start_matches('.').to_owned(),
            found: shown(found),
            expected: shown(Some(expected)),
        }),
    }
}

/// The first place where `found` lacks or changes something of `expected`, with what stands there in both.
fn difference<'a>(found: &'a Value, expected: &'a Value) -> Option<(String, Option<&'a Value>, &'a Value)> {
    let inside = |step: String, found: Option<&'a Value>, expected: &'a Value| match found {
        Some(found) => {
            difference(found, expected).map(|(path, found, expected)| (step + &path, found, expected))
        }
        None => Some((step, None, expected)),
    };
    match (found, expected) {
        (Value::Object(fields), Value::Object(expected)) => {
            expected.iter().find_map(|(name, value)| inside(format!(".{name}"), fields.get(name), value))
        }
        (Value::Array(items), Value::Array(expected)) if items.len() == expected.len() => {
            let pairs = items.iter().zip(expected).enumerate();
            pairs.into_iter().find_map(|(at, (item, value))| inside(format!("[{at}]"), Some(item), value))
        }
        (found, expected) => (found != expected).then(|| (String::new(), Some(found), expected)),
    }
}

/// A value in a message.
fn shown(value: Option<&Value>) -> String {
    match value {
        None => "missing".to_owned(),
        Some(Value::Array(items)) => format!("a list of {}", items.len()),
        Some(Value::Object(_)) => "an object".to_owned(),
        Some(scalar) => format!("`{scalar}`"),
    }
}
