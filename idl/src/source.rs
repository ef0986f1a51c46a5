//! Where a piece of schema text stands: files, byte ranges, and the text they point into.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// Where miette sees a file's id inside an offset, so that one report can show several files.
const FILE_SHIFT: u32 = if usize::BITS >= 64 { 32 } else { 22 };

/// The most text that one snippet shows of a line; machine-written files can have very long ones.
const SNIPPET_BYTES: usize = 400;

/// One file of a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(crate) u32);

/// The bytes `start..end` of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file that holds the bytes.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// From the first byte of `self` to the last of `other`, which stands later in the same file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { end: other.end.max(self.end), ..self }
    }

    pub(crate) fn from_miette(span: SourceSpan) -> Self {
        let position = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let start = position(span.offset() & ((1 << FILE_SHIFT) - 1));
        // miette tries to show two labels as one piece of text. One that spans two files stays longer
        // than any file, so that it is refused.
        let end = start.saturating_add(position(span.len()));
        Self { file: FileId(position(span.offset() >> FILE_SHIFT)), start, end }
    }
}

impl From<Span> for SourceSpan {
    fn from(span: Span) -> Self {
        let offset = ((span.file.0 as usize) << FILE_SHIFT) + span.start as usize;
        Self::new(offset.into(), span.end.saturating_sub(span.start) as usize)
    }
}

/// A value and the text it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// A schema file as it was read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path as the user or an import wrote it, for messages.
    pub path: PathBuf,
    /// The whole text.
    pub text: Arc<str>,
    /// First byte of each line.
    line_starts: Arc<[u32]>,
}

impl SourceFile {
    fn new(path: PathBuf, text: Arc<str>) -> Self {
        let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let ends = text.match_indices('\n').map(|(at, _)| position(at + 1));
        let line_starts = std::iter::once(0).chain(ends).collect();
        Self { path, text, line_starts }
    }

    /// Line and column of a byte, both from 1; the column counts characters.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> (usize, usize) {
        let line = self.line_of(offset as usize);
        let before = &self.text[self.line_starts[line] as usize..self.floor(offset) as usize];
        (line + 1, before.chars().count() + 1)
    }

    /// The line that holds a byte, from 0.
    fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start as usize <= offset).saturating_sub(1)
    }

    /// First byte of a line, or the end of the text for lines past the last one.
    fn line_start(&self, line: usize) -> usize {
        self.line_starts.get(line).map_or(self.text.len(), |start| *start as usize)
    }

    /// The nearest character boundary at or before `offset`.
    pub(crate) fn floor(&self, offset: u32) -> u32 {
        let mut offset = offset.min(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        while !self.text.is_char_boundary(offset as usize) {
            offset -= 1;
        }
        offset
    }
}

/// Every file of one run, in the order they were read.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    /// Shared, as every slice of a schema has the same ones.
    files: Arc<Vec<SourceFile>>,
}

impl SourceMap {
    /// Takes a file in and gives it an id.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files"));
        Arc::make_mut(&mut self.files).push(SourceFile::new(path.into(), text.into()));
        id
    }

    /// The file behind `id`.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The text that `span` covers.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        &self.file(span.file).text[span.start as usize..span.end as usize]
    }

    /// All files with their ids, in the order they were read.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0..).map(FileId).zip(&*self.files)
    }

    /// Paths of all files, in the order they were read.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }
}

/// Offsets are those of [`Span`]'s conversion: a file's id above, the byte in the file below.
impl SourceCode for SourceMap {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let wanted = Span::from_miette(*span);
        let file = self.files.get(wanted.file.0 as usize).ok_or(MietteError::OutOfBounds)?;
        let (start, end) = (wanted.start as usize, wanted.end as usize);
        if end > file.text.len() || end - start > 4 * SNIPPET_BYTES {
            return Err(MietteError::OutOfBounds);
        }

        let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let (line, last_line) = (file.line_of(start), file.line_of(end));
        let mut first = line.saturating_sub(context_lines_before);
        let mut from = if context_lines_before == 0 { start } else { file.line_start(first) };
        if start - from > SNIPPET_BYTES {
            first = line;
            from = file.line_start(line).max(file.floor(position(start - SNIPPET_BYTES / 4)) as usize);
        }
        let mut to = end;
        if context_lines_after > 0 {
            let next = file.line_start(last_line + context_lines_after + 1);
            let lines = &file.text[..next];
            let lines = lines.strip_suffix('\n').unwrap_or(lines);
            // miette takes a `\r` that ends the text for one that ends no line, and counts one too few.
            to = lines.strip_suffix('\r').unwrap_or(lines).len().max(end);
        }
        if to - end > SNIPPET_BYTES {
            to = (file.floor(position(end + SNIPPET_BYTES / 2)) as usize).max(end);
        }
        let column = file.text[file.line_start(first)..from].chars().count();
        let covered = Span { start: position(from), end: position(to), ..wanted };
        Ok(Box::new(MietteSpanContents::new_named(
            file.path.display().to_string(),
            &file.text.as_bytes()[from..to],
            covered.into(),
            first,
            column,
            last_line - line + 1,
        )))
    }
}
