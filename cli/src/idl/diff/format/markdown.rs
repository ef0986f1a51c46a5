//! A change log, for release notes.

use super::{Format, Look};
use crate::idl::diff::document::{Bump, Document, Effect, Finding, Level, Package, Unclassified};
use crate::output::Trouble;

pub(super) const FORMAT: &dyn Format = &Markdown;

struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> &'static str {
        "A change log, for release notes"
    }

    fn write(&self, document: &Document, look: &Look) -> Result<String, Trouble> {
        let mut blocks = Vec::new();
        for package in &document.packages {
            let findings = document.findings.iter().filter(|finding| finding.package == package.name);
            let sections = sections(findings, look);
            if !sections.is_empty() || package.old_version != package.new_version {
                blocks.push(title(package));
                blocks.extend(sections);
            }
        }
        let known = |finding: &&Finding| document.packages.iter().any(|package| package.name == finding.package);
        let imported = sections(document.findings.iter().filter(|finding| !known(finding)), look);
        if !imported.is_empty() {
            blocks.push("## Imported packages".to_owned());
            blocks.extend(imported);
        }
        let undecided: Vec<String> =
            document.unclassified.iter().map(|it| format!("- `{}` {}", it.path, Unclassified::MESSAGE)).collect();
        if !undecided.is_empty() {
            blocks.push("## Undecided".to_owned());
            blocks.push(undecided.join("\n"));
        }
        if blocks.is_empty() {
            blocks.push("No changes.".to_owned());
        }
        Ok(blocks.join("\n\n"))
    }
}

fn title(package: &Package) -> String {
    match (&package.old_version, &package.new_version) {
        (Some(old), Some(new)) if old == new => format!("## {} {new}", package.name),
        (Some(old), Some(new)) => format!("## {} {old} → {new}", package.name),
        (None, Some(new)) => format!("## {} {new}, new", package.name),
        (Some(old), None) => format!("## {} {old}, removed", package.name),
        (None, None) => format!("## {}", package.name),
    }
}

/// Under which heading something is told, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Breaking,
    Attention,
    Added,
    Deprecated,
    Changed,
    Documentation,
}

impl Section {
    const ALL: [Self; 6] = [
        Self::Breaking,
        Self::Attention,
        Self::Added,
        Self::Deprecated,
        Self::Changed,
        Self::Documentation,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::Breaking => "Breaking",
            Self::Attention => "Needs attention",
            Self::Added => "Added",
            Self::Deprecated => "Deprecated",
            Self::Changed => "Changed",
            Self::Documentation => "Documentation",
        }
    }

    /// `None` for what readers of release notes need not know.
    fn of(finding: &Finding) -> Option<Self> {
        // Promises that are broken need no step, and have to be mended before anything is released.
        if finding.bump.is_none() && (finding.level > Level::Note || finding.accepted.is_some()) {
            return Some(Self::Attention);
        }
        let has = |part: &str| finding.rule.split('-').any(|it| it == part);
        Some(match finding.bump? {
            Bump::Major | Bump::NewEvent => Self::Breaking,
            _ if finding.level > Level::Note => Self::Attention,
            _ if has("deprecated") || has("deprecation") => Self::Deprecated,
            _ if has("doc") => Self::Documentation,
            _ if has("added") => Self::Added,
            _ => Self::Changed,
        })
    }
}

fn sections<'f>(findings: impl Iterator<Item = &'f Finding>, look: &Look) -> Vec<String> {
    let findings: Vec<(&Finding, Section)> =
        findings.filter_map(|finding| Some((finding, Section::of(finding)?))).collect();
    let mut blocks = Vec::new();
    for section in Section::ALL {
        let here: Vec<String> =
            findings.iter().filter(|(_, it)| *it == section).map(|(finding, _)| item(finding, section, look)).collect();
        if !here.is_empty() {
            blocks.push(format!("### {}", section.title()));
            blocks.push(here.join("\n"));
        }
    }
    blocks
}

fn item(finding: &Finding, section: Section, look: &Look) -> String {
    let mut lines = vec![format!("- `{}`: {}", finding.path, finding.message)];
    if matches!(section, Section::Breaking | Section::Attention) || look.verbose {
        let hurts = finding.hurts.iter().filter(|hurt| {
            look.verbose || hurt.cell.effect >= Effect::BreaksSome || finding.hurts[0].cell.effect == Effect::Lossy
        });
        lines.extend(hurts.map(|hurt| format!("  - {}", hurt.text())));
        if finding.hurts.first().is_some_and(|hurt| hurt.cell.effect >= Effect::BreaksSome) {
            lines.push(format!("  - rollout: {}", finding.rollout.text));
        }
    }
    if let Some(accepted) = &finding.accepted {
        lines.push(format!("  - meant: {}", accepted.text()));
    }
    lines.join("\n")
}
