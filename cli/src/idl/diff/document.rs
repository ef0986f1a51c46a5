//! What is told of a change, for every format: the JSON document is this, the others are views of it.
//!
//! Names and meanings of fields are a promise to programs; see [`VERSION`].

mod make;
mod sentences;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

pub(super) use make::{bump, make, matrix};
pub(super) use sentences::who;

/// Raised when a field of [`Document`] goes or changes its meaning. New fields may come at any time.
pub(super) const VERSION: u32 = 1;

/// What `lymph-idl diff --format json` writes.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "lymph-idl diff")]
pub(crate) struct Document {
    /// Raised when a field goes or changes its meaning; new fields may come at any time.
    pub version: u32,
    /// In short.
    pub outcome: Outcome,
    /// What it was.
    pub old: Source,
    /// What it is now.
    pub new: Source,
    /// One for each package asked for.
    pub packages: Vec<Package>,
    /// The errors first, then by package and place.
    pub findings: Vec<Finding>,
    /// Differences that no rule speaks of; with any of them the outcome is `undecided`.
    pub unclassified: Vec<Unclassified>,
}

/// What it comes down to; the exit code says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// Nothing is an error: 0.
    Acceptable,
    /// Something is: 1.
    Findings,
    /// There are differences that no rule speaks of, so that an answer would be a guess: 2.
    Undecided,
}

/// One of the two sides.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Source {
    /// For people.
    pub description: String,
    /// The revision that it was read from, as it stands before paths; null for files on disk.
    pub revision: Option<String>,
}

/// What is said of one package.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Package {
    /// Its name, on the new side if it is there.
    pub name: String,
    /// Its version on the old side; null when it is new.
    pub old_version: Option<String>,
    /// Its version on the new side; null when it is gone.
    pub new_version: Option<String>,
    /// The least step that tells callers of the changes; null when nothing changed.
    pub needed: Option<Bump>,
    /// The version that this leads to; null when nothing changed or a side is missing.
    pub needed_version: Option<String>,
    /// Whether the declared version covers the changes and nothing else is an error.
    pub acceptable: bool,
    /// The same in one sentence.
    pub verdict: String,
    /// Findings by what they need, those accepted left out.
    pub counts: Counts,
}

/// How many findings need what.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Counts {
    /// A new name for an event or a handler.
    pub new_event: usize,
    /// A major step.
    pub major: usize,
    /// A minor step.
    pub minor: usize,
    /// A patch step.
    pub patch: usize,
    /// Edits of Rust code that is built against the new schema.
    pub source: usize,
}

/// A version step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Bump {
    /// Nothing on the wire changes.
    Patch,
    /// Old callers keep working.
    Minor,
    /// Old callers must not match.
    Major,
    /// No version helps: the event, or the handler with its queue, needs a new name.
    NewEvent,
}

impl Bump {
    /// In a sentence.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Patch => "a patch",
            Self::Minor => "a minor version",
            Self::Major => "a major version",
            Self::NewEvent => "a new name, which no version replaces",
        }
    }
}

/// One difference, told once however many operations it reaches.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Finding {
    /// The rule with the position before it in which it weighs most, as `param-became-required`.
    pub id: String,
    /// The rule, as `became-required`.
    pub rule: &'static str,
    /// 12 hexadecimal digits that stay the same while wording and layout change.
    pub fingerprint: String,
    /// What it does to the outcome.
    pub level: Level,
    /// The package that holds it.
    pub package: String,
    /// Where in the package, as `Geocoder.locate(country)`.
    pub path: String,
    /// What happened, in one line.
    pub message: String,
    /// Where it stood; what held it when it was not there, and null when nothing did.
    pub old: Option<Place>,
    /// Where it stands; what held it when it is gone, and null when nothing does.
    pub new: Option<Place>,
    /// What the old side means, in a few words; may be empty.
    pub old_note: String,
    /// What the new side means, in a few words; may be empty.
    pub new_note: String,
    /// The ways in which two versions meet and somebody is hurt or misled, the worst first.
    pub hurts: Vec<Hurt>,
    /// What happens in each way in which an old and a new version meet; only ways that there are.
    pub matrix: BTreeMap<Way, Cell>,
    /// Where values travel that it changes; empty for changes of methods, events and versions.
    pub uses: Vec<Use>,
    /// In which order instances have to be replaced.
    pub rollout: Rollout,
    /// The version step that it needs; null for promises of versions, which need none.
    pub bump: Option<Bump>,
    /// Whose Rust code has to be edited when it is built against the new schema.
    pub edits: Vec<&'static str>,
    /// The quickest way out.
    pub fix: String,
    /// Why it is tolerated; null when it is not.
    pub accepted: Option<Acceptance>,
}

