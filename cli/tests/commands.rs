//! Command lines and what they print; `BLESS=1` writes what is expected anew.
//!
//! A case is `tests/commands/NAME.txt`: lines that start with `$ ` are run one after the other in a
//! folder that holds copies of `tests/commands/files`; behind each stands its standard output, its
//! standard error (`! `) and its exit code (`? `), when there are any and it is not 0. A command may
//! start with `NAME=value` and end with `< FILE`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/commands");

fn program(name: &str) -> Command {
    let path = match name {
        // What people do between two commands.
        "cat" | "cp" | "mkdir" | "rm" => name,
        "lymph" => env!("CARGO_BIN_EXE_lymph"),
        "lymph-idl" => env!("CARGO_BIN_EXE_lymph-idl"),
        other => panic!("no such program: {other}"),
    };
    let mut command = Command::new(path);
    let settings = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("LYMPH_"));
    for (name, _) in settings {
        command.env_remove(name);
    }
    command.env_remove("NO_COLOR").env("COLUMNS", "100");
    command
}

/// Splits at blanks; single quotes keep them.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for char in line.chars() {
        match char {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => words.last_mut().unwrap().push(other),
        }
    }
    words
}

fn run(line: &str, folder: &Path) -> Output {
    let words = words(line);
    let is_setting =
        |word: &&String| word.split_once('=').is_some_and(|(name, _)| name == name.to_uppercase());
    let settings: Vec<&String> = words.iter().take_while(is_setting).collect();
    let mut words = &words[settings.len()..];
    let mut stdin = Stdio::null();
    if let [rest @ .., arrow, file] = words
        && arrow == "<"
    {
        words = rest;
        stdin = fs::File::open(folder.join(file)).unwrap().into();
    }
    let mut command = program(&words[0]);
    for (name, value) in settings.iter().filter_map(|setting| setting.split_once('=')) {
        command.env(name, value);
    }
    command.args(&words[1..]).current_dir(folder).stdin(stdin).output().unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What running the commands of `case` gives, in the same form.
fn replay(case: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(FOLDER).join("files"), folder.path());
    let mut replayed = String::new();
    for line in case.lines() {
        // Headings of Markdown are output.
        if line.starts_with("# ") {
            replayed.push_str(line);
            replayed.push('\n');
        }
        let Some(command) = line.strip_prefix("$ ") else { continue };
        let output = run(command, folder.path());
        replayed.push_str(&format!("{line}\n"));
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            replayed.push_str(&format!("{}\n", line.replace('\x1b', "␛").trim_end()));
        }
        for line in String::from_utf8(output.stderr).unwrap().lines() {
            replayed.push_str(format!("! {}", line.replace('\x1b', "␛")).trim_end());
            replayed.push('\n');
        }
        match output.status.code() {
            Some(0) => {}
            code => replayed.push_str(&format!("? {}\n", code.unwrap_or(-1))),
        }
        replayed.push('\n');
    }
    format!("{}\n", replayed.trim_end())
}

#[test]
fn commands_print_what_they_should() {
    let mut cases: Vec<_> = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    cases.sort();
    assert!(!cases.is_empty());
    for path in cases {
        let expected = fs::read_to_string(&path).unwrap();
        let actual = replay(&expected);
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &actual).unwrap();
        } else {
            assert_eq!(actual, expected, "{}", path.display());
        }
    }
}

#[test]
fn nobody_hears_of_a_broken_pipe() {
    let schema = Path::new(FOLDER).join("files/mistakes.lymph");
    let mut child = program("lymph-idl")
        .arg("check")
        .arg(schema)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{:?}", output.status);
}
