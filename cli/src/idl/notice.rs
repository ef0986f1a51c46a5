//! What is found at a place of a schema, as programs and logs read it.

use std::fmt;
use std::io::Write;

use lymph_config::Level;
use lymph_diff::OldBreak;
use lymph_idl::{SchemaError, SourceMap, Span, Version};
use lymph_lint::Lint;
use serde_json::json;

use super::args::Format;
use super::diff::Finding;
use crate::output::{Terminal, Trouble};

/// One finding without its source lines.
pub(super) struct Notice {
    file: Option<Place>,
    level: Level,
    /// The rule, or the error's code.
    id: String,
    message: String,
    help: Option<String>,
    /// What `--fix` would do.
    fix: Option<String>,
}

/// Lines and columns from 1; columns count characters.
struct Place {
    path: String,
    start: (usize, usize),
    end: (usize, usize),
}

impl Place {
    fn new(sources: &SourceMap, span: Span) -> Self {
        let file = sources.file(span.file);
        // Windows' separators would make annotations miss their files.
        let path = file.path.display().to_string().replace('\\', "/");
        Self { path, start: file.line_column(span.start), end: file.line_column(span.end) }
    }
}

impl Notice {
    pub(super) fn of_error(error: &SchemaError, sources: &SourceMap) -> Self {
        Self {
            file: error.span().map(|span| Place::new(sources, span)),
            level: Level::Deny,
            id: error.code(),
            message: error.to_string(),
            help: error.help(),
            fix: None,
        }
    }

    pub(super) fn of_lint(lint: &Lint, sources: &SourceMap) -> Self {
        Self {
            file: Some(Place::new(sources, lint.span)),
            level: lint.level,
            id: lint.rule.id.to_owned(),
            message: lint.message.clone(),
            help: lint.help.clone(),
            fix: lint.fix.as_ref().map(|fix| fix.title.clone()),
        }
    }

    /// What stands between two versions of one schema.
    pub(super) fn of_break(finding: &Finding, (old, new): (Version, Version)) -> Self {
        let place = finding.new.as_ref().or(finding.old.as_ref());
        Self {
            file: place.map(|place| Place {
                path: place.file.clone(),
                start: (place.line, place.column),
                end: (place.end_line, place.end_column),
            }),
            level: Level::Deny,
            id: finding.id.clone(),
            message: format!("from {old} to {new}: {}: {}", finding.path, finding.message),
            help: Some(finding.fix.clone()).filter(|fix| !fix.is_empty()),
            fix: None,
        }
    }

    /// What differs from a release that is out.
    pub(super) fn of_release(found: &OldBreak, sources: &SourceMap) -> Self {
        let OldBreak { version, finding, .. } = found;
        Self {
            file: finding.spans.new.map(|span| Place::new(sources, span)),
            level: Level::Deny,
            id: "released-slice-changed".to_owned(),
            message: format!("release {version} is out, and {} differs: {}", finding.path, finding.message),
            help: Some("restore it, or mark what is new `@since(next)`".to_owned()),
            fix: None,
        }
    }

    /// Writes it in a format that is not for people.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when nobody reads any more.
    pub(super) fn write<W: Write>(&self, format: Format, terminal: &mut Terminal<W>) -> Result<(), Trouble> {
        match format {
            Format::Json => terminal.json(&self.json()),
            Format::Github => terminal.line(Github(self)),
            Format::Human | Format::Oneline => terminal.line(Oneline(self)),
        }
    }

    const fn level(&self) -> &'static str {
        match self.level {
            Level::Deny => "error",
            Level::Warn | Level::Allow => "warning",
        }
    }

    fn json(&self) -> serde_json::Value {
        let place = self.file.as_ref();
        json!({
            "file": place.map(|place| &place.path),
            "line": place.map(|place| place.start.0),
            "column": place.map(|place| place.start.1),
            "end_line": place.map(|place| place.end.0),
            "end_column": place.map(|place| place.end.1),
            "level": self.level(),
            "id": self.id,
            "message": self.message,
            "help": self.help,
            "fix": self.fix,
        })
    }
}

/// `file:line:column: warning: message [id]; help: …`.
struct Oneline<'a>(&'a Notice);

impl fmt::Display for Oneline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let notice = self.0;
        if let Some(Place { path, start: (line, column), .. }) = &notice.file {
            write!(f, "{path}:{line}:{column}: ")?;
        }
        write!(f, "{}: {} [{}]", notice.level(), notice.message.replace('\n', " "), notice.id)?;
        match &notice.help {
            Some(help) => write!(f, "; help: {}", help.replace('\n', " ")),
            None => Ok(()),
        }
    }
}

/// `::warning file=…,line=…::message`, with what would end a part escaped.
struct Github<'a>(&'a Notice);

impl fmt::Display for Github<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let notice = self.0;
        let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
        let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
        write!(f, "::{} ", notice.level())?;
        if let Some(Place { path, start, end }) = &notice.file {
            write!(f, "file={},line={},col={},", property(path), start.0, start.1)?;
            write!(f, "endLine={},endColumn={},", end.0, end.1)?;
        }
        write!(f, "title={}::{}", property(&notice.id), data(&notice.message))?;
        match &notice.help {
            Some(help) => write!(f, "%0Ahelp: {}", data(help)),
            None => Ok(()),
        }
    }
}
