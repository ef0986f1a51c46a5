//! The arguments of `diff`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use lymph_diff::Tier;

use super::super::diff::Format;

/// What the sides of a comparison can be.
pub(super) const HELP: &str = "\
A side is a file, a folder, REV (a revision of the git repository), REV:PATH, PATH@1.2 (a file as it was at that
version), or what `gen json` wrote. Without OLD it is the merge base of HEAD and the default branch, without NEW the
working tree.

Exit codes: 0 acceptable, 1 something is not, 2 could not decide.

Examples:
  lymph-idl diff
  lymph-idl diff v1.4.0 --format markdown
  lymph-idl diff main:schemas/geo.lymph schemas/geo.lymph
  lymph-idl diff schemas/geo.lymph@1.2 schemas/geo.lymph --json";

/// What is compared.
#[derive(Debug, clap::Args)]
pub struct Sides {
    /// What it was
    pub old: Option<String>,
    /// What it is now
    pub new: Option<String>,
    /// Folders in which imports are looked up first
    #[arg(long = "include", short = 'I', value_name = "DIR")]
    pub include: Vec<PathBuf>,
    /// Settings; without it the nearest lymph.toml in the schema's folder or above
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `diff`.
#[derive(Debug, clap::Args)]
pub struct Diff {
    /// What is compared.
    #[command(flatten)]
    pub sides: Sides,
    /// How to write it
    #[arg(long, default_value = "human", value_parser = Format::parser())]
    format: Format,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// What is looked at: wire, source (also edits of code) or strict (also warnings are errors)
    #[arg(long, value_name = "POLICY", value_parser = tier(), hide_possible_values = true)]
    pub policy: Option<Tier>,
    /// Tell what is fine in full too
    #[arg(long, short)]
    pub verbose: bool,
}

/// Reads `wire`, `source` or `strict`.
fn tier() -> impl TypedValueParser<Value = Tier> {
    PossibleValuesParser::new(["wire", "source", "strict"]).map(|name| match &*name {
        "source" => Tier::Source,
        "strict" => Tier::Strict,
        _ => Tier::Wire,
    })
}

impl Diff {
    /// What was asked for.
    pub(crate) fn format(&self) -> Format {
        if self.json { Format::json() } else { self.format }
    }
}
