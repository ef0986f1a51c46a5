//! Reading the files asked for and everything they import.

mod loader;
mod search;
pub(crate) mod text;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use loader::{FileSystem, Loader, Memory};
use search::Found;

use crate::analysis::Occurrence;
use crate::ast;
use crate::error::SchemaError;
use crate::limits::Limits;
use crate::model::Schema;
use crate::parse::parse;
use crate::report::{Errors, Failure};
use crate::resolve::{Resolved, resolve};
use crate::source::{FileId, SourceMap, Span};

/// Where to look for imports, and how much to accept.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// Folders in which imports are looked up before those around the importing file.
    pub include_paths: Vec<PathBuf>,
    /// Bounds on what is read.
    pub limits: Limits,
}

impl Options {
    /// Nothing but the defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a folder in which imports are looked up.
    #[must_use]
    pub fn include_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.include_paths.push(path.into());
        self
    }

    /// Replaces the bounds.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

/// A parsed file and where its imports lead.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub file: FileId,
    pub path: PathBuf,
    pub ast: Arc<ast::File>,
    pub is_root: bool,
    /// For each `use` line its unit; `None` when that failed and was reported.
    pub imports: Vec<Option<usize>>,
}

/// All files of one run: roots in the order given, then imports in order of first use.
pub(crate) struct Units {
    pub units: Vec<Unit>,
    pub sources: SourceMap,
    pub errors: Errors,
}

pub(crate) fn load_units<P: AsRef<Path>>(
    roots: impl IntoIterator<Item = P>,
    options: &Options,
    loader: &dyn Loader,
) -> Units {
    let mut reading = Reading {
        options,
        loader,
        units: Vec::new(),
        sources: SourceMap::default(),
        errors: Errors::new(options.limits.errors),
        known: HashMap::new(),
        depths: Vec::new(),
        stopped: false,
    };
    for root in roots {
        let path = root.as_ref();
        if let Some(unit) = reading.read(path, None, 0) {
            reading.units[unit].is_root = true;
        }
    }
    reading.follow_imports();
    let Reading { units, sources, errors, .. } = reading;
    Units { units, sources, errors }
}

struct Reading<'a> {
    options: &'a Options,
    loader: &'a dyn Loader,
    units: Vec<Unit>,
    sources: SourceMap,
    errors: Errors,
    /// Files read, by identity; `None` when that failed.
    known: HashMap<PathBuf, Option<usize>>,
    /// How many imports lead to each unit.
    depths: Vec<usize>,
    /// The limit of files was reached and reported.
    stopped: bool,
}

