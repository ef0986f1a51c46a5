//! What the files beside a schema tolerate: `lymph.toml`, `lymph.accept.toml`, `lymph.lock`.

use std::path::{Path, PathBuf};

use lymph_config::{Accept, Acceptances, Config, Level, Placed};
use lymph_diff::{Acceptance, Bump, EventPolicy, Override, Policy, RULES, Tier, rule};
use lymph_idl::{Options, Schema, Version, did_you_mean};

use super::released;
use crate::output::Trouble;

/// What is tolerated of a change.
#[derive(Debug)]
pub(super) struct Tolerance {
    /// All of it.
    pub policy: Policy,
    /// Where acceptances are; `None` when there is no file yet.
    pub accept_file: Option<PathBuf>,
}

impl Tolerance {
    /// Reads what is said of `schema`, which was read from `path` or like a file there.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when one of the files cannot be read or says something that means nothing.
    pub(super) fn of(
        config: &Config,
        path: &Path,
        schema: &Schema,
        options: &Options,
    ) -> Result<Self, Trouble> {
        let mut policy = policy(config)?;
        policy.released = released::schemas(schema, &released::lock(path)?, options)?;
        let accept_file = Acceptances::file_of(path);
        let entries = match &accept_file {
            Some(file) => Acceptances::read(file)?.entries,
            None => Vec::new(),
        };
        for entry in entries {
            // Those of other packages are another run's.
            let roots = schema.packages.iter().filter(|package| package.is_root);
            let Some(package) = roots.into_iter().find(|it| it.name.value == entry.package) else { continue };
            let ends = entry.expires.as_deref().map(str::parse::<Version>).transpose();
            let ends = ends
                .map_err(|error| Trouble::new(format!("the acceptance of {}: {error}", entry.fingerprint)))?;
            if ends.is_some_and(|ends| ends <= package.version.value) {
                policy.expired.insert(entry.fingerprint);
                continue;
            }
            let Accept { fingerprint, reason, by, expires, .. } = entry;
            policy.accepted.insert(fingerprint, Acceptance { reason, by, until: expires });
        }
        Ok(Self { policy, accept_file })
    }
}

/// What `lymph.toml` says under `[diff]`.
fn policy(config: &Config) -> Result<Policy, Trouble> {
    let said = &config.diff;
    let mut policy = Policy::default();
    if let Some(tier) = &said.policy {
        policy.tier = match tier.value.as_str() {
            "wire" => Tier::Wire,
            "source" => Tier::Source,
            "strict" => Tier::Strict,
            _ => return Err(unknown(config, tier, "policy", &["wire", "source", "strict"])),
        };
    }
    if let Some(events) = &said.events {
        let known = EventPolicy::from_name(&events.value);
        policy.events =
            known.ok_or_else(|| unknown(config, events, "policy of events", &EventPolicy::NAMES))?;
    }
    for change in &said.rules {
        if rule(&change.id.value).is_none() {
            let ids: Vec<String> =
                RULES.iter().flat_map(|rule| rule.ids().chain([rule.id.to_owned()])).collect();
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            return Err(unknown(config, &change.id, "rule", &ids));
        }
        let level = change.level.map(|level| match level {
            Level::Allow => lymph_diff::Level::Note,
            Level::Warn => lymph_diff::Level::Warning,
            Level::Deny => lymph_diff::Level::Error,
        });
        let bump = change.bump.as_ref().map(|bump| self::bump(config, bump)).transpose()?;
        policy.rules.insert(change.id.value.clone(), Override { level, bump });
    }
    for (name, step) in &said.annotations {
        policy.annotations.insert(name.value.clone(), bump(config, step)?);
    }
    Ok(policy)
}

fn bump(config: &Config, written: &Placed<String>) -> Result<Bump, Trouble> {
    let all = [Bump::Patch, Bump::Minor, Bump::Major, Bump::NewEvent];
    let known = all.into_iter().find(|bump| bump.name() == written.value);
    known.ok_or_else(|| unknown(config, written, "version step", &all.map(Bump::name)))
}

/// Names that are not known, with the nearest that is or, if they are few, all.
fn unknown(config: &Config, written: &Placed<String>, what: &str, known: &[&str]) -> Trouble {
    let error = config.error(&written.place, format!("unknown {what} `{}`", written.value));
    let help = did_you_mean(&written.value, known.iter().copied()).or_else(|| {
        let quoted: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        (known.len() <= 6).then(|| format!("known here: {}", quoted.join(", ")))
    });
    match help {
        Some(help) => error.with_help(help).into(),
        None => error.with_help("`lymph-idl rules` lists them").into(),
    }
}
