//! Completions that shells take, and manual pages of every command.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use clap::CommandFactory;

const PROGRAMS: [(&str, &str); 2] =
    [("lymph", env!("CARGO_BIN_EXE_lymph")), ("lymph-idl", env!("CARGO_BIN_EXE_lymph-idl"))];

fn run(program: &str, args: &[&str]) -> Output {
    let output = Command::new(program).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn names(command: &clap::Command) -> Vec<String> {
    command.get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

fn commands(name: &str) -> clap::Command {
    match name {
        "lymph" => lymph_cli::ops::args::Args::command(),
        _ => lymph_cli::idl::args::Args::command(),
    }
}

#[test]
fn completions_name_every_command() {
    for (name, path) in PROGRAMS {
        for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
            let script = String::from_utf8(run(path, &["completions", shell]).stdout).unwrap();
            for command in names(&commands(name)) {
                assert!(script.contains(&command), "{name} {command} in {shell}");
            }
        }
    }
}

/// Gives bash a script behind what `completions bash` wrote.
fn bash(path: &str, args: &[&str], behind: &str) -> Output {
    let mut script = run(path, &["completions", "bash"]).stdout;
    script.extend_from_slice(behind.as_bytes());
    let mut bash = Command::new("bash");
    bash.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = bash.spawn().unwrap();
    child.stdin.take().unwrap().write_all(&script).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn bash_understands_its_completions() {
    for (_, path) in PROGRAMS {
        let output = bash(path, &["-n"], "");
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    }
}

#[test]
fn bash_completes() {
    let ask = "\nCOMP_WORDS=(lymph-idl gen ''); COMP_CWORD=2; _lymph__idl lymph-idl '' gen; echo \"${COMPREPLY[@]}\"\n";
    let output = bash(PROGRAMS[1].1, &[], ask);
    let told = String::from_utf8(output.stdout).unwrap();
    let words: BTreeSet<&str> = told.split_whitespace().collect();
    assert!(
        words.contains("rust") && words.contains("json"),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn every_command_has_a_page() {
    for (name, path) in PROGRAMS {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("man");
        run(path, &["man", "--out", out.to_str().unwrap()]);
        let mut expected = BTreeSet::new();
        pages(&commands(name), name.to_owned(), &mut expected);
        let written: BTreeSet<String> = fs::read_dir(&out)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(written, expected);
        written.iter().for_each(|page| check(&out.join(page)));
    }
}

fn pages(command: &clap::Command, name: String, into: &mut BTreeSet<String>) {
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        pages(inner, format!("{name}-{}", inner.get_name()), into);
    }
    into.insert(format!("{name}.1"));
}

/// Looks at the structure of a page: a title, what man needs for its index, and no line of text that roff would
/// take for a request.
fn check(page: &Path) {
    let text = fs::read_to_string(page).unwrap();
    let shown = page.display();
    let requests: Vec<&str> = text.lines().filter(|line| line.starts_with('.')).collect();
    assert_eq!(requests.iter().filter(|line| line.starts_with(".TH ")).count(), 1, "{shown}");
    for section in [".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH OPTIONS"] {
        assert!(requests.contains(&section), "{shown}: {section}\n{text}");
    }
    const KNOWN: [&str; 10] = [".TH", ".SH", ".SS", ".TP", ".PP", ".IP", ".br", ".RS", ".RE", ".ie"];
    for line in requests {
        let request = line.split_whitespace().next().unwrap();
        assert!(KNOWN.contains(&request) || request == ".el", "{shown}: {line}");
    }
    let stem = page.file_stem().unwrap().to_str().unwrap();
    assert!(text.contains(&stem.replace('-', "\\-")), "{shown} does not say what it is about");
}
