//! `lymph keygen`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use lymph::config::{PublicKey, SecretKey, read_secret_key};

fn keygen(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lymph")).arg("keygen").args(args).current_dir(folder).output().unwrap()
}

#[track_caller]
fn check(output: &Output, code: i32, stderr: &str) {
    let written = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), written.trim()), (Some(code), stderr));
}

/// The public key that was printed.
#[track_caller]
fn printed(output: &Output) -> PublicKey {
    check(output, 0, "");
    String::from_utf8_lossy(&output.stdout).trim().parse().unwrap()
}

#[test]
fn key_is_written_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let public_key = printed(&keygen(folder.path(), &["curve.key"]));
    let path = folder.path().join("curve.key");
    let secret_key = read_secret_key(&path).unwrap();
    assert_eq!(secret_key.public_key(), public_key);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(printed(&keygen(folder.path(), &["--public", "curve.key"])), public_key);
    let output = keygen(folder.path(), &["--public", "curve.key", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json, serde_json::json!({"public_key": public_key.to_string()}));
    let secret = secret_key.to_text();
    assert!(!String::from_utf8_lossy(&output.stdout).contains(secret.as_str()));
}

#[test]
fn keys_differ_and_are_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let one = printed(&keygen(folder.path(), &["one.key"]));
    assert_ne!(one, printed(&keygen(folder.path(), &["other.key"])));
    check(
        &keygen(folder.path(), &["one.key"]),
        2,
        "error: `one.key` is already there\n  help: a key that is in use is not replaced; `--public` shows its public half",
    );
    assert_eq!(printed(&keygen(folder.path(), &["--public", "one.key"])), one);
}

#[test]
fn what_cannot_be_read_or_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.key");
    let secret_key = SecretKey::generate().unwrap();
    let two = format!("{0}\n{0}\n", secret_key.to_text().as_str());
    for (text, expected) in [
        ("", "error: `bad.key` holds 0 keys, not one"),
        (&two, "error: `bad.key` holds 2 keys, not one"),
        ("hello", "error: `bad.key` holds no secret key: a key has 40 characters, this text has 5"),
    ] {
        fs::write(&path, text).unwrap();
        check(&keygen(folder.path(), &["--public", "bad.key"]), 2, expected);
    }
    let output = keygen(folder.path(), &["nowhere/curve.key"]);
    check(&output, 2, "error: cannot make `nowhere/curve.key`: No such file or directory (os error 2)");
}
