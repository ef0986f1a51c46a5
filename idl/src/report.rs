//! How failures are shown: rendered reports for people, single lines for build scripts and editors.

use std::fmt;
use std::path::Path;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use crate::error::SchemaError;
use crate::source::{SourceMap, Span};

/// The most text that a label underlines; what is wrong can be long.
const LABEL_BYTES: u32 = 200;

/// A schema that was rejected: every mistake, and the files they are in.
///
/// `Display` and `Debug` both are the rendered report without colour, so that `?` and `unwrap` in a build
/// script read well too.
pub struct Failure {
    /// What is wrong, by file and place; never empty.
    pub errors: Vec<SchemaError>,
    /// Every file read until then.
    pub sources: SourceMap,
    /// Whether there were more errors than [`Limits::errors`](crate::Limits::errors).
    pub(crate) truncated: bool,
}

/// How to render a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RenderOptions {
    /// Whether to use ANSI colours.
    pub color: bool,
    /// Columns before messages wrap.
    pub width: usize,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self { color: false, width: 100 }
    }
}

impl RenderOptions {
    /// With or without ANSI colours.
    #[must_use]
    pub fn color(self, color: bool) -> Self {
        Self { color, ..self }
    }

    /// With messages wrapped at `width` columns.
    #[must_use]
    pub fn width(self, width: usize) -> Self {
        Self { width, ..self }
    }
}

impl Failure {
    pub(crate) fn new(mut errors: Vec<SchemaError>, sources: SourceMap, truncated: bool) -> Self {
        errors.sort_by_key(SchemaError::span);
        Self { errors, sources, truncated }
    }

    /// The whole report: every error with its source lines.
    #[must_use]
    pub fn render(&self, options: RenderOptions) -> String {
        let mut text = String::new();
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                text.push('\n');
            }
            text.push_str(&render(error, &self.sources, options));
        }
        if self.truncated {
            text.push_str("\nfurther errors are not shown\n");
        }
        text
    }

    /// One `file:line:column: error: message; help: …` for each error, for tools that read lines.
    pub fn one_line(&self) -> impl Iterator<Item = String> + '_ {
        self.errors.iter().map(|error| {
            let mut line = String::new();
            if let Some(span) = error.span() {
                let file = self.sources.file(span.file);
                let (row, column) = file.line_column(span.start);
                line = format!("{}:{row}:{column}: ", file.path.display());
            }
            line.push_str(&format!("error: {error}"));
            if let Some(help) = error.help() {
                line.push_str(&format!("; help: {help}"));
            }
            line.replace('\n', " ")
        })
    }

    /// Every file read before the run stopped, for `rerun-if-changed`.
    pub fn files_read(&self) -> impl Iterator<Item = &Path> {
        self.sources.paths()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(RenderOptions::default()))
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `unwrap` and a returned error put a word in front of it.
        write!(f, "\n{self}")
    }
}

impl std::error::Error for Failure {}

/// A message about schemas with its source lines, as [`Failure::render`] shows errors. Its spans are [`Span`]s.
#[must_use]
pub fn render(message: &dyn Diagnostic, sources: &SourceMap, options: RenderOptions) -> String {
    let theme = if options.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(options.width).with_links(false);
    let mut text = String::new();
    let report = WithSources { error: message, sources };
    // Writing to a string fails only when a label is out of bounds; the message is still worth having.
    if handler.render_report(&mut text, &report).is_err() {
        text.push_str(&format!("{message}\n"));
    }
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// A message together with the text its spans point into.
struct WithSources<'a> {
    error: &'a dyn Diagnostic,
    sources: &'a SourceMap,
}

impl fmt::Debug for WithSources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.error, f)
    }
}

impl fmt::Display for WithSources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.error, f)
    }
}

impl std::error::Error for WithSources<'_> {}

impl Diagnostic for WithSources<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.error.code()
    }

    fn severity(&self) -> Option<miette::Severity> {
        self.error.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.error.help()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let mut primary = true;
        let labels = self.error.labels()?.map(move |label| {
            let text = label.label().map(str::to_owned);
            let mut span = Span::from_miette(*label.inner());
            span.end = self.sources.file(span.file).floor(span.end.min(span.start + LABEL_BYTES));
            if std::mem::take(&mut primary) {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        });
        Some(Box::new(labels))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.sources)
    }
}

/// Errors of one run, up to a limit.
#[derive(Debug)]
pub(crate) struct Errors {
    list: Vec<SchemaError>,
    limit: usize,
    /// Passages about which nothing more is said, in the order of their places.
    silenced: Vec<Span>,
}

impl Errors {
    pub(crate) fn new(limit: usize) -> Self {
        Self { list: Vec::new(), limit: limit.max(1), silenced: Vec::new() }
    }

    pub(crate) fn push(&mut self, error: SchemaError) {
        // One more than is shown tells that there are more.
        if self.list.len() > self.limit {
            return;
        }
        if self.silenced.is_empty() || !error.span().is_some_and(|span| self.is_silenced(span)) {
            self.list.push(error);
        }
    }

    /// Takes no further errors in that are inside of a passage. To be called once for each file, in the order
    /// of their ids, with passages in source order.
    pub(crate) fn silence(&mut self, passages: &[Span]) {
        self.silenced.extend_from_slice(passages);
    }

    fn is_silenced(&self, span: Span) -> bool {
        let before = self.silenced.partition_point(|passage| *passage <= span);
        let near = &self.silenced[before.saturating_sub(1)..(before + 1).min(self.silenced.len())];
        near.iter().any(|passage| {
            passage.file == span.file && passage.start <= span.start && span.end <= passage.end
        })
    }

    /// Whether a run may stop: nothing that it finds would be shown.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() > self.limit
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(crate) fn into_failure(mut self, sources: SourceMap) -> Failure {
        let truncated = self.is_full();
        self.list.truncate(self.limit);
        Failure::new(self.list, sources, truncated)
    }
}
