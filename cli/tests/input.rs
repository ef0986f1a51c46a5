//! What `lymph-idl` says to files and folders that it cannot work with.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn lymph_idl(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lymph-idl"));
    command.args(args).current_dir(folder).stdin(Stdio::null()).output().unwrap()
}

fn texts(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Runs each command in a folder with a file of these bytes, and expects that its output says so.
#[track_caller]
fn check(bytes: &[u8], said: &str) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.lymph"), bytes).unwrap();
    for command in [
        &["check", "a.lymph"][..],
        &["check", "--json", "."],
        &["check", "--history", "a.lymph"],
        &["fmt", "a.lymph"],
        &["fmt", "--diff", "."],
        &["lint", "a.lymph"],
        &["gen", "json", "a.lymph"],
        &["gen", "rust", "--out", "generated", "a.lymph"],
    ] {
        let (code, out, err) = texts(&lymph_idl(folder.path(), command));
        assert!(matches!(code, Some(1 | 2)), "{command:?}: {code:?}\n{out}\n{err}");
        assert!(out.contains(said) || err.contains(said), "{command:?}:\n{out}\n{err}");
        assert!(!err.contains("panicked"), "{command:?}:\n{err}");
        assert!(out.len() + err.len() < 1 << 20, "{command:?} says {} bytes", out.len() + err.len());
    }
    assert_eq!(fs::read(folder.path().join("a.lymph")).unwrap(), bytes, "it was changed");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "something was left beside it");
}

#[test]
fn bytes_that_are_no_text() {
    check(b"package a @ 1.0.0; // \xff\n", "is not UTF-8");
    check(&[0xfe, 0xff, 0, b'p'], "is not UTF-8");
    check(b"package a @ 1.0.0;\0", "control character");
}

#[test]
fn too_much_of_everything() {
    let of = |repeated: &str, count: usize| format!("package a @ 1.0.0; {}", repeated.repeat(count));
    check(of(" ", 4 << 20).as_bytes(), "4194304");
    check(of("[", 500_000).as_bytes(), "more than 300000 words and marks");
    check(of("[", 100_000).as_bytes(), "expected a declaration");
    check((of("struct S { a: ", 1) + &"list<".repeat(5_000)).as_bytes(), "64");
    check(of("struct { a: u8 } ", 2_000).as_bytes(), "expected a name");
}

#[test]
fn nothing_at_all() {
    check(b"", "package");
    check(b"\xef\xbb\xbf", "package");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["check", "/proc/self/mem"][..], &["fmt", "/proc/self/mem"]] {
        let (code, out, err) = texts(&lymph_idl(folder.path(), command));
        assert_eq!(code, Some(2), "{command:?}\n{out}\n{err}");
        assert!(out.contains("cannot read") || err.contains("cannot read"), "{command:?}\n{out}\n{err}");
    }
}

#[test]
fn folders_inside_folders_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a/".repeat(40));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("a.lymph"), "package a @ 1.0.0;").unwrap();
    let (code, out, err) = texts(&lymph_idl(folder.path(), &["check", "."]));
    assert_eq!(code, Some(2), "{out}\n{err}");
    assert!(err.contains("too deep") && err.contains("help: name the folder of the schemas"), "{err}");
}

#[test]
fn places_that_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.lymph"), "package a @ 1.0.0;\n\nstruct S {}\n").unwrap();
    fs::create_dir(folder.path().join("there")).unwrap();
    for (command, said) in [
        (&["gen", "json", "--out", "there", "a.lymph"][..], "`there`: it is a folder"),
        (&["gen", "rust", "--emit", "there", "a.lymph"], "`there`: it is a folder"),
        (&["gen", "rust", "--out", "a.lymph", "a.lymph"], "cannot write"),
        (&["gen", "json", "--out", "a.lymph/b", "a.lymph"], "cannot write"),
        (&["man", "--out", "a.lymph"], "it is not a folder"),
        (&["new", "there"], "is already there"),
    ] {
        let (code, out, err) = texts(&lymph_idl(folder.path(), command));
        assert_eq!(code, Some(2), "{command:?}\n{out}\n{err}");
        assert!(err.contains(said), "{command:?}\n{err}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn nobody_hears_of_a_broken_pipe() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.lymph"), "package a @ 1.0.0; struct S{}\n").unwrap();
    for command in [
        &["gen", "json", "a.lymph"][..],
        &["schema", "model"],
        &["completions", "bash"],
        &["fmt", "--diff", "a.lymph"],
        &["rules"],
    ] {
        let mut lymph_idl = Command::new(env!("CARGO_BIN_EXE_lymph-idl"));
        lymph_idl.args(command).current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = lymph_idl.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{command:?}");
        assert!(matches!(output.status.code(), Some(0 | 1)), "{command:?}: {:?}", output.status);
    }
}
