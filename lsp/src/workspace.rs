//! All files, sorted into projects, each with what was last found out about it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types as lsp;
use lymph_config::ConfigError;
use lymph_idl::FileId;

use crate::files::{Document, Files, is_schema};
use crate::heads::Head;
use crate::projects::{Analyzed, Project, group};
use crate::text::{Encoding, Text};
use crate::uri::{path_of, uri_of};

/// What the client and the server agreed on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Agreed {
    pub(crate) encoding: Encoding,
    /// Edits may name the version of the document that they are for.
    pub(crate) document_changes: bool,
    /// Completions may hold places to fill in.
    pub(crate) snippets: bool,
    /// Symbols of a document may be a tree.
    pub(crate) symbol_tree: bool,
    /// Renaming keeps what travels, by `@wire`.
    pub(crate) keep_wire: bool,
}

/// Everything that is known.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) agreed: Agreed,
    pub(crate) files: Files,
    pub(crate) projects: Vec<Project>,
    heads: BTreeMap<PathBuf, Head>,
}

/// A place in a file that was analysed.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) analyzed: &'a Analyzed,
    pub(crate) file: FileId,
    pub(crate) text: &'a Text,
    pub(crate) offset: u32,
}

impl Workspace {
    pub(crate) fn new(agreed: Agreed) -> Self {
        Self { agreed, files: Files::default(), projects: Vec::new(), heads: BTreeMap::new() }
    }

    /// Reads the folders anew. Says what was left out, if anything was.
    pub(crate) fn scan(&mut self) -> Option<String> {
        let left_out = self.files.scan();
        self.heads = self.files.paths().map(|path| (path.to_owned(), self.head(path))).collect();
        self.regroup();
        // Imports may lead to files that were not there before.
        self.projects.iter_mut().for_each(|project| project.dirty = true);
        left_out
    }

    pub(crate) fn open(&mut self, path: PathBuf, document: Document) {
        self.files.open.insert(path.clone(), document);
        self.changed(&path);
    }

    pub(crate) fn close(&mut self, path: &Path) {
        if self.files.open.remove(path).is_some() {
            self.files.refresh(path);
            self.changed(path);
        }
    }

    /// Files on disk came, went or changed.
    pub(crate) fn touched(&mut self, paths: &[PathBuf]) {
        for path in paths {
            if is_schema(path) {
                self.files.refresh(path);
                self.changed(path);
            }
        }
        // What a file imports may be found now, or no longer; and `lymph.toml` says where it is looked for.
        self.projects.iter_mut().for_each(|project| project.dirty = true);
    }

    /// Notes that the text of a file is another one.
    pub(crate) fn changed(&mut self, path: &Path) {
        let known = self.files.paths().any(|known| known == path);
        let head = known.then(|| self.head(path));
        if self.heads.get(path) != head.as_ref() {
            match head {
                Some(head) => self.heads.insert(path.to_owned(), head),
                None => self.heads.remove(path),
            };
            self.regroup();
        }
        for project in &mut self.projects {
            project.dirty |= project.reads(path);
        }
    }

    fn head(&self, path: &Path) -> Head {
        self.files.text(path).map(|text| Head::of(&text)).unwrap_or_default()
    }

    /// Sorts files into projects anew; those that stay as they are keep what is known about them.
    fn regroup(&mut self) {
        let mut before: BTreeMap<Vec<PathBuf>, Project> = std::mem::take(&mut self.projects)
            .into_iter()
            .map(|project| (project.roots.clone(), project))
            .collect();
        let projects = group(&self.heads)
            .into_iter()
            .map(|roots| before.remove(&roots).unwrap_or_else(|| Project::new(roots)));
        self.projects = projects.collect();
    }

    /// The project to analyse next: first the one with `path`, then those with open files, then all others.
    pub(crate) fn next_dirty(&self, path: Option<&Path>) -> Option<usize> {
        let dirty = |index: &usize| self.projects[*index].dirty;
        if let Some(path) = path {
            return self.project_of(path).filter(dirty);
        }
        let has_open =
            |index: &usize| self.projects[*index].roots.iter().any(|root| self.files.open.contains_key(root));
        let mut all = (0..self.projects.len()).filter(dirty);
        let first = all.clone().next();
        all.find(has_open).or(first)
    }

    /// Finds out everything about a project anew. Mistakes in its `lymph.toml` are returned.
    pub(crate) fn analyze(&mut self, index: usize) -> Option<ConfigError> {
        self.projects[index].analyze(&self.files)
    }

    /// A project whose lints were not looked for yet.
    pub(crate) fn next_unlinted(&self) -> Option<usize> {
        let waits = |project: &Project| {
            !project.dirty && project.analyzed.as_ref().is_some_and(|analyzed| analyzed.lints.is_none())
        };
        self.projects.iter().position(waits)
    }

    /// The project that a file belongs to.
    pub(crate) fn project_of(&self, path: &Path) -> Option<usize> {
        self.projects.iter().position(|project| project.roots.iter().any(|root| root == path))
    }

    /// What is known about a file: from its own project, or from one that imports it.
    pub(crate) fn analyzed(&self, path: &Path) -> Option<(&Analyzed, FileId)> {
        let own = self.project_of(path).and_then(|index| self.projects[index].analyzed.as_ref());
        let mut all = own.into_iter().chain(self.all());
        all.find_map(|analyzed| Some((analyzed, analyzed.id(path)?)))
    }

    /// What is known about all projects.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Analyzed> {
        self.projects.iter().filter_map(|project| project.analyzed.as_ref())
    }

    /// The place that a request is about.
    pub(crate) fn place(&self, params: &lsp::TextDocumentPositionParams) -> Option<Place<'_>> {
        let (analyzed, file) = self.analyzed(&path_of(&params.text_document.uri.0))?;
        let text = analyzed.text(file);
        Some(Place { analyzed, file, text, offset: text.offset(params.position, self.agreed.encoding) })
    }

    /// The text of an open document.
    pub(crate) fn document(&self, uri: &lsp::Uri) -> Option<&Document> {
        self.files.open.get(&path_of(&uri.0))
    }

    /// How the client calls a file.
    pub(crate) fn uri(&self, path: &Path) -> lsp::Uri {
        let open = self.files.open.get(path).map(|document| document.uri.clone());
        lsp::Uri(open.unwrap_or_else(|| uri_of(path)))
    }

    pub(crate) fn location(&self, analyzed: &Analyzed, span: lymph_idl::Span) -> lsp::Location {
        let range = analyzed.text(span.file).range(span.start..span.end, self.agreed.encoding);
        lsp::Location { uri: self.uri(analyzed.path(span.file)), range }
    }
}
