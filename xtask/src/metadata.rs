//! What Cargo knows about this workspace.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell::cargo;

/// Name of each crate of the workspace that has features, with their names but for `default`.
pub(crate) fn features() -> Result<Vec<(String, Vec<String>)>> {
    let text = cargo("metadata --format-version 1 --no-deps").read()?;
    let metadata: Value = serde_json::from_str(&text)?;
    let packages = metadata["packages"].as_array().context("metadata without packages")?;
    let mut found = Vec::new();
    for package in packages {
        let name = package["name"].as_str().context("a package without a name")?;
        let features = package["features"].as_object().context("a package without features")?;
        let features: Vec<_> = features.keys().filter(|name| *name != "default").cloned().collect();
        if !features.is_empty() {
            found.push((name.to_owned(), features));
        }
    }
    Ok(found)
}
