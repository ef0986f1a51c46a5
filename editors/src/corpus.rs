//! Every schema of the repository, right and wrong ones.

use std::fs;
use std::path::PathBuf;

use lymph_idl::SchemaError;

use crate::root;

/// A schema with what the parser says about it.
#[derive(Debug)]
pub struct Sample {
    /// From the repository's folder.
    pub path: PathBuf,
    /// Without a byte order mark.
    pub text: String,
    /// Whether its syntax is right; names are not looked up.
    pub verdict: Verdict,
}

/// What the parser says about a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It can be read.
    Accepted,
    /// It does not fit the grammar.
    Broken,
    /// Something in it is too large, too long or too deep, of which a grammar knows nothing.
    TooMuch,
}

/// Every schema in the repository that is UTF-8, by path.
///
/// # Panics
///
/// When the repository cannot be read, or holds so few schemas that this looks for them in the wrong place.
#[must_use]
pub fn corpus() -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("folders of the repository can be listed") {
            let path = entry.expect("an entry just listed").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("names are UTF-8");
            if path.is_dir() && !matches!(name, ".git" | "target" | "node_modules") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "lymph") {
                samples.extend(sample(path));
            }
        }
    }
    samples.sort_by(|left, right| left.path.cmp(&right.path));
    let count = |verdict| samples.iter().filter(|sample| sample.verdict == verdict).count();
    assert!(count(Verdict::Accepted) > 300, "only {} schemas are right", count(Verdict::Accepted));
    assert!(count(Verdict::Broken) > 30, "only {} schemas are broken", count(Verdict::Broken));
    samples
}

fn sample(path: PathBuf) -> Option<Sample> {
    let bytes = fs::read(&path).expect("files of the repository can be read");
    let path = path.strip_prefix(root()).expect("found inside").to_owned();
    let verdict = match lymph_idl::format(&path, &bytes) {
        Ok(_) => Verdict::Accepted,
        Err(failure) if failure.errors.iter().any(is_about_syntax) => Verdict::Broken,
        Err(_) => Verdict::TooMuch,
    };
    let text = String::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Some(Sample { path, text, verdict })
}

fn is_about_syntax(error: &SchemaError) -> bool {
    use SchemaError::{BadEscape, BadVersion, Syntax, Unclosed};
    matches!(error, Syntax { .. } | Unclosed { .. } | BadEscape { .. } | BadVersion { .. })
}
