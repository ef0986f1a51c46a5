//! `lymph-idl accept`: says that a finding is meant.

use std::io::Write;
use std::path::{Path, PathBuf};

use lymph_config::{Acceptances, Config};
use lymph_diff::{Finding, Level};
use lymph_idl::{Schema, Version, did_you_mean};

use super::repository::Repository;
use super::sides::sides;
use super::{deciding, explain};
use crate::idl::args::Accept;
use crate::idl::replace;
use crate::output::{Ended, Outcome, Terminal, Trouble};

pub(in crate::idl) fn run<W: Write>(args: &Accept, terminal: &mut Terminal<W>) -> Ended {
    let reason = args.reason.trim();
    if reason.is_empty() {
        return Err(Trouble::new("an acceptance needs a reason")
            .help("say why nobody is hurt, or why that is worth it"));
    }
    let expires: Option<Version> =
        args.expires.as_deref().map(str::parse).transpose().map_err(Trouble::new)?;
    let by = author(args)?;
    let sides = match deciding(|| sides(&args.sides))? {
        Ok(sides) => sides,
        Err(undecided) => return Err(explain(undecided, terminal)?),
    };
    let policy = &sides.new.policy;
    let mut findings = lymph_diff::diff(&sides.old.schema, &sides.new.schema, policy).findings;
    // What was merged already is compared again when it is released.
    findings.extend(lymph_diff::unreleased(&sides.new.schema, policy));
    let finding = find(&findings, &args.fingerprint)?;
    if let Some(last) = expires {
        refuse_past(last, finding, &sides.new.schema)?;
    }
    let Some(schema) = sides.new.on_disk() else {
        return Err(Trouble::new(
            "the new side is a revision, and an acceptance is a file beside its schemas",
        )
        .help("compare with the working tree: `lymph-idl accept FINGERPRINT OLD`"));
    };
    let path = file(&schema);
    let mut acceptances = if path.exists() { Acceptances::read(&path)? } else { Acceptances::default() };
    acceptances.entries.retain(|entry| entry.fingerprint != finding.fingerprint);
    acceptances.entries.push(lymph_config::Accept {
        fingerprint: finding.fingerprint.clone(),
        id: finding.id.clone(),
        package: finding.package.clone(),
        path: finding.path.clone(),
        reason: reason.to_owned(),
        by,
        expires: expires.map(|version| version.to_string()),
    });
    replace::file(&path, acceptances.to_text().as_bytes())?;
    let Finding { id, path: place, .. } = finding;
    terminal.line(format_args!("accepted {id} of {place} in {}", path.display()))?;
    Ok(Outcome::Fine)
}

/// Refuses an acceptance that would be over already.
fn refuse_past(last: Version, finding: &Finding, schema: &Schema) -> Result<(), Trouble> {
    let name = finding.package.split('@').next().unwrap_or_default();
    let packages = schema.packages.iter().filter(|package| package.is_root && package.name.value == name);
    // Of majors side by side the oldest is the one that may still have it.
    let present = packages.map(|package| package.version.value).min();
    match present.filter(|present| last < *present) {
        None => Ok(()),
        Some(present) => Err(Trouble::new(format!("{last} is behind: {name} is at {present}")).help(
            "`--expires` is the last version that it is accepted for; the next release ends it anyway",
        )),
    }
}

/// The finding with a fingerprint, or the first digits of one.
fn find<'r>(findings: &'r [Finding], fingerprint: &str) -> Result<&'r Finding, Trouble> {
    let mut known: Vec<&Finding> = findings.iter().collect();
    // The same change of several majors has one fingerprint.
    known.sort_by_key(|finding| (&finding.fingerprint, std::cmp::Reverse(finding.level)));
    known.dedup_by_key(|finding| &finding.fingerprint);
    let is_meant = |finding: &&Finding| finding.fingerprint.starts_with(fingerprint);
    let found: Vec<&Finding> =
        known.iter().copied().filter(is_meant).filter(|_| fingerprint.len() >= 4).collect();
    match found[..] {
        [finding] if is_about_acceptance(finding) => {
            Err(Trouble::new(format!("`{}` is about an acceptance, which cannot be accepted", finding.id))
                .help(finding.fix.clone()))
        }
        [finding] => Ok(finding),
        [] => {
            let errors = known.iter().filter(|it| it.level == Level::Error && !is_about_acceptance(it));
            let list: Vec<String> =
                errors.map(|it| format!("{} ({} of {})", it.fingerprint, it.id, it.path)).collect();
            let known = known.iter().map(|finding| &*finding.fingerprint);
            let help = did_you_mean(fingerprint, known).unwrap_or_else(|| match list.is_empty() {
                true => "there is nothing to accept".to_owned(),
                false => format!("there are {}", list.join(", ")),
            });
            Err(Trouble::new(format!("no finding `{fingerprint}` in this comparison")).help(help))
        }
        _ => {
            Err(Trouble::new(format!("several findings begin with `{fingerprint}`"))
                .help("write all 12 digits"))
        }
    }
}

fn is_about_acceptance(finding: &Finding) -> bool {
    finding.rule.id.starts_with("acceptance-")
}

/// Who accepts.
fn author(args: &Accept) -> Result<String, Trouble> {
    let known = || Repository::around().ok().and_then(|repository| repository.author());
    let by = args.by.clone().or_else(known).map(|name| name.trim().to_owned());
    by.filter(|name| !name.is_empty()).ok_or_else(|| {
        Trouble::new("an acceptance needs somebody who answers for it").help("name them with `--by`")
    })
}

/// Where acceptances are: where they were, else beside `lymph.toml`, else beside the schema.
fn file(schema: &Path) -> PathBuf {
    let config = Config::file_of(schema);
    let home = config.as_deref().unwrap_or(schema).parent().unwrap_or(Path::new(""));
    Acceptances::file_of(schema).unwrap_or_else(|| home.join(Acceptances::FILE_NAME))
}
