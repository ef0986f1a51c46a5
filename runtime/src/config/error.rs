//! What is wrong in a configuration, and where.

use std::fmt;
use std::sync::Arc;

/// Everything wrong in a configuration, each mistake with its file, line and column.
///
/// Lines are shown up to the mistake and without values that may be secret.
///
/// ```
/// let error = "container: {prot: 4080}".parse::<lymph::config::Config>().unwrap_err();
/// assert!(error.to_string().contains("help: did you mean `port`?"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

impl ConfigError {
    /// `None` when nothing is wrong.
    pub(crate) fn of(mut problems: Vec<Problem>) -> Option<Self> {
        let position = |place: &Place| (place.source.name.clone(), place.line, place.column);
        problems.sort_by_key(|problem| problem.place.as_ref().map(position));
        (!problems.is_empty()).then_some(Self { problems })
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// How many mistakes it tells of.
    #[must_use]
    pub fn count(&self) -> usize {
        self.problems.len()
    }
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl From<ConfigError> for crate::Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(error.to_string())
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            write!(f, "{}{problem}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

/// One file, as it was read.
#[derive(PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl fmt::Debug for Source {
    /// Without the text: it may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.name)
    }
}

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) source: Arc<Source>,
    /// From 1.
    pub(crate) line: usize,
    /// In characters, from 0.
    pub(crate) column: usize,
    /// In characters, on this line.
    pub(crate) width: usize,
    /// Whether a value stands there that must not be shown.
    pub(crate) hidden: bool,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) place: Option<Place>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { place: None, message: message.into(), help: None }
    }

    pub(crate) fn at(place: &Place, message: impl Into<String>) -> Self {
        Self { place: Some(place.clone()), message: message.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Suggests the nearest of `known`, or lists them when none is near.
    pub(crate) fn nearest<'a>(self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let near = known
            .iter()
            .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
            .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
            .min();
        match near {
            Some((_, candidate)) => self.help(format!("did you mean `{candidate}`?")),
            None if known.is_empty() => self,
            None => self.help(format!("known here: `{}`", known.join("`, `"))),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}:{}:{}: ", place.source.name, place.line, place.column + 1)?;
        }
        f.write_str(&self.message)?;
        if let Some(place) = &self.place {
            place.show(f)?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

/// Parts of keys whose values are not shown.
const SECRET_KEYS: [&str; 8] = ["pass", "secret", "token", "key", "auth", "cred", "url", "dsn"];

impl Place {
    /// The line up to the mistake, and the mistake underlined. What stands before it on the line
    /// is shown when it is only a key, the mistake itself unless its key sounds secret.
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.source.text.lines().nth(self.line - 1).unwrap_or_default();
        let chars: Vec<char> = line.chars().collect();
        let start = self.column.min(chars.len());
        let end = (start + self.width.max(1)).min(chars.len());
        let indent: String = chars.iter().take_while(|char| char.is_whitespace()).collect();
        let before: String = chars[indent.chars().count().min(start)..start].iter().collect();
        let before = if is_key_only(&before) { before } else { "… ".to_owned() };
        let secret = self.hidden || SECRET_KEYS.iter().any(|part| before.to_lowercase().contains(part));
        let shown: String = if secret { "…".to_owned() } else { chars[start..end].iter().collect() };
        let rest = if secret || chars[end..].iter().all(|char| char.is_whitespace()) { "" } else { "…" };
        let gutter = self.line.to_string().len();
        let lead = format!("{indent}{before}");
        let blank: String = lead.chars().map(|char| if char == '\t' { '\t' } else { ' ' }).collect();
        let underline = "^".repeat(shown.chars().count().max(1));
        write!(f, "\n  {} | {lead}{shown}{rest}\n  {:gutter$} | {blank}{underline}", self.line, "")
    }
}

/// `- key: ` at most.
fn is_key_only(text: &str) -> bool {
    let mut text = text.trim_end();
    while let Some(rest) = text.strip_prefix("- ") {
        text = rest.trim_start();
    }
    let key = text.strip_suffix(':').unwrap_or(text);
    key == "-" || key.chars().all(|char| char.is_alphanumeric() || "_-.@".contains(char))
}
