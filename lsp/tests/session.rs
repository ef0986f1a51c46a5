//! Sessions with the whole server over in-memory streams: `scripts/*.txt` say what an editor does and what it is
//! told. `BLESS=1 cargo test -p lymph-lsp --test session` rewrites what it is told; review the difference.

#[path = "session/client.rs"]
mod client;
#[path = "session/script.rs"]
mod script;
#[path = "session/show.rs"]
mod show;
#[path = "session/text.rs"]
mod text;

use std::path::Path;
use std::{env, fs};

#[test]
fn scripts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "there are scripts");
    let mut differing = Vec::new();
    for path in paths {
        let before = fs::read_to_string(&path).unwrap();
        let now = script::run(&before);
        if env::var_os("BLESS").is_some() {
            fs::write(&path, &now).unwrap();
        } else if now != before {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            differing.push(format!("---- {name} ----\n{}", text::difference(&before, &now)));
        }
    }
    assert!(
        differing.is_empty(),
        "differs from what is expected (BLESS=1 rewrites):\n{}",
        differing.join("\n")
    );
}
