//! A code quality report, as GitLab shows it in merge requests.
//!
//! Source: "Code Quality report format" in GitLab's documentation.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Format, Look};
use crate::idl::diff::document::{Bump, Document, Finding, Level, Place, Unclassified};
use crate::output::Trouble;

pub(super) const FORMAT: &dyn Format = &Gitlab;

struct Gitlab;

impl Format for Gitlab {
    fn name(&self) -> &'static str {
        "gitlab"
    }

    fn about(&self) -> &'static str {
        "A code quality report, for GitLab"
    }

    fn write(&self, document: &Document, _: &Look) -> Result<String, Trouble> {
        let mut known = BTreeSet::new();
        let mut issues: Vec<Value> = Vec::new();
        for finding in &document.findings {
            // GitLab wants them to differ; the same member can be declared by several majors of one package.
            let mut fingerprint = finding.fingerprint.clone();
            while !known.insert(fingerprint.clone()) {
                fingerprint.push('+');
            }
            let accepted = finding.accepted.as_ref().map(|accepted| format!("; accepted: {}", accepted.text()));
            let text = format!("{}: {}{}", finding.path, finding.message, accepted.unwrap_or_default());
            issues.push(issue(&text, &finding.id, &fingerprint, severity(finding), finding.place()));
        }
        for it in &document.unclassified {
            let text = format!("{}: {}", it.path, Unclassified::MESSAGE);
            issues.push(issue(&text, Unclassified::ID, &format!("{} {}", Unclassified::ID, it.path), "blocker", it.place()));
        }
        Ok(serde_json::to_string_pretty(&issues)?)
    }
}

fn severity(finding: &Finding) -> &'static str {
    match (finding.level, finding.bump) {
        (Level::Error, Some(Bump::Major | Bump::NewEvent)) => "critical",
        (Level::Error, _) => "major",
        (Level::Warning, _) => "minor",
        (Level::Note, _) => "info",
    }
}

fn issue(text: &str, check: &str, fingerprint: &str, severity: &str, place: Option<&Place>) -> Value {
    // An issue has to be somewhere.
    let (path, line) = place.map_or((".", 1), |place| (place.path(), place.line));
    json!({
        "description": text,
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": { "path": path, "lines": { "begin": line } },
    })
}
