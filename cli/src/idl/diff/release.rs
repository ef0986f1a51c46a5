//! A version that is about to go out against the one that went out before.

use lymph_diff::{Pair, Policy, diff};
use lymph_idl::Schema;
use lymph_idl::model::Package;

use super::document::{self, Document, Outcome};
use super::side::Side;
use super::sides::Files;
use super::{Format, Look, deciding, undecided};
use crate::output::{self, Ended, Trouble};

/// What a release does to those who use the one before.
pub(in crate::idl) struct Judged {
    /// `None` when nothing went out before.
    document: Option<Document>,
}

/// Compares `new`, which holds one package asked for, with the newest of its releases. Acceptances that accept
/// nothing of it are not told: the release ends them anyway.
///
/// # Errors
///
/// [`Trouble`] when the tool fails.
pub(in crate::idl) fn since_release(new: &Schema, mut policy: Policy) -> Result<Judged, Trouble> {
    let Some(before) = policy.released.iter().max_by_key(|it| root(it).version.value).cloned() else {
        return Ok(Judged { document: None });
    };
    let document = deciding(|| {
        let findings = diff(&before, new, &policy).findings;
        policy.accepted.retain(|fingerprint, _| findings.iter().any(|it| it.fingerprint == *fingerprint));
        let version = root(&before).version.value;
        let side = |schema: Schema, version, policy| {
            let description = format!("{} {}", root(&schema).name.value, root(&schema).version.value);
            Side::new(schema, &Files::Disk, description, version, policy, None)
        };
        // The lines of the new one are those of its file, as versions are all that a release changes in it.
        let sides =
            Pair::new(side(before, Some(version), Policy::default()), side(new.clone(), None, policy));
        let report = diff(&sides.old.schema, &sides.new.schema, &sides.new.policy);
        document::make(&sides, &report)
    })?;
    Ok(Judged { document: Some(document) })
}

/// The package asked for.
fn root(schema: &Schema) -> &Package {
    schema.packages.iter().find(|package| package.is_root).expect("somebody asked for one")
}

impl Judged {
    pub(in crate::idl) fn outcome(&self) -> Outcome {
        self.document.as_ref().map_or(Outcome::Acceptable, |document| document.outcome)
    }

    /// Whether there was a release to compare with.
    pub(in crate::idl) fn is_compared(&self) -> bool {
        self.document.is_some()
    }

    /// Whether an acceptance with this fingerprint is what makes it acceptable.
    pub(in crate::idl) fn uses(&self, fingerprint: &str) -> bool {
        let mut findings = self.document.iter().flat_map(|document| &document.findings);
        findings.any(|finding| finding.accepted.is_some() && finding.fingerprint == fingerprint)
    }

    /// What people read of it.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the tool fails.
    pub(in crate::idl) fn for_people(&self, look: &Look) -> Result<String, Trouble> {
        let write = |document| deciding(|| Format::human().write(document, look))?;
        self.document.as_ref().map_or_else(|| Ok(String::new()), write)
    }

    /// How a command ends that can do no more than tell it.
    pub(in crate::idl) fn ended(&self) -> Ended {
        match &self.document {
            Some(document) if document.outcome == Outcome::Undecided => Err(undecided(document)),
            Some(document) if document.outcome == Outcome::Findings => Ok(output::Outcome::Found),
            Some(_) | None => Ok(output::Outcome::Fine),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idl::diff::document::Unclassified;

    #[test]
    fn what_no_rule_knows_is_not_released() {
        let schema = |text| lymph_idl::parse_str("geo.lymph", text).expect("a schema");
        let before = schema("package geo @ 1.4.0; interface Geo { rpc locate(); }");
        let new = schema("package geo @ 1.5.0; interface Geo { rpc locate(); }");
        let policy = Policy { released: vec![before], ..Policy::default() };
        let mut judged = since_release(&new, policy).expect("they can be compared");
        assert!(judged.ended().is_ok());
        let document = judged.document.as_mut().expect("there was a release");
        document.unclassified.push(Unclassified { path: "Geo.odd".to_owned(), old: None, new: None });
        document.outcome = Outcome::Undecided;
        assert!(judged.ended().is_err());
    }
}
