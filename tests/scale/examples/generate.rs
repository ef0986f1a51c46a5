//! Measures what generated code costs its users: `cargo run --release -p lymph-scale --example generate`.
//!
//! First the generator by itself, on 5,000 types and 2,000 methods; then a crate with 1,000 types and 400
//! methods, as Cargo checks it. Takes minutes, because it builds the runtime first.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use lymph_scale::{Clock, peak_memory, schema};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    generator(5_000, 2_000)?;
    if env::args().nth(1).as_deref() != Some("generate") {
        checks(1_000, 400)?;
    }
    Ok(())
}

/// Text to text, in this process.
fn generator(types: usize, methods: usize) -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::temp_dir().join("lymph-measure");
    fs::create_dir_all(&folder)?;
    let path = folder.join("large.lymph");
    fs::write(&path, schema(types, methods, 1))?;
    let mut limits = lymph_idl::Limits::default();
    limits.file_bytes = 16 << 20;
    let options = lymph_idl::Options::new().limits(limits);
    let loading = Clock::start();
    let schema = lymph_idl::load([&path], &options)?;
    loading.report("schema text to model");
    let generating = Clock::start();
    let files = lymph_codegen::generate(&schema, &lymph_codegen::Options::default())
        .map_err(|problems| problems[0].clone())?;
    generating.report("model to Rust text");
    let lines: usize = files.iter().map(|file| file.text.lines().count()).sum();
    eprintln!("{types} types, {methods} methods: {lines} lines, {}", peak_memory());
    Ok(())
}

/// What a user waits for.
fn checks(types: usize, methods: usize) -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let user = env::temp_dir().join("lymph-measure/user");
    let write = |name: &str, text: &str| {
        let path = user.join(name);
        fs::create_dir_all(path.parent().expect("below the crate"))?;
        fs::write(path, text)
    };
    let manifest = format!(
        "[package]\nname = \"user\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n\
         [dependencies]\nlymph = {{ path = {:?}, default-features = false }}\n\
         [build-dependencies]\nlymph-build = {{ path = {:?} }}\n",
        root.join("runtime"),
        root.join("build-support"),
    );
    write("Cargo.toml", &manifest)?;
    write("Cargo.lock", &fs::read_to_string(root.join("Cargo.lock"))?)?;
    write("schemas/large.lymph", &schema(types, methods, 1))?;
    write("build.rs", "fn main() { lymph_build::compile([\"schemas/large.lymph\"]); }\n")?;
    let lib = "lymph::include_schema!(\"large\");\n";
    write("src/lib.rs", lib)?;
    let check = |what: &str| {
        let clock = Clock::start();
        let mut cargo = Command::new(env!("CARGO"));
        let done =
            cargo.args(["check", "--quiet", "--offline"]).current_dir(&user).env_remove("RUSTFLAGS").status();
        clock.report(what);
        match done {
            Ok(status) if status.success() => Ok(()),
            _ => Err(format!("{what} failed")),
        }
    };
    check("first check, dependencies included")?;
    check("nothing changed")?;
    write("src/lib.rs", &format!("{lib}pub fn beside() {{}}\n"))?;
    check("after an edit beside the generated code")?;
    write("schemas/large.lymph", &schema(types + 1, methods, 1))?;
    check("after an edit of the schema")?;
    // Without what an earlier check left behind.
    fs::remove_dir_all(user.join("target/debug/incremental"))?;
    write("src/lib.rs", &format!("{lib}pub fn other() {{}}\n"))?;
    check("from scratch, dependencies there")?;
    Ok(())
}
