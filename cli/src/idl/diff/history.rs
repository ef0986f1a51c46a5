//! Every version of a schema against every later one.

use std::collections::BTreeSet;

use lymph_diff::{Pair, Policy, diff};
use lymph_idl::model::Package;
use lymph_idl::{Schema, Version};

use super::document::{self, Document, Finding, Level};
use super::side::Side;
use super::sides::{Files, Undecided};
use super::{Format, deciding, undecided};
use crate::output::Trouble;

/// Versions of a package that are compared, the newest ones: pairs of them grow with the square.
const MAX_VERSIONS: usize = 64;

/// What versions of one schema do to each other.
pub(in crate::idl) struct History {
    /// How many pairs of versions there are.
    pub pairs: usize,
    /// Those in which one does not understand the other, with what an earlier pair did not say already.
    pub breaks: Vec<Broken>,
}

/// Two versions that do not understand each other.
pub(in crate::idl) struct Broken {
    /// Older and newer.
    pub versions: (Version, Version),
    /// Why, errors only.
    pub document: Document,
}

/// Compares the versions of each package asked for.
///
/// # Errors
///
/// [`Undecided`] when an older version does not stand on its own, or a difference is not understood.
pub(in crate::idl) fn history(schema: &Schema, policy: &Policy) -> Result<History, Undecided> {
    let mut history = History { pairs: 0, breaks: Vec::new() };
    for package in schema.packages.iter().filter(|package| package.is_root) {
        package_history(schema, package, policy, &mut history)?;
    }
    Ok(history)
}

fn package_history(
    schema: &Schema,
    package: &Package,
    policy: &Policy,
    history: &mut History,
) -> Result<(), Undecided> {
    let versions = schema.versions(package.id);
    let versions = &versions[versions.len().saturating_sub(MAX_VERSIONS)..];
    let side = |version: &Version| {
        let description = format!("{} {version}", package.name.value);
        match schema.slice(package.id, *version) {
            Ok(slice) => {
                Ok(Side::new(slice, &Files::Disk, description, Some(*version), policy.clone(), None))
            }
            Err(failure) => Err(Undecided::Mistakes { side: description, failure }),
        }
    };
    let mut told = BTreeSet::new();
    for (newer, new_version) in versions.iter().enumerate() {
        for old_version in versions[..newer].iter().rev() {
            history.pairs += 1;
            let sides = Pair::new(side(old_version)?, side(new_version)?);
            let mut document = deciding(|| {
                let report = diff(&sides.old.schema, &sides.new.schema, policy);
                document::make(&sides, &report)
            })?;
            if document.outcome == document::Outcome::Undecided {
                return Err(undecided(&document).into());
            }
            // An acceptance is of one pair of versions, and stale in none of the others.
            document.findings.retain(|it: &Finding| it.level == Level::Error && !it.is_about_acceptance());
            document.findings.retain(|finding| told.insert(finding.fingerprint.clone()));
            if !document.findings.is_empty() {
                history.breaks.push(Broken { versions: (*old_version, *new_version), document });
            }
        }
    }
    Ok(())
}

/// What people read of a break.
///
/// # Errors
///
/// [`Trouble`] when the tool fails.
pub(in crate::idl) fn for_people(broken: &Broken, look: &super::Look) -> Result<String, Trouble> {
    deciding(|| Format::human().write(&broken.document, look))?
}
