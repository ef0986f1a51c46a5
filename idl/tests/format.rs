//! Walks `tests/format`: each `.lymph` file beside its one layout; `BLESS=1` rewrites what is expected.

use std::path::Path;
use std::{env, fs};

#[test]
fn texts_get_the_one_layout() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/format");
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "lymph"));
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let name = path.file_name().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let formatted = lymph_idl::format(name, &text).unwrap_or_else(|failure| panic!("{failure}"));
        let expected = path.with_extension("expected");
        if env::var_os("BLESS").is_some() {
            fs::write(&expected, &formatted).unwrap();
        } else {
            assert_eq!(formatted, fs::read_to_string(&expected).unwrap(), "{}", path.display());
        }
    }
}