impl Reading<'_> {
    /// The unit at `path`, read at most once; `None` when that failed and was reported.
    fn read(&mut self, path: &Path, asked: Option<Span>, depth: usize) -> Option<usize> {
        let identity = self.loader.identity(path);
        if let Some(unit) = self.known.get(&identity) {
            return *unit;
        }
        if self.known.len() >= self.options.limits.files {
            if !std::mem::replace(&mut self.stopped, true) {
                self.errors.push(SchemaError::TooManyFiles { limit: self.options.limits.files, span: asked });
            }
            return None;
        }
        let unit = self.read_new(path, asked).map(|(file, ast)| {
            let imports = Vec::new();
            self.units.push(Unit {
                file,
                path: path.to_owned(),
                ast: Arc::new(ast),
                is_root: false,
                imports,
            });
            self.depths.push(depth);
            self.units.len() - 1
        });
        self.known.insert(identity, unit);
        unit
    }

    fn read_new(&mut self, path: &Path, asked: Option<Span>) -> Option<(FileId, ast::File)> {
        let limits = &self.options.limits;
        let shown = path.display().to_string();
        let bytes = match self.loader.read(path, limits.file_bytes) {
            Ok(bytes) if bytes.len() <= limits.file_bytes => bytes,
            Ok(_) => {
                self.sources.add(path, "");
                let limit = limits.file_bytes;
                self.errors.push(SchemaError::FileTooLarge { path: shown, limit, span: asked });
                return None;
            }
            Err(error) => {
                // Not among the sources: a path that does not exist would make every build run again.
                let (reason, help) = reason(&error);
                self.errors.push(SchemaError::CannotRead { path: shown, reason, span: asked, help });
                return None;
            }
        };
        let file = match text::add(&mut self.sources, path, &bytes) {
            Ok(file) => file,
            Err(span) => {
                self.errors.push(SchemaError::NotUtf8 { path: shown, span });
                return None;
            }
        };
        let parsed = parse(file, &self.sources.file(file).text, limits);
        parsed.errors.into_iter().for_each(|error| self.errors.push(error));
        self.errors.silence(&parsed.file.damage.passages);
        Some((file, parsed.file))
    }

    /// Reads what the units import, and what that imports, breadth first.
    fn follow_imports(&mut self) {
        let mut queue: VecDeque<usize> = (0..self.units.len()).collect();
        while let Some(index) = queue.pop_front() {
            for import in 0..self.units[index].ast.imports.len() {
                let before = self.units.len();
                let target = if self.errors.is_full() { None } else { self.follow(index, import) };
                self.units[index].imports.push(target);
                queue.extend(before..self.units.len());
            }
        }
    }

    fn follow(&mut self, index: usize, import: usize) -> Option<usize> {
        let unit = &self.units[index];
        let import = unit.ast.imports[import].clone();
        let found = search::find(&self.units, unit, &import, self.options, self.loader);
        let path = match found {
            Found::Unit(unit) => return Some(unit),
            Found::File(path) => path,
            Found::Wrong(error) => {
                self.errors.push(error);
                return None;
            }
        };
        let depth = self.depths[index] + 1;
        if depth > self.options.limits.import_depth {
            let limit = self.options.limits.import_depth;
            self.errors.push(SchemaError::ImportsTooDeep { limit, span: import.package.span });
            return None;
        }
        let target = self.read(&path, Some(import.package.span), depth)?;
        let ast = &self.units[target].ast;
        if ast.damage.package {
            return Some(target);
        }
        let name_fits = ast.package.value == import.package.value;
        let major_fits = import.major.as_ref().is_none_or(|major| major.value == ast.version.value.major);
        if name_fits && major_fits {
            return Some(target);
        }
        let expected = match &import.major {
            Some(major) => format!("{}@{}", import.package.value, major.value),
            None => import.package.value.clone(),
        };
        let found = if name_fits {
            format!("{}@{}", ast.package.value, ast.version.value.major)
        } else {
            ast.package.value.clone()
        };
        let declared = if name_fits { ast.version.span } else { ast.package.span };
        self.errors.push(SchemaError::WrongPackage {
            path: path.display().to_string(),
            expected,
            found,
            span: import.package.span,
            declared,
        });
        None
    }
}

/// An error of the system in words that do not differ between systems, and what to do about it.
fn reason(error: &io::Error) -> (String, Option<String>) {
    match error.kind() {
        io::ErrorKind::NotFound => {
            ("no such file".to_owned(), Some("paths are relative to the folder the tool runs in".to_owned()))
        }
        io::ErrorKind::PermissionDenied => {
            ("permission denied".to_owned(), Some("make the file readable for this user".to_owned()))
        }
        io::ErrorKind::IsADirectory => {
            ("it is a folder".to_owned(), Some("name the schema files in it".to_owned()))
        }
        _ => (error.to_string(), None),
    }
}

impl Units {
    /// Resolves what was read.
    pub(crate) fn into_schema(mut self, limits: &Limits) -> Result<Schema, Failure> {
        if self.errors.is_full() {
            return Err(self.errors.into_failure(self.sources));
        }
        let resolved = resolve(&self.units, limits.nesting, &mut self.errors, None);
        if !self.errors.is_empty() {
            return Err(self.errors.into_failure(self.sources));
        }
        let Resolved { packages, types, events } = resolved;
        Ok(Schema { sources: self.sources, packages, types, events, units: self.units.into() })
    }

    /// Resolves what was read as far as that goes, and notes every place that names something.
    pub(crate) fn into_parts(mut self, limits: &Limits) -> (Schema, Option<Failure>, Vec<Occurrence>) {
        let mut noted = Vec::new();
        let resolved = resolve(&self.units, limits.nesting, &mut self.errors, Some(&mut noted));
        let Resolved { packages, types, events } = resolved;
        let failure = (!self.errors.is_empty()).then(|| self.errors.into_failure(self.sources.clone()));
        let schema = Schema { sources: self.sources, packages, types, events, units: self.units.into() };
        (schema, failure, noted)
    }
}