/// What a finding does to the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Level {
    /// Nothing.
    Note,
    /// Nothing, but somebody should look.
    Warning,
    /// The change is not acceptable.
    Error,
}

impl Level {
    /// As people read it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Place {
    /// The revision of the file; null for one on disk.
    pub revision: Option<String>,
    /// On disk as seen from the current folder, in a revision from the root of the repository.
    pub file: String,
    /// From the root of the repository; null outside of one.
    pub repository_file: Option<String>,
    /// The older version of the file that was looked at; null for the file as it is.
    pub version: Option<String>,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The line behind it, from 1.
    pub end_line: usize,
    /// The column behind it, from 1, in characters.
    pub end_column: usize,
    /// What stands there, on one line; of long declarations the first 400 characters and `…`.
    pub text: String,
}

/// How an old and a new version meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Way {
    /// An old client calls a new server.
    OldClientNewServer,
    /// A new client calls an old server.
    NewClientOldServer,
    /// An old consumer hears a new producer.
    OldConsumerNewProducer,
    /// A new consumer hears an old producer.
    NewConsumerOldProducer,
}

impl Way {
    /// For a table.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::OldClientNewServer => "old client → new server",
            Self::NewClientOldServer => "new client → old server",
            Self::OldConsumerNewProducer => "old consumer ← new producer",
            Self::NewConsumerOldProducer => "new consumer ← old producer",
        }
    }
}

/// What happens between two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Cell {
    /// What happens.
    pub effect: Effect,
    /// Whether callers are kept from it: what is new is not sent to an older instance.
    pub guarded: bool,
}

/// What happens when one side writes and the other, of another version, reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Effect {
    /// Every value arrives as it was meant.
    Fine,
    /// Every value is read, but some mean less or something else.
    Lossy,
    /// Some values are refused.
    BreaksSome,
    /// No value is read, or nothing arrives.
    Breaks,
}

impl Effect {
    /// For a table.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Lossy => "read, but means less",
            Self::BreaksSome => "breaks for some values",
            Self::Breaks => "breaks",
        }
    }
}

/// Somebody who is hurt or misled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Hurt {
    /// How the versions meet.
    pub way: Way,
    /// What happens.
    #[serde(flatten)]
    pub cell: Cell,
    /// The old versions concerned, each a range of those that differ; empty when it is not known which.
    pub versions: Vec<Versions>,
    /// Who meets whom, in a few words, as `clients 1.0–1.4 → this server`.
    pub who: String,
    /// Why; may be empty.
    pub because: String,
}

impl Hurt {
    /// All of it on a line.
    pub(super) fn text(&self) -> String {
        let key = if self.cell.effect == Effect::Lossy { "differs" } else { "breaks" };
        format!("{key}: {}", self.details())
    }

    /// Who, how much and why.
    pub(super) fn details(&self) -> String {
        let some = if self.cell.effect == Effect::BreaksSome { ", for some values" } else { "" };
        let guarded = if self.cell.guarded { ", told before it is sent" } else { "" };
        let because = if self.because.is_empty() { String::new() } else { format!(" ({})", self.because) };
        format!("{}{some}{guarded}{because}", self.who)
    }
}

