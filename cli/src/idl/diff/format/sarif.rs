//! SARIF 2.1.0, for code scanning.
//!
//! Source: "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", OASIS.

use lymph_diff::{Consequence, RULES, Rule};
use serde_json::{Value, json};

use super::{Format, Look};
use crate::idl::diff::document::{Document, Finding, Level, Outcome, Place, Unclassified};
use crate::output::Trouble;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) const FORMAT: &dyn Format = &Sarif;

struct Sarif;

impl Format for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn about(&self) -> &'static str {
        "SARIF 2.1.0, for code scanning"
    }

    fn write(&self, document: &Document, _: &Look) -> Result<String, Trouble> {
        // Only rules that were broken; a log need not hold the others.
        let rules: Vec<(String, &Rule)> = RULES
            .iter()
            .flat_map(|rule| rule.ids().map(|id| (id, *rule)))
            .filter(|(id, _)| document.findings.iter().any(|finding| finding.id == *id))
            .collect();
        let results: Vec<Value> = document.findings.iter().map(|finding| result(finding, &rules)).collect();
        let notification = |it: &Unclassified| {
            json!({
                "level": "error",
                "descriptor": { "id": Unclassified::ID },
                "message": { "text": format!("{}: {}", it.path, Unclassified::MESSAGE) },
                "locations": locations(it.place()),
            })
        };
        let notifications: Vec<Value> = document.unclassified.iter().map(notification).collect();
        let log = json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "lymph-idl diff",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "informationUri": env!("CARGO_PKG_REPOSITORY"),
                    "rules": rules.iter().map(|(id, rule)| descriptor(id, rule)).collect::<Vec<_>>(),
                } },
                "invocations": [{
                    "executionSuccessful": document.outcome != Outcome::Undecided,
                    "toolExecutionNotifications": notifications,
                }],
                "columnKind": "unicodeCodePoints",
                "results": results,
                "properties": {
                    "verdicts": document
                        .packages
                        .iter()
                        .map(|package| format!("{}: {}", package.name, package.verdict))
                        .collect::<Vec<_>>(),
                },
            }],
        });
        Ok(serde_json::to_string_pretty(&log)?)
    }
}

fn descriptor(id: &str, rule: &Rule) -> Value {
    let is_shape = matches!(rule.consequence, Consequence::Shape { .. });
    let name: String = rule.id.split('-').map(capitalized).collect();
    json!({
        "id": id,
        "name": name,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.explanation },
        "help": {
            "text": format!("{}\n\n{}", rule.explanation, rule.migration),
            "markdown": format!("{}\n\n{}", rule.explanation, rule.migration),
        },
        "properties": { "tags": [if is_shape { "shape" } else { "contract" }] },
    })
}

fn result(finding: &Finding, rules: &[(String, &Rule)]) -> Value {
    let mut text = vec![format!("{}: {}", finding.path, finding.message)];
    text.extend(finding.advice());
    let mut result = json!({
        "ruleId": finding.id,
        "ruleIndex": rules.iter().position(|(id, _)| *id == finding.id),
        "level": match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        },
        "message": { "text": text.join("\n") },
        "locations": locations(finding.place()),
        "partialFingerprints": { "lymphDiff/v1": finding.fingerprint },
        "properties": {
            "package": finding.package,
            "bump": finding.bump,
            "matrix": finding.matrix,
            "rollout": finding.rollout.text,
        },
    });
    if let (Some(old), Some(_)) = (&finding.old, &finding.new) {
        let mut related = location(old);
        related["id"] = json!(0);
        related["message"] = json!({ "text": format!("before: {}", old.shown()) });
        result["relatedLocations"] = json!([related]);
    }
    if let Some(accepted) = &finding.accepted {
        let why = accepted.text();
        result["suppressions"] = json!([{ "kind": "external", "status": "accepted", "justification": why }]);
    }
    result
}

fn locations(place: Option<&Place>) -> Vec<Value> {
    place.map(location).into_iter().collect()
}

fn location(place: &Place) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(place.path()) },
        "region": {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
        },
    } })
}

/// A path as a relative reference.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(byte.into()),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("a b/ü:1.lymph"), "a%20b/%C3%BC%3A1.lymph");
    }
}
