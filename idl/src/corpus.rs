//! The schemas of the tests, for what must hold of each.

use std::fs;
use std::path::{Path, PathBuf};

use crate::limits::Limits;
use crate::parse::parse;
use crate::source::SourceMap;

/// Every text below `folders` that parses.
pub(crate) fn corpus(folders: &[&str]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut folders: Vec<PathBuf> =
        folders.iter().map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "lymph")
                && let Ok(text) = String::from_utf8(fs::read(&path).unwrap())
            {
                texts.push(text.trim_start_matches('\u{feff}').to_owned());
            }
        }
    }
    let file = SourceMap::default().add("a.lymph", "");
    texts.retain(|text| parse(file, text, &Limits::default()).errors.is_empty());
    assert!(texts.len() > 20, "{} texts", texts.len());
    texts
}
