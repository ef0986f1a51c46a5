//! Which rules matter how much.

use std::collections::BTreeMap;
use std::fmt;

use lymph_config::{Config, ConfigError, Level};
use lymph_idl::did_you_mean;

use crate::rule::Rule;
use crate::rules::{RULES, rule};

/// How much each rule matters in one run. By default each has its own level.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    general: Option<Level>,
    of: BTreeMap<&'static str, Level>,
}

impl Levels {
    /// Those of a `lymph.toml`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when it names a rule that does not exist.
    pub fn of_config(config: &Config) -> Result<Self, ConfigError> {
        let mut levels = Self { general: config.lint.level, of: BTreeMap::new() };
        for line in &config.lint.rules {
            if let Err(unknown) = levels.set(&line.id.value, line.level) {
                return Err(config.error(&line.id.place, unknown.to_string()).with_help(unknown.help()));
            }
        }
        Ok(levels)
    }

    /// Sets the level of one rule.
    ///
    /// # Errors
    ///
    /// [`UnknownRule`] when there is none with this id.
    pub fn set(&mut self, id: &str, level: Level) -> Result<(), UnknownRule> {
        let rule = rule(id).ok_or_else(|| UnknownRule(id.to_owned()))?;
        self.of.insert(rule.id, level);
        Ok(())
    }

    /// How much findings of `rule` matter.
    #[must_use]
    pub fn of(&self, rule: &Rule) -> Level {
        let general = self.general.filter(|_| rule.level > Level::Allow);
        self.of.get(rule.id).copied().or(general).unwrap_or(rule.level)
    }
}

/// No rule has this id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRule(pub(crate) String);

impl UnknownRule {
    /// The nearest id, or how to find them all.
    #[must_use]
    pub fn help(&self) -> String {
        let ids = RULES.iter().map(|rule| rule.id);
        did_you_mean(&self.0, ids).unwrap_or_else(|| "`lymph-idl rules` lists them".to_owned())
    }
}

impl fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown rule `{}`", self.0)
    }
}

impl std::error::Error for UnknownRule {}
