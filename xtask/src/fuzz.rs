//! `cargo xtask fuzz`: arbitrary input for everything that reads what others wrote.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::builder::PossibleValuesParser;

use crate::shell::{Line, line, root};
use crate::tools::{install, program};

/// Known to work with the Rust we ask for.
const VERSION: &str = "0.13.2";

/// What libFuzzer gets bytes for.
struct Target {
    /// Of a file in `fuzz/targets`, and of the file with the check in `tests/fuzzed` of its crate.
    name: &'static str,
    /// The crate's folder.
    home: &'static str,
    /// Of a file in `fuzz`, with words that lead far.
    words: &'static str,
}

const TARGETS: [Target; 11] = [
    Target { name: "parse", home: "idl", words: "lymph.dict" },
    Target { name: "format", home: "idl", words: "lymph.dict" },
    Target { name: "slice", home: "idl", words: "lymph.dict" },
    Target { name: "diff", home: "diff", words: "lymph.dict" },
    Target { name: "handshake", home: "zmtp", words: "wire.dict" },
    Target { name: "traffic", home: "zmtp", words: "wire.dict" },
    Target { name: "message", home: "runtime", words: "wire.dict" },
    Target { name: "arrivals", home: "runtime", words: "wire.dict" },
    Target { name: "claim", home: "runtime", words: "wire.dict" },
    Target { name: "hub", home: "runtime", words: "wire.dict" },
    Target { name: "live", home: "runtime", words: "wire.dict" },
];

/// Runs targets of `fuzz/` for a while each.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Which; all of them unless some are named
    #[arg(value_name = "TARGET", value_parser = PossibleValuesParser::new(TARGETS.map(|target| target.name)))]
    targets: Vec<String>,
    /// For how long each, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Then keep the fewest inputs that reach all that was reached, for `cargo test` to read
    #[arg(long)]
    keep: bool,
}

/// Fuzzes, starting from `tests/fuzzed/corpus` of the target's crate and, where schemas are read, from those
/// of the tests; what it finds new stays in `target/fuzz`, crashes in `fuzz/artifacts`.
///
/// # Errors
///
/// When a target fails; cargo-fuzz has printed the input by then.
pub(crate) fn run(options: &Options) -> Result<()> {
    install("cargo-fuzz", VERSION)?;
    let is_wanted = |target: &&Target| {
        options.targets.is_empty() || options.targets.iter().any(|name| name == target.name)
    };
    for target in TARGETS.iter().filter(is_wanted) {
        let found = root().join("target/fuzz").join(target.name);
        make(&found)?;
        make(&target.kept())?;
        if target.words == "lymph.dict" {
            seed(target.name, &found)?;
        }
        let (seconds, words) = (options.seconds, target.words);
        target
            .fuzz()
            .arg(&found)
            .arg(target.kept())
            .arg("--")
            .arg(format!("-max_total_time={seconds}"))
            .arg("-timeout=10")
            .arg("-rss_limit_mb=2048")
            .arg("-max_len=4096")
            .arg(format!("-dict=fuzz/{words}"))
            .run()?;
        if options.keep {
            keep(target, &found)?;
        }
    }
    Ok(())
}

impl Target {
    /// Inputs that all test runs read.
    fn kept(&self) -> PathBuf {
        root().join(self.home).join("tests/fuzzed/corpus").join(self.name)
    }

    /// cargo-fuzz asks the compiler for coverage, which stable compilers give only when told to.
    fn fuzz(&self) -> Line {
        let name = self.name;
        line(&program("cargo-fuzz"), &format!("run --fuzz-dir fuzz --sanitizer none {name}"))
            .env("RUSTC_BOOTSTRAP", "1")
    }
}

/// Copies the schemas of the tests: for `diff` both sides of a rule's case in one.
fn seed(target: &str, folder: &Path) -> Result<()> {
    let cases = root().join("diff/tests/rules");
    for case in fs::read_dir(&cases).with_context(|| format!("cannot read {}", cases.display()))? {
        let case = case?.path();
        let side = |name: &str| fs::read_to_string(case.join(name));
        let (Ok(old), Ok(new)) = (side("old.lymph"), side("new.lymph")) else { continue };
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if target == "diff" {
            fs::write(folder.join(name), format!("{old}\n=====\n{new}"))?;
        } else {
            fs::write(folder.join(format!("{name}-old")), old)?;
            fs::write(folder.join(format!("{name}-new")), new)?;
        }
    }
    Ok(())
}

/// Puts the fewest of all inputs in place of those kept. Who gave a file a name keeps it for another reason
/// than how far it leads, so that one stays.
fn keep(target: &Target, found: &Path) -> Result<()> {
    let fewest = root().join("target/fuzz").join(format!("{}.fewest", target.name));
    if fewest.exists() {
        fs::remove_dir_all(&fewest)?;
    }
    make(&fewest)?;
    let kept = target.kept();
    let merge = target.fuzz().arg(&fewest).arg(found).arg(&kept).arg("--").arg("-merge=1");
    merge.arg("-set_cover_merge=1").arg("-use_counters=0").arg("-max_len=4096").run()?;
    for input in inputs(&kept)?.iter().filter(|path| path.file_name().is_some_and(is_hash)) {
        fs::remove_file(input)?;
    }
    for input in inputs(&fewest)? {
        fs::copy(&input, kept.join(input.file_name().unwrap_or_default()))?;
    }
    Ok(())
}

fn inputs(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

/// Whether libFuzzer made the name: SHA-1 of the input.
fn is_hash(name: &OsStr) -> bool {
    name.len() == 40 && name.as_encoded_bytes().iter().all(u8::is_ascii_hexdigit)
}

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}