/// A range of versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Versions {
    /// The first one.
    pub first: String,
    /// The last one.
    pub last: String,
}

/// Values of one position that a change reaches.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Use {
    /// The rule with this position before it.
    pub id: String,
    /// `param`, `result`, `error` or `event`.
    pub position: &'static str,
    /// The first operations, in the order of their declaration.
    pub operations: Vec<String>,
    /// How many there are.
    pub total: usize,
    /// The packages that declare them.
    pub packages: Vec<String>,
    /// What happens there.
    pub matrix: BTreeMap<Way, Cell>,
    /// The version step that it needs there.
    pub bump: Bump,
}

/// In which order instances have to be replaced.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Rollout {
    /// `any`, `none`, or whose turn is first: `clients` or `servers`.
    pub calls: &'static str,
    /// `any`, `none`, or whose turn is first: `consumers` or `producers`.
    pub events: &'static str,
    /// The same in words.
    pub text: String,
}

/// Why a finding is tolerated.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Acceptance {
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// The last version that it counts for; null when only a release ends it.
    pub until: Option<String>,
}

impl Acceptance {
    /// All of it on a line.
    pub(super) fn text(&self) -> String {
        let until = self.until.as_ref().map_or_else(String::new, |until| format!(", up to {until}"));
        format!("{} ({}{until})", self.reason, self.by)
    }
}

/// A difference that no rule speaks of.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Unclassified {
    /// The declaration, as `Geocoder.locate`.
    pub path: String,
    /// Where it stood; null when it was not there.
    pub old: Option<Place>,
    /// Where it stands; null when it is gone.
    pub new: Option<Place>,
}

/// The JSON Schema of [`Document`].
pub(super) fn json_schema() -> String {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<Document>();
    serde_json::to_string_pretty(&schema).expect("all keys are text") + "\n"
}

impl Unclassified {
    /// Takes the place of a finding's id.
    pub(super) const ID: &str = "undecided";
    /// Takes the place of a finding's message.
    pub(super) const MESSAGE: &str = "changed in a way that no rule knows";

    /// Where to point: the new side, as that is the one to edit.
    pub(super) fn place(&self) -> Option<&Place> {
        self.new.as_ref().or(self.old.as_ref())
    }
}

impl Finding {
    /// Who breaks, in which order to roll it out and what to do instead, a line each, for formats that have no
    /// fields for them.
    pub(super) fn advice(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.hurts.iter().map(Hurt::text).collect();
        if self.hurts.iter().any(|hurt| hurt.cell.effect >= Effect::BreaksSome) {
            lines.push(format!("rollout: {}", self.rollout.text));
        }
        if self.level > Level::Note {
            lines.push(format!("fix: {}", self.fix));
        }
        lines.extend(self.accepted.as_ref().map(|accepted| format!("accepted: {}", accepted.text())));
        lines
    }

    /// Whether it is about an acceptance, so that there is nothing to accept.
    pub(super) fn is_about_acceptance(&self) -> bool {
        self.rule.starts_with("acceptance-")
    }

    /// Where to point: the new side, as that is the one to edit.
    pub(super) fn place(&self) -> Option<&Place> {
        self.new.as_ref().or(self.old.as_ref())
    }
}

impl Place {
    /// `main:geo.lymph:13`, as people and terminals read it.
    pub(super) fn shown(&self) -> String {
        let revision = self.revision.as_ref().map_or_else(String::new, |revision| format!("{revision}:"));
        let version = self.version.as_ref().map_or_else(String::new, |version| format!("@{version}"));
        format!("{revision}{}{version}:{}", self.file, self.line)
    }

    /// The path for programs that know the repository.
    pub(super) fn path(&self) -> &str {
        self.repository_file.as_deref().unwrap_or(&self.file)
    }
}
