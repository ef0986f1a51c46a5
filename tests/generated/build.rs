//! Compiles every schema of the corpus, each by itself, with every option.

use std::path::{Path, PathBuf};
use std::{env, fs};

use lymph_build::Builder;

#[path = "hostile.rs"]
mod hostile;

/// Folders with schemas, from the root of the repository, and what their modules' names start with.
const CORPUS: [(&str, &str); 2] = [("codegen/tests/golden", ""), ("schemas", "schemas_")];

type Turn = fn(Builder) -> Builder;

const VARIANTS: [(&str, Turn); 4] = [
    ("defaults", |builder| builder),
    ("turned", |builder| builder.default_stubs(true)),
    ("clients", |builder| builder.servers(false)),
    ("servers", |builder| builder.clients(false)),
];

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it"));
    let root = Path::new(&env::var_os("CARGO_MANIFEST_DIR").expect("Cargo sets it")).join("../../..");
    let root = root.canonicalize().expect("this crate is three folders below the root");
    let mut schemas = Vec::new();
    for (folder, prefix) in CORPUS {
        find(&root.join(folder), prefix, &mut schemas);
    }
    let hostile = out.join("hostile.lymph");
    fs::write(&hostile, hostile::schema()).expect("OUT_DIR can be written");
    schemas.push(("hostile".to_owned(), hostile));
    println!("cargo::rerun-if-changed=../hostile.rs");
    for (folder, _) in CORPUS {
        // New files must join the corpus; nothing else writes to these folders.
        println!("cargo::rerun-if-changed={}", root.join(folder).display());
    }
    let newest = env::var("CARGO_PKG_NAME").is_ok_and(|name| name.ends_with("2024"));
    let mut corpus = String::new();
    for (variant, turn) in &VARIANTS[..if newest { VARIANTS.len() } else { 1 }] {
        corpus.push_str(&format!("/// `{variant}`\npub mod {variant} {{\n"));
        for (name, schema) in &schemas {
            let folder = out.join(variant).join(name);
            let builder = Builder::new().schema(schema).out_dir(&folder);
            turn(builder).compile();
            corpus.push_str(&format!(
                "/// `{name}`\npub mod {name} {{ include!({:?}); }}\n",
                folder.join("lymph.rs")
            ));
        }
        corpus.push_str("}\n");
    }
    fs::write(out.join("corpus.rs"), corpus).expect("OUT_DIR can be written");
}

/// Schemas with the names of their modules: the path below the folder, without its ending.
fn find(folder: &Path, prefix: &str, schemas: &mut Vec<(String, PathBuf)>) {
    let entries = fs::read_dir(folder).expect("the corpus is there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    for path in paths {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("{prefix}{stem}").replace('-', "_");
        if path.is_dir() {
            find(&path, &format!("{name}_"), schemas);
        } else if path.extension().is_some_and(|extension| extension == "lymph") {
            schemas.push((name, path));
        }
    }
}
