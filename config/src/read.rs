//! From the text of a `lymph.toml` to what it says.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lymph_idl::did_you_mean;
use serde::Deserialize;
use toml::Spanned;

use crate::Config;
use crate::diff::{Diff, RuleChange};
use crate::error::{ConfigError, Source};
use crate::level::Level;
use crate::lint::{Lint, RuleLevel};

/// Bytes of a `lymph.toml`.
pub type Place = Range<usize>;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// What was read.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

impl<T> From<Spanned<T>> for Placed<T> {
    fn from(spanned: Spanned<T>) -> Self {
        let place = spanned.span();
        Self { value: spanned.into_inner(), place }
    }
}

/// The whole file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    schemas: Vec<Spanned<PathBuf>>,
    #[serde(default)]
    include: Vec<Spanned<PathBuf>>,
    #[serde(default)]
    lint: LintTable,
    #[serde(default)]
    diff: DiffTable,
}

/// `[lint]` as written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LintTable {
    level: Option<Level>,
    #[serde(default)]
    rules: Rules,
}

/// `[diff]` as written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DiffTable {
    policy: Option<Spanned<String>>,
    base: Option<String>,
    events: Option<Spanned<String>>,
    #[serde(default)]
    rules: BTreeMap<Spanned<String>, RuleValue>,
    #[serde(default)]
    annotations: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// What is said of one rule of `diff`: a level, or more.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected `allow`, `warn`, `deny`, or a table with `level` and `bump`")]
enum RuleValue {
    Level(Level),
    Table(RuleTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleTable {
    level: Option<Level>,
    /// Without its place, which serde loses inside of what may be one thing or another.
    bump: Option<String>,
}

/// A table of rules as written. Keys have no order of their own in TOML; their places do.
type Rules = BTreeMap<Spanned<String>, Level>;

/// Where to look for what a file names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// On disk: what is not there is a mistake.
    Disk,
    /// Nowhere: the file is of a time or place of its own.
    Nowhere,
}

/// Reads `text`.
pub(crate) fn config(path: &Path, text: &str, look: Look) -> Result<Config, ConfigError> {
    let source = Arc::new(Source { path: path.to_owned(), text: text.to_owned() });
    let file: File = toml::from_str(text).map_err(|error| explain(&source, &error))?;
    let home = path.parent().unwrap_or(Path::new(""));
    let paths = |written: Vec<Spanned<PathBuf>>, what: &str, is_there: fn(&Path) -> bool| {
        let path = |written: Spanned<PathBuf>| {
            let Placed { value, place } = Placed::from(written);
            let value: PathBuf = home.join(value).components().collect();
            if look == Look::Disk && !is_there(&value) {
                let message = format!("no {what} `{}`", value.display());
                return Err(ConfigError::at(Some(Arc::clone(&source)), Some(place), message)
                    .with_help("paths are relative to the folder of this file"));
            }
            Ok(Placed { value, place })
        };
        written.into_iter().map(path).collect::<Result<Vec<_>, _>>()
    };
    let schemas = paths(file.schemas, "file or folder", Path::exists)?;
    let include = paths(file.include, "folder", Path::is_dir)?;
    let include = include.into_iter().map(|folder| folder.value).collect();
    let lint = Lint { level: file.lint.level, rules: rules(file.lint.rules) };
    let diff = diff(file.diff);
    Ok(Config { schemas, include, lint, diff, source: Some(source) })
}

fn diff(written: DiffTable) -> Diff {
    let change = |(id, value): (Spanned<String>, RuleValue)| {
        let id = Placed::from(id);
        let (level, bump) = match value {
            RuleValue::Level(level) => (Some(level), None),
            RuleValue::Table(RuleTable { level, bump }) => {
                (level, bump.map(|value| Placed { value, place: id.place.clone() }))
            }
        };
        RuleChange { id, level, bump }
    };
    let mut rules: Vec<RuleChange> = written.rules.into_iter().map(change).collect();
    rules.sort_by_key(|rule| rule.id.place.start);
    let mut annotations: Vec<(Placed<String>, Placed<String>)> =
        written.annotations.into_iter().map(|(name, bump)| (name.into(), bump.into())).collect();
    annotations.sort_by_key(|(name, _)| name.place.start);
    let (policy, events) = (written.policy.map(Placed::from), written.events.map(Placed::from));
    Diff { policy, base: written.base, events, rules, annotations }
}

fn rules(written: Rules) -> Vec<RuleLevel> {
    let mut rules: Vec<RuleLevel> =
        written.into_iter().map(|(id, level)| RuleLevel { id: id.into(), level }).collect();
    rules.sort_by_key(|rule| rule.id.place.start);
    rules
}

/// What `error` says, in our words where they are better.
pub(crate) fn explain(source: &Arc<Source>, error: &toml::de::Error) -> ConfigError {
    let message = error.message();
    // serde names the key and those it knows: "unknown field `a`, expected one of `b`, `c`".
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = quoted.next().filter(|_| message.starts_with("unknown field `"));
    let Some(wrong) = wrong else {
        let message = message.trim_end_matches('.').replace('\n', "; ");
        return ConfigError::at(Some(Arc::clone(source)), error.span(), message);
    };
    let known: Vec<&str> = quoted.collect();
    let help = did_you_mean(wrong, known.iter().copied()).unwrap_or_else(|| {
        let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        format!("known here: {}", known.join(", "))
    });
    let message = format!("unknown key `{wrong}`");
    ConfigError::at(Some(Arc::clone(source)), error.span(), message).with_help(help)
}
