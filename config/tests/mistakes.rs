//! What people get wrong in a `lymph.toml`: each `mistakes/NAME.toml` beside what is said about it.
//!
//! `BLESS=1 cargo test -p lymph-config` rewrites what is expected; review the difference.

use std::fs;
use std::path::Path;

use lymph_config::Config;

/// Compares what is said about the text in `path` with the file beside it.
fn check(path: &Path) {
    let name = path.file_name().unwrap().to_str().unwrap();
    let text = fs::read_to_string(path).unwrap();
    let Err(error) = Config::parse(name, &text) else { panic!("{name} has no mistake") };
    let help = error.help().map(|help| format!("help: {help}\n")).unwrap_or_default();
    let actual = format!("{error}\n{help}");
    let beside = path.with_extension("expected");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&beside, actual).unwrap();
    } else {
        assert_eq!(actual, fs::read_to_string(&beside).unwrap_or_default(), "{name}");
    }
}

#[test]
fn mistakes_are_told_with_their_places() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    cases.sort();
    assert!(!cases.is_empty());
    cases.iter().for_each(|path| check(path));
}
