//! Annotations of a pull request: workflow commands, as GitHub Actions reads them from the log.
//!
//! Source: "Workflow commands for GitHub Actions" in GitHub's documentation.

use super::{Format, Look};
use crate::idl::diff::document::{Document, Finding, Level, Place, Unclassified};
use crate::output::Trouble;

pub(super) const FORMAT: &dyn Format = &Github;

struct Github;

impl Format for Github {
    fn name(&self) -> &'static str {
        "github"
    }

    fn about(&self) -> &'static str {
        "Annotations of a pull request, for GitHub Actions"
    }

    fn write(&self, document: &Document, look: &Look) -> Result<String, Trouble> {
        let mut lines = Vec::new();
        // GitHub shows few annotations for each step, so that what is fine must not push out what is not.
        let is_told = |it: &&Finding| look.verbose || it.level > Level::Note || it.accepted.is_some();
        let told = document.findings.iter().filter(is_told);
        for finding in told {
            let kind = match finding.level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "notice",
            };
            let message = format!("{}\n{}", finding.message, finding.advice().join("\n"));
            lines.push(command(kind, finding.place(), &finding.id, message.trim_end()));
        }
        for it in &document.unclassified {
            lines.push(command("error", it.place(), Unclassified::ID, &format!("{}: {}", it.path, Unclassified::MESSAGE)));
        }
        for package in &document.packages {
            lines.push(command("notice", None, &package.name, &package.verdict));
        }
        Ok(lines.join("\n"))
    }
}

fn command(kind: &str, place: Option<&Place>, title: &str, message: &str) -> String {
    let title = format!("title={}", property(title));
    let properties = match place {
        // An annotation of a file that is not checked out would be shown nowhere.
        Some(Place { revision: Some(_), .. }) | None => title,
        Some(place) => {
            let Place { line, column, end_line, end_column, .. } = place;
            let file = property(place.path());
            // Columns count only within one line.
            let columns = match line == end_line {
                true => format!(",col={column},endColumn={end_column}"),
                false => String::new(),
            };
            format!("file={file},line={line},endLine={end_line}{columns},{title}")
        }
    };
    format!("::{kind} {properties}::{}", data(message))
}

/// What stands behind `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands behind `name=`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_is_escaped() {
        let line = command("error", None, "a:b,c%", "100%: one,\r\ntwo");
        assert_eq!(line, "::error title=a%3Ab%2Cc%25::100%25: one,%0D%0Atwo");
    }
}
