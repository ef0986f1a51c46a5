//! `docs/evolving-a-schema.md` happens as it is told: its files are written and its commands run, in order and
//! in one folder. `BLESS=1` writes anew what the commands print.
//!
//! - `lymph file=PATH` is what that file holds from there on; `diff file=PATH` changes it: what stands behind a
//!   blank or `-` must be there once, and becomes what stands behind a blank or `+`.
//! - `console run` holds commands behind `$ `, each followed by what it prints, by its errors (`! `), and by its
//!   exit code (`? `) when that is not 0.
//!
//! The harness is our own, so that this program can be started again as `lymph-idl`.

mod words;

use std::path::Path;
use std::process::{Command, ExitCode, Output};
use std::{env, fs};

use clap::Parser;
use lymph_cli::idl::{self, args::Args};
use lymph_cli::output::{Terminal, finish};
use words::words;

const GUIDE: &str = "docs/evolving-a-schema.md";

/// Set where this program is `lymph-idl`.
const IS_TOOL: &str = "GUIDE_RUNS_LYMPH_IDL";

fn main() -> ExitCode {
    if env::var_os(IS_TOOL).is_some() {
        return tool();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("evolving-a-schema.md");
    let told = fs::read_to_string(&path).expect("the guide is there");
    let folder = tempfile::tempdir().expect("a folder of our own");
    let happened = replay(&told, folder.path());
    if env::var_os("BLESS").is_some() {
        fs::write(&path, happened).expect("the guide can be written");
    } else {
        for (number, (told, happened)) in told.lines().zip(happened.lines()).enumerate() {
            assert_eq!(told, happened, "{GUIDE}:{}; left: told, right: happened", number + 1);
        }
        assert_eq!(told, happened, "{GUIDE}");
    }
    ExitCode::SUCCESS
}

/// What `lymph-idl` does with the arguments of this process.
fn tool() -> ExitCode {
    let args = Args::parse();
    let mut terminal = Terminal::stdout(args.color, args.wants_json());
    let ended = idl::run(&args, &mut terminal);
    let ended = terminal.flush().and(ended);
    finish(ended, args.color)
}

/// The guide with what happens when somebody follows it.
fn replay(told: &str, folder: &Path) -> String {
    let mut happened = String::new();
    let mut lines = told.lines();
    let mut runs = 0;
    while let Some(line) = lines.next() {
        happened.extend([line, "\n"]);
        let Some(kind) = line.strip_prefix("```").filter(|kind| !kind.is_empty()) else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let shown = match kind.split_once(" file=") {
            Some(("lymph", path)) => {
                write(&folder.join(path), &text(&block));
                text(&block)
            }
            Some(("diff", path)) => {
                change(&folder.join(path), &block);
                text(&block)
            }
            None if kind == "console run" => {
                runs += 1;
                run_all(&block, folder)
            }
            _ => text(&block),
        };
        happened.extend([&shown, "```\n"]);
    }
    assert!(runs > 0, "{GUIDE} runs nothing");
    happened
}

fn text(lines: &[&str]) -> String {
    lines.iter().flat_map(|line| [*line, "\n"]).collect()
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder of our own");
    fs::write(path, text).expect("a folder of our own");
}

fn change(path: &Path, block: &[&str]) {
    let side = |sign: char| -> String {
        let lines = block.iter().filter_map(|line| line.strip_prefix([' ', sign]));
        lines.flat_map(|line| [line, "\n"]).collect()
    };
    let (old, new) = (side('-'), side('+'));
    let before = fs::read_to_string(path).expect("a file that the guide wrote");
    assert_eq!(before.matches(&old).count(), 1, "where in {} is this?\n{old}", path.display());
    write(path, &before.replace(&old, &new));
}

/// Runs the commands of a block; what it told them to print is left out.
fn run_all(block: &[&str], folder: &Path) -> String {
    let mut printed = Vec::new();
    for line in block.iter().filter(|line| line.starts_with("$ ")) {
        let output = run(&line[2..], folder);
        let mut lines = format!("{line}\n");
        for line in String::from_utf8(output.stdout).expect("text").lines() {
            lines.extend([line.trim_end(), "\n"]);
        }
        for line in String::from_utf8(output.stderr).expect("text").lines() {
            lines.extend(["! ", line, "\n"]);
        }
        match output.status.code() {
            Some(0) => {}
            code => lines.push_str(&format!("? {}\n", code.unwrap_or(-1))),
        }
        printed.push(lines);
    }
    printed.join("\n")
}

fn run(line: &str, folder: &Path) -> Output {
    let words = words(line);
    let mut command = match &*words[0] {
        "lymph-idl" => Command::new(env::current_exe().expect("this program")),
        "cp" | "mv" | "rm" => Command::new(&words[0]),
        other => panic!("{GUIDE}: who runs `{other}`?"),
    };
    command.env(IS_TOOL, "1").env("COLUMNS", "100").env_remove("NO_COLOR");
    command.args(&words[1..]).current_dir(folder).output().expect("it starts")
}
