//! What `lymph-idl new` makes is right, and works.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn lymph_idl(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lymph-idl")).args(args).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A new crate that uses this checkout, in a folder of its own.
fn make(folder: &Path, name: &str) -> PathBuf {
    let made = lymph_idl(folder, &["new", name, "--lymph", ROOT]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    folder.join(name)
}

/// Runs Cargo without a network, in a target folder that is kept: building lymph takes its time.
fn cargo(folder: &Path, args: &[&str]) -> Output {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("users");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(args).current_dir(folder).env("CARGO_TARGET_DIR", target).env_remove("RUSTFLAGS");
    cargo.output().unwrap()
}

#[test]
fn a_new_crate_serves_and_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let made = make(folder.path(), "address-book");
    // The same versions as ours, none of them to be fetched.
    fs::copy(Path::new(ROOT).join("Cargo.lock"), made.join("Cargo.lock")).unwrap();
    let output = cargo(&made, &["test", "--offline", "--color=never"]);
    let told = format!("{}\n{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert!(told.contains("test tests::it_greets ... ok"), "{told}");
    assert!(!told.contains("warning"), "{told}");

    // As its README starts it, but for a file that would make it go on for ever.
    let output = cargo(&made, &["run", "--offline", "--", "instance", "--config", "conf/nowhere.yml"]);
    let told = text(&output.stderr);
    assert!(!output.status.success() && told.contains("nowhere.yml"), "{told}");

    let output = cargo(&made, &["fmt", "--check"]);
    assert!(output.status.success(), "{}", text(&output.stdout));
}

#[test]
fn a_new_schema_is_right_in_every_respect() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["geo", "address-book", "a1-2_b"] {
        let made = make(folder.path(), name);
        for command in
            [&["check", "schemas"][..], &["lint", "--strict", "schemas"], &["fmt", "--check", "schemas"]]
        {
            let output = lymph_idl(&made, command);
            assert!(output.status.success(), "{name}: {command:?}: {}", text(&output.stdout));
        }
        let schema = made.join("schemas").join(name.replace('-', "_") + ".lymph");
        let schema = lymph_idl::load([schema], &lymph_idl::Options::new()).unwrap();
        lymph_codegen::generate(&schema, &lymph_codegen::Options::default()).unwrap();
        let settings =
            lymph::config::Sources { service: Some(made.join("conf/local.yml")), ..Default::default() };
        lymph::config::Config::load_with(&settings, &|_: &str| None).unwrap();
    }
}

#[test]
fn what_is_there_stays() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("geo")).unwrap();
    let refused = lymph_idl(folder.path(), &["new", "geo"]);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(fs::read_dir(folder.path().join("geo")).unwrap().count(), 0);
}
