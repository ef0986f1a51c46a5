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
use crate::parse::{parse, parse_again};
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
    /// Whether it has no syntax errors.
    pub is_whole: bool,
    /// For each `use` line its unit; `None` when that failed and was reported.
    pub imports: Vec<Option<usize>>,
}

/// All files of one run: roots in the order given, then imports in order of first use.
pub(crate) struct Units {
    pub units: Vec<Unit>,
    pub sources: SourceMap,
    pub errors: Errors,
}

/// What an earlier run read.
pub(crate) struct Earlier<'a> {
    pub sources: &'a SourceMap,
    /// By file. What can be used again is taken out of them.
    pub units: &'a mut [Unit],
}

/// Reads all files; those of an `earlier` run are not parsed where they did not change.
pub(crate) fn load_units<P: AsRef<Path>>(
    roots: impl IntoIterator<Item = P>,
    options: &Options,
    loader: &dyn Loader,
    earlier: Option<Earlier<'_>>,
) -> Units {
    let mut reading = Reading {
        options,
        loader,
        earlier,
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
    earlier: Option<Earlier<'a>>,
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

impl Earlier<'_> {
    /// Takes the AST of a file, when most of it is known.
    fn take(&mut self, file: FileId, path: &Path, text: &str, limits: &Limits) -> Option<Arc<ast::File>> {
        let index = self.units.binary_search_by_key(&file, |unit| unit.file).ok()?;
        let unit = &mut self.units[index];
        if unit.path != path || !std::mem::take(&mut unit.is_whole) {
            return None;
        }
        let nothing = ast::File::nothing(Span { file, start: 0, end: 0 });
        let mut ast = std::mem::replace(&mut unit.ast, Arc::new(nothing));
        let known = &self.sources.file(file).text;
        let is_known = **known == *text || parse_again(Arc::get_mut(&mut ast)?, file, known, text, limits);
        is_known.then_some(ast)
    }
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
        let unit = self.read_new(path, asked).map(|(file, ast, is_whole)| {
            let (path, imports) = (path.to_owned(), Vec::new());
            self.units.push(Unit { file, path, ast, is_root: false, is_whole, imports });
            self.depths.push(depth);
            self.units.len() - 1
        });
        self.known.insert(identity, unit);
        unit
    }

    /// The file at `path`, and whether it has no syntax errors; `None` when reading failed and was reported.
    fn read_new(&mut self, path: &Path, asked: Option<Span>) -> Option<(FileId, Arc<ast::File>, bool)> {
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
        let text = &self.sources.file(file).text;
        if let Some(ast) = self.earlier.as_mut().and_then(|earlier| earlier.take(file, path, text, limits)) {
            return Some((file, ast, true));
        }
        let parsed = parse(file, text, limits);
        let is_whole = parsed.errors.is_empty();
        parsed.errors.into_iter().for_each(|error| self.errors.push(error));
        self.errors.silence(&parsed.file.damage.passages);
        Some((file, Arc::new(parsed.file), is_whole))
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
