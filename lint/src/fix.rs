//! Repairs what rules find, where that needs no human.
//!
//! What is repaired still compiles, and means the same on the wire; a repair that would not is left out.

mod overlay;
mod wire;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lymph_idl::{Analysis, Loader, Options, Span, analyze};

use crate::edits::apply;
use crate::finding::{Edit, Fix, Lint};
use crate::levels::Levels;
use crate::lint;
use overlay::Overlay;

/// Repairs may make room for others; there is nothing that takes this many.
const MAX_ROUNDS: usize = 20;

/// What [`fix`] did.
#[derive(Debug)]
pub struct Fixed {
    /// The files that are to be written, in the order in which they were read.
    pub files: Vec<FixedFile>,
    /// How many findings are gone.
    pub repaired: usize,
    /// What is left.
    pub lints: Vec<Lint>,
    /// The schema with the files as they will be.
    pub analysis: Analysis,
}

/// A file with its old and its new text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedFile {
    /// As it was asked for.
    pub path: PathBuf,
    /// As it is.
    pub before: String,
    /// As it should be.
    pub after: String,
}

/// Repairs the files at `roots` in memory, until nothing more can be repaired. Nothing is written, and nothing is
/// done to schemas with errors.
#[must_use]
pub fn fix<P: AsRef<Path>>(
    roots: impl IntoIterator<Item = P>,
    options: &Options,
    loader: &dyn Loader,
    levels: &Levels,
) -> Fixed {
    let roots: Vec<PathBuf> = roots.into_iter().map(|root| root.as_ref().to_owned()).collect();
    let analysis = analyze(&roots, options, loader);
    let mut repair = Repair { roots: &roots, options, files: Overlay::new(loader), analysis };
    let originals = texts(&repair.analysis);
    let mut lints = lint(&repair.analysis, levels);
    let found = lints.len();
    for _ in 0..MAX_ROUNDS {
        let fixes = lints.iter().filter_map(|lint| lint.fix.as_ref()).collect();
        if !repair.round(fixes) {
            break;
        }
        lints = lint(&repair.analysis, levels);
    }
    let files = originals.into_iter().filter_map(|(path, before)| {
        let after = repair.files.text(&path)?.to_owned();
        (after != before).then_some(FixedFile { path, before, after })
    });
    let files = files.collect();
    Fixed { files, repaired: found.saturating_sub(lints.len()), lints, analysis: repair.analysis }
}

fn texts(analysis: &Analysis) -> Vec<(PathBuf, String)> {
    let sources = &analysis.schema.sources;
    let files = analysis.schema.packages.iter().map(|package| sources.file(package.file));
    files.map(|file| (file.path.clone(), file.text.to_string())).collect()
}

/// A schema that becomes better.
struct Repair<'a> {
    roots: &'a [PathBuf],
    options: &'a Options,
    /// As repaired until now.
    files: Overlay<'a>,
    /// Of these files.
    analysis: Analysis,
}

impl<'a> Repair<'a> {
    /// Applies as many of `fixes` as go together; whether any did.
    fn round(&mut self, fixes: Vec<&Fix>) -> bool {
        let fixes = apart(fixes);
        if fixes.is_empty() {
            return false;
        }
        let result = self.with(&fixes).or_else(|| {
            // One of them does harm. Those that do none alone are tried together, or else the first.
            let good: Vec<&Fix> = fixes.iter().filter(|fix| self.with(&[**fix]).is_some()).copied().collect();
            self.with(&good).or_else(|| self.with(good.get(..1)?))
        });
        let Some((files, analysis)) = result else { return false };
        (self.files, self.analysis) = (files, analysis);
        true
    }

    /// The files with `fixes` applied, if there are any, they still compile, and mean the same.
    fn with(&self, fixes: &[&Fix]) -> Option<(Overlay<'a>, Analysis)> {
        let mut files = self.files.clone();
        for package in &self.analysis.schema.packages {
            let source = self.analysis.schema.sources.file(package.file);
            let edits: Vec<Edit> = fixes
                .iter()
                .flat_map(|fix| &fix.edits)
                .filter(|edit| edit.span.file == package.file)
                .cloned()
                .collect();
            if !edits.is_empty() {
                files.set(&source.path, apply(&source.text, &edits));
            }
        }
        let analysis = analyze(self.roots, self.options, &files);
        let is_same = analysis.errors.is_empty()
            && !fixes.is_empty()
            && wire::meaning(&analysis.schema) == wire::meaning(&self.analysis.schema);
        is_same.then_some((files, analysis))
    }
}

/// Those whose edits do not touch any edit of an earlier one.
fn apart(fixes: Vec<&Fix>) -> Vec<&Fix> {
    let mut taken: BTreeSet<Span> = BTreeSet::new();
    let mut kept = Vec::new();
    for fix in fixes {
        if !fix.edits.iter().any(|edit| touches(&taken, edit.span)) {
            taken.extend(fix.edits.iter().map(|edit| edit.span));
            kept.push(fix);
        }
    }
    kept
}

/// Whether `span` overlaps one of `taken`, which do not overlap each other, or begins where one ends.
fn touches(taken: &BTreeSet<Span>, span: Span) -> bool {
    let from_end = Span { start: span.end, end: u32::MAX, ..span };
    let before = taken.range(..=from_end).next_back();
    before.is_some_and(|other| other.file == span.file && other.end >= span.start)
}
