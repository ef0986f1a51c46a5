//! A line for each finding, for editors and `grep`.

use super::{Format, Look};
use crate::idl::diff::document::{Document, Place, Unclassified};
use crate::output::Trouble;

pub(super) const FORMAT: &dyn Format = &OneLine;

struct OneLine;

impl Format for OneLine {
    fn name(&self) -> &'static str {
        "oneline"
    }

    fn about(&self) -> &'static str {
        "`path:line:column: error[id]: message [fingerprint]`, for editors"
    }

    fn write(&self, document: &Document, _: &Look) -> Result<String, Trouble> {
        let mut lines = Vec::new();
        for finding in &document.findings {
            let (level, id) = (finding.level.name(), &finding.id);
            let (message, fingerprint) = (&finding.message, &finding.fingerprint);
            let accepted = finding.accepted.as_ref().map(|accepted| format!("; accepted: {}", accepted.text()));
            let accepted = accepted.unwrap_or_default();
            lines.push(format!("{}{level}[{id}]: {message} [{fingerprint}]{accepted}", place(finding.place())));
        }
        for it in &document.unclassified {
            lines.push(format!("{}error[{}]: {}: {}", place(it.place()), Unclassified::ID, it.path, Unclassified::MESSAGE));
        }
        Ok(lines.join("\n"))
    }
}

fn place(place: Option<&Place>) -> String {
    place.map_or_else(String::new, |place| {
        let revision = place.revision.as_ref().map_or_else(String::new, |revision| format!("{revision}:"));
        format!("{revision}{}:{}:{}: ", place.file, place.line, place.column)
    })
}
