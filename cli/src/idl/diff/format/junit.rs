//! JUnit's XML, which most build servers show: a suite for each package, a case for each finding.

use std::fmt::Write;

use super::{Format, Look};
use crate::idl::diff::document::{Document, Finding, Level, Package, Place, Unclassified};
use crate::output::Trouble;

pub(super) const FORMAT: &dyn Format = &Junit;

struct Junit;

impl Format for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn about(&self) -> &'static str {
        "JUnit's XML, for build servers"
    }

    fn write(&self, document: &Document, _: &Look) -> Result<String, Trouble> {
        let mut suites = Vec::new();
        for package in &document.packages {
            suites.push(suite(package, document));
        }
        let known = |finding: &&Finding| document.packages.iter().any(|package| package.name == finding.package);
        let imported: Vec<&Finding> = document.findings.iter().filter(|finding| !known(finding)).collect();
        if !imported.is_empty() {
            suites.push(Suite::new("imported", imported.into_iter().map(case).collect()));
        }
        let undecided = document.unclassified.iter().map(|it| Case {
            name: format!("{} [{}]", it.path, Unclassified::ID),
            place: it.place(),
            outcome: Some(("error", Unclassified::MESSAGE.to_owned(), String::new())),
            output: String::new(),
        });
        let undecided: Vec<Case<'_>> = undecided.collect();
        if !undecided.is_empty() {
            suites.push(Suite::new("undecided", undecided));
        }
        let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"lymph-idl diff\">\n".to_owned();
        suites.iter().for_each(|suite| suite.write(&mut text));
        text.push_str("</testsuites>");
        Ok(text)
    }
}

struct Suite<'a> {
    name: &'a str,
    cases: Vec<Case<'a>>,
}

struct Case<'a> {
    name: String,
    place: Option<&'a Place>,
    /// The element that says how it ended, with its message and text; `None` when all is well.
    outcome: Option<(&'static str, String, String)>,
    /// What is told of a case that is well.
    output: String,
}

fn suite<'a>(package: &'a Package, document: &'a Document) -> Suite<'a> {
    let findings = document.findings.iter().filter(|finding| finding.package == package.name);
    let mut cases: Vec<Case<'_>> = findings.map(case).collect();
    // A suite has a case for its verdict, so that one without findings is not empty.
    cases.push(Case {
        name: "version".to_owned(),
        place: None,
        outcome: (!package.acceptable).then(|| ("failure", package.verdict.clone(), String::new())),
        output: package.verdict.clone(),
    });
    Suite::new(&package.name, cases)
}

fn case(finding: &Finding) -> Case<'_> {
    let advice = finding.advice().join("\n");
    let output = format!("{}: {}\n{advice}", finding.level.name(), finding.message);
    let outcome = match (&finding.accepted, finding.level) {
        (Some(accepted), _) => Some(("skipped", accepted.text(), output.clone())),
        (None, Level::Error) => Some(("failure", finding.message.clone(), advice)),
        (None, Level::Warning | Level::Note) => None,
    };
    Case { name: format!("{} [{}]", finding.path, finding.id), place: finding.place(), outcome, output }
}

impl<'a> Suite<'a> {
    fn new(name: &'a str, cases: Vec<Case<'a>>) -> Self {
        Self { name, cases }
    }

    fn write(&self, text: &mut String) {
        let count = |kind| {
            let outcomes = self.cases.iter().filter_map(|case| case.outcome.as_ref());
            outcomes.filter(|(found, ..)| *found == kind).count()
        };
        let (failures, errors, skipped) = (count("failure"), count("error"), count("skipped"));
        let (name, tests) = (escaped(self.name), self.cases.len());
        put(
            text,
            format_args!(
                "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" \
                 skipped=\"{skipped}\">"
            ),
        );
        self.cases.iter().for_each(|case| case.write(self.name, text));
        put(text, format_args!("  </testsuite>"));
    }
}

impl Case<'_> {
    fn write(&self, suite: &str, text: &mut String) {
        let file = self.place.map_or_else(String::new, |place| {
            format!(" file=\"{}\" line=\"{}\"", escaped(place.path()), place.line)
        });
        let (name, class) = (escaped(&self.name), escaped(suite));
        put(text, format_args!("    <testcase name=\"{name}\" classname=\"{class}\"{file}>"));
        match &self.outcome {
            Some((kind, message, details)) => {
                let (message, details) = (escaped(message), escaped(details));
                put(text, format_args!("      <{kind} message=\"{message}\">{details}</{kind}>"));
            }
            None => put(text, format_args!("      <system-out>{}</system-out>", escaped(self.output.trim_end()))),
        }
        put(text, format_args!("    </testcase>"));
    }
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("a string takes everything");
}

/// Text for an element or attribute. What XML 1.0 cannot hold at all becomes `�`.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            // Written out, as attributes turn them into blanks otherwise.
            '\n' | '\t' | '\r' => escaped.push_str(&format!("&#{};", u32::from(char))),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_element() {
        assert_eq!(escaped("<a b=\"c\">&'\n\0"), "&lt;a b=&quot;c&quot;&gt;&amp;&apos;&#10;\u{fffd}");
    }
}
