//! Schemas, settings and command lines of the guides, given to those who read them in earnest.
//! Their Rust runs as doctests.

mod blocks;
mod words;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use blocks::{blocks, root};
use clap::{CommandFactory, Parser};
use lymph::config::{Config, Sources};
use lymph_idl::{Memory, Options};
use words::words;

/// Kinds of blocks; one of another kind would run nowhere.
const KINDS: [&str; 14] = [
    "rust",
    "rust,no_run",
    "lymph",
    "yaml",
    "yaml vars",
    "yaml workflow",
    "console",
    "text",
    "toml",
    "toml lymph",
    "ebnf",
    // `evolving.rs` runs these.
    "lymph file",
    "diff file",
    "console run",
];

#[test]
fn every_block_is_of_a_kind_that_runs() {
    for block in blocks() {
        let kind = block.kind.split('=').next().expect("never empty");
        assert!(KINDS.contains(&kind), "{}: `{}`", block.place, block.kind);
    }
}

#[test]
fn schemas_compile() {
    for block in blocks().iter().filter(|block| block.kind == "lymph") {
        let files = with_schemas(Memory::new(), &root().join("schemas"), Path::new("schemas"));
        let files = files.file("schemas/guide.lymph", block.text.as_str());
        if let Err(failure) = lymph_idl::load_with(["schemas/guide.lymph"], &Options::default(), &files) {
            panic!("{}:\n{}", block.place, failure.one_line().collect::<Vec<_>>().join("\n"));
        }
    }
}

/// The README shows what the example is built from.
#[test]
fn schemas_of_the_repository_are_quoted_in_full() {
    let all = blocks();
    let quoted = fs::read_to_string(root().join("schemas/greeting.lymph")).expect("it is there");
    let found = all.iter().any(|block| block.place.starts_with("README") && block.text == quoted);
    assert!(found, "README.md does not quote schemas/greeting.lymph as it is");
}

#[test]
fn settings_are_read() {
    let all = blocks();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let vars = folder.join("vars.yml");
    let text: String =
        all.iter().filter(|block| block.kind == "yaml vars").map(|block| &*block.text).collect();
    fs::write(&vars, text).expect("a folder of our own");
    // From the manual of libzmq, where it is for tests.
    let key = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";
    fs::write(folder.join("curve.key"), key).expect("a folder of our own");
    for block in all.iter().filter(|block| block.kind == "yaml") {
        let service = folder.join("settings.yml");
        fs::write(&service, &block.text).expect("a folder of our own");
        let sources = Sources { service: Some(service), vars: Some(vars.clone()), ..Sources::default() };
        let environment = |name: &str| match name {
            "ZOOKEEPER" => Some("10.0.0.1:2181".to_owned()),
            "ZOOKEEPER_PASSWORD" | "RABBITMQ_PASSWORD" => Some("open:sesame".to_owned()),
            _ => None,
        };
        if let Err(error) = Config::load_with(&sources, &environment) {
            panic!("{}:\n{error}", block.place);
        }
    }
}

#[test]
fn settings_of_the_schema_tools_are_read() {
    for block in blocks().iter().filter(|block| block.kind == "toml lymph") {
        let config = lymph_config::Config::parse("lymph.toml", &block.text);
        if let Err(error) = config.and_then(|config| lymph_lint::Levels::of_config(&config)) {
            panic!("{}:\n{error}", block.place);
        }
    }
}

#[test]
fn command_lines_are_understood() {
    let all = blocks();
    for block in &all {
        let prefix = match &*block.kind {
            "console" => "$ ",
            "yaml workflow" => "      - run: ",
            _ => continue,
        };
        for line in block.text.lines().filter_map(|line| line.strip_prefix(prefix)) {
            let words = words(line);
            let error = match &*words[0] {
                "lymph" => lymph_cli::ops::args::Args::try_parse_from(&words).err(),
                "lymph-idl" => lymph_cli::idl::args::Args::try_parse_from(&words).err(),
                // `cargo xtask test` runs these.
                "cargo" => {
                    let known = ["cargo run -p quickstart", "cargo xtask test"].contains(&line);
                    (!known).then(|| {
                        clap::Error::raw(clap::error::ErrorKind::UnknownArgument, "not run anywhere")
                    })
                }
                other => panic!("{}: who reads `{other}`?", block.place),
            };
            assert!(error.is_none(), "{}: {line}\n{}", block.place, error.expect("just seen"));
        }
    }
}

#[test]
fn every_command_is_in_the_guide() {
    let guide = fs::read_to_string(root().join("docs/cli.md")).expect("it is there");
    let rows = guide.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let described: BTreeSet<_> = rows.map(str::to_owned).collect();
    let mut real = BTreeSet::new();
    for command in [lymph_cli::ops::args::Args::command(), lymph_cli::idl::args::Args::command()] {
        let names = command.get_subcommands().filter(|sub| !sub.is_hide_set()).map(|sub| sub.get_name());
        real.extend(names.map(|name| format!("{} {name}", command.get_name())));
    }
    assert_eq!(described, real, "left: docs/cli.md, right: --help");
}

/// Adds every schema below `folder`, as if it were below `shown`.
fn with_schemas(mut files: Memory, folder: &Path, shown: &Path) -> Memory {
    for entry in fs::read_dir(folder).expect("a folder of schemas") {
        let path = entry.expect("an entry just listed").path();
        let shown = shown.join(path.file_name().expect("an entry has a name"));
        files = if path.is_dir() {
            with_schemas(files, &path, &shown)
        } else {
            files.file(shown, fs::read(&path).expect("just listed"))
        };
    }
    files
}
