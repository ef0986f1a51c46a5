//! What the files beside a schema tolerate: `lymph.toml`, `lymph.accept.toml`, `lymph.lock`.

use std::collections::BTreeSet;
use std::path::Path;

use lymph_config::{Accept, Acceptances, Config, Level, Lock, Placed};
use lymph_diff::{Acceptance, Bump, EventPolicy, Override, Policy, RULES, Tier, WentOut, rule};
use lymph_idl::model::Package;
use lymph_idl::{Options, Schema, Version, did_you_mean};

use super::released;
use crate::output::Trouble;

/// What the files beside `schema` tolerate.
///
/// # Errors
///
/// [`Trouble`] when one of them says something that means nothing.
///
/// What is accepted of packages that `schema` was not asked for is another run's, as long as there are such
/// packages: `older` is what it is compared with, which may have more, and `beside` finds those of all files that
/// the acceptances are for.
pub(super) fn policy(
    config: &Config,
    lock: &Lock,
    acceptances: &Acceptances,
    schema: &Schema,
    options: &Options,
    older: Option<&Schema>,
    beside: impl FnOnce(&Path) -> Result<BTreeSet<String>, Trouble>,
) -> Result<Policy, Trouble> {
    let mut policy = said(config)?;
    policy.released = released::schemas(schema, lock, options)?;
    let mut unknown: Vec<&Accept> = Vec::new();
    for entry in &acceptances.entries {
        let mut roots = schema.packages.iter().filter(|package| package.is_root);
        let Some(package) = roots.find(|package| is_of(entry, package)) else {
            let name = package_of(entry);
            let mut gone = older.into_iter().flat_map(|older| &older.packages);
            if gone.any(|package| package.is_root && is_of(entry, package)) {
                let (fingerprint, acceptance, _) = acceptance(entry.clone())?;
                policy.accepted.insert(fingerprint, acceptance);
            } else if schema.packages.iter().all(|package| package.name.value != name) {
                unknown.push(entry);
            }
            continue;
        };
        let (fingerprint, acceptance, last) = acceptance(entry.clone())?;
        if last.is_some_and(|last| last < package.version.value) {
            policy.expired.insert(fingerprint, acceptance);
        } else {
            policy.accepted.insert(fingerprint, acceptance);
        }
    }
    refuse_unknown(acceptances, &unknown, schema, beside)?;
    for release in &lock.releases {
        for entry in &release.accepted {
            let (fingerprint, acceptance, _) = acceptance(entry.clone())?;
            let (package, version) = (release.package.clone(), release.version);
            policy.went_out.push(WentOut { package, version, fingerprint, acceptance });
        }
    }
    Ok(policy)
}

/// Refuses what is accepted of packages that nobody declares.
fn refuse_unknown(
    acceptances: &Acceptances,
    unknown: &[&Accept],
    schema: &Schema,
    beside: impl FnOnce(&Path) -> Result<BTreeSet<String>, Trouble>,
) -> Result<(), Trouble> {
    let (false, Some(file)) = (unknown.is_empty(), acceptances.path()) else { return Ok(()) };
    let declared = beside(file)?;
    let Some(entry) = unknown.iter().find(|entry| !declared.contains(package_of(entry))) else {
        return Ok(());
    };
    let known = schema.packages.iter().map(|package| &*package.name.value);
    let help = did_you_mean(package_of(entry), known.chain(declared.iter().map(String::as_str)));
    let help = help.unwrap_or_else(|| "take the entry out when the package is gone".to_owned());
    let message = format!("no schema declares the package `{}`", entry.package);
    Err(acceptances.package_error(entry, message).with_help(help).into())
}

/// The name of the package that an acceptance is about, without its major.
fn package_of(entry: &Accept) -> &str {
    entry.package.split_once('@').map_or(&*entry.package, |(name, _)| name)
}

/// Whether an acceptance is about a package: it names the major where there were several.
pub(super) fn is_of(entry: &Accept, package: &Package) -> bool {
    let (name, major) = match entry.package.split_once('@') {
        Some((name, major)) => (name, Some(major)),
        None => (&*entry.package, None),
    };
    let is_major = major.is_none_or(|major| major == package.version.value.major.to_string());
    package.name.value == name && is_major
}

/// What an acceptance says, with what it is known by and the last version that it is for.
fn acceptance(entry: Accept) -> Result<(String, Acceptance, Option<Version>), Trouble> {
    let Accept { fingerprint, reason, by, expires, .. } = entry;
    let last = expires.as_deref().map(str::parse::<Version>).transpose();
    let last = last.map_err(|error| Trouble::new(format!("the acceptance of {fingerprint}: {error}")))?;
    Ok((fingerprint, Acceptance { reason, by, until: expires }, last))
}

/// What `lymph.toml` says under `[diff]`.
fn said(config: &Config) -> Result<Policy, Trouble> {
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
