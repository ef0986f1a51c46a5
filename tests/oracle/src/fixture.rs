//! The cases of the rules: two schemas each, and what is generated for them.
//!
//! The build script uses this file as well, so both see the same things in the same order.

use std::fs;
use std::path::{Path, PathBuf};

use lymph_idl::Schema;
use lymph_idl::model::{Event, Handler, Interface, Method, Package, TypeDef, TypeDefKind};

/// Where the cases are.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../diff/tests/rules")
}

/// The names of all cases, sorted.
///
/// # Panics
///
/// When the folder cannot be read.
#[must_use]
pub fn cases() -> Vec<String> {
    let folders = entries(&folder()).into_iter().filter(|path| path.is_dir());
    folders.map(|path| path.file_name().expect("a name").to_string_lossy().into_owned()).collect()
}

/// The files of one side of a case, `old` or `new`: a single one, or all of a folder.
///
/// # Panics
///
/// When they cannot be read.
#[must_use]
pub fn files(case: &str, side: &str) -> Vec<PathBuf> {
    let file = folder().join(case).join(format!("{side}.lymph"));
    if file.exists() {
        return vec![file];
    }
    // What these import lies in folders beside them.
    entries(&folder().join(case).join(side)).into_iter().filter(|path| path.is_file()).collect()
}

/// One side of a case, `old` or `new`.
///
/// # Panics
///
/// When it is no right schema.
#[must_use]
pub fn load(case: &str, side: &str) -> Schema {
    lymph_idl::load(files(case, side), &lymph_idl::Options::default())
        .unwrap_or_else(|failure| panic!("{case}/{side}:\n{failure}"))
}

/// All methods of a schema with what holds them.
pub fn methods(schema: &Schema) -> impl Iterator<Item = (&Package, &Interface, &Method)> {
    let interfaces =
        schema.packages.iter().flat_map(|package| package.interfaces.iter().map(move |it| (package, it)));
    interfaces
        .flat_map(|(package, interface)| interface.methods.iter().map(move |it| (package, interface, it)))
}

/// All handlers of a schema with what holds them.
pub fn handlers(schema: &Schema) -> impl Iterator<Item = (&Package, &Interface, &Handler)> {
    let interfaces =
        schema.packages.iter().flat_map(|package| package.interfaces.iter().map(move |it| (package, it)));
    interfaces
        .flat_map(|(package, interface)| interface.handlers.iter().map(move |it| (package, interface, it)))
}

/// All events of a schema with the packages that declare them.
pub fn events(schema: &Schema) -> impl Iterator<Item = (&Package, &Event)> {
    schema
        .packages
        .iter()
        .flat_map(move |package| package.events.iter().map(move |id| (package, schema.event(*id))))
}

/// All errors of a schema.
pub fn errors(schema: &Schema) -> impl Iterator<Item = &TypeDef> {
    schema.types().filter(|def| matches!(def.kind, TypeDefKind::Error(_)))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.sort();
    paths
}
