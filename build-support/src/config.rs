//! What a build script may choose.

use std::path::{Path, PathBuf};

/// Compiles schemas with options.
///
/// One build script makes one `Builder` with all its schemas: what they import in common is then generated
/// once.
///
/// ```no_run
/// lymph_build::Builder::new()
///     .schemas(["schemas/maps/geo.lymph", "schemas/echo/v1.lymph", "schemas/echo/v2.lymph"])
///     .include_path("../shared/schemas")
///     .derive("maps.geo.Match", "serde::Serialize")
///     .extern_package("maps.common", "::maps::common")
///     .compile();
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "nothing happens before `compile`, `try_compile` or `check`"]
pub struct Builder {
    pub(crate) schemas: Vec<PathBuf>,
    pub(crate) loading: lymph_idl::Options,
    pub(crate) generating: lymph_codegen::Options,
    pub(crate) out_dir: Option<PathBuf>,
    pub(crate) emit: Option<PathBuf>,
}

impl Builder {
    /// No schemas yet; clients and servers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a schema, relative to the crate's folder.
    pub fn schema(mut self, path: impl AsRef<Path>) -> Self {
        self.schemas.push(path.as_ref().to_owned());
        self
    }

    /// Adds several schemas.
    pub fn schemas<P: AsRef<Path>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.schemas.extend(paths.into_iter().map(|path| path.as_ref().to_owned()));
        self
    }

    /// Adds a folder in which imports are looked up, before those around the importing file.
    pub fn include_path(mut self, path: impl AsRef<Path>) -> Self {
        self.loading.include_paths.push(path.as_ref().to_owned());
        self
    }

    /// Writes to this folder in place of `OUT_DIR`; `include_schema!` looks into `OUT_DIR` only.
    pub fn out_dir(mut self, path: impl AsRef<Path>) -> Self {
        self.out_dir = Some(path.as_ref().to_owned());
        self
    }

    /// Writes one file with everything, to be checked in, in place of those to be included.
    ///
    /// [`Self::check`] then tells whether it is fresh.
    pub fn emit(mut self, file: impl AsRef<Path>) -> Self {
        self.emit = Some(file.as_ref().to_owned());
        self
    }

    /// Whether to generate the callers' side.
    pub fn clients(mut self, clients: bool) -> Self {
        self.generating.clients = clients;
        self
    }

    /// Whether to generate the servers' side.
    pub fn servers(mut self, servers: bool) -> Self {
        self.generating.servers = servers;
        self
    }

    /// Whether methods of server traits have a body that fails.
    ///
    /// Without one, a method new in the schema does not compile before it is implemented.
    pub fn default_stubs(mut self, stubs: bool) -> Self {
        self.generating.default_stubs = stubs;
        self
    }

    /// Puts an attribute, as `#[serde(rename_all = "camelCase")]`, before whatever `selector` names.
    ///
    /// A selector that names nothing fails the build; [`lymph_codegen::Options`] tells what it may be.
    pub fn attribute(mut self, selector: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.generating.attributes.push((selector.into(), attribute.into()));
        self
    }

    /// Derives more traits, as `serde::Serialize, serde::Deserialize`, for whatever `selector` names.
    pub fn derive(self, selector: impl Into<String>, traits: &str) -> Self {
        self.attribute(selector, format!("#[derive({traits})]"))
    }

    /// Uses the module at `path`, as `::maps::common`, for a package that another crate has compiled.
    pub fn extern_package(mut self, package: impl Into<String>, path: impl Into<String>) -> Self {
        self.generating.extern_packages.insert(package.into(), path.into());
        self
    }

    /// Uses the type at `path`, which is written by hand, for a type of the schema.
    ///
    /// It needs `lymph::Encode`, `lymph::Decode`, `Clone`, `Debug` and `PartialEq`.
    pub fn extern_type(mut self, name: impl Into<String>, path: impl Into<String>) -> Self {
        self.generating.extern_types.insert(name.into(), path.into());
        self
    }
}
