//! `cargo xtask fuzz`: arbitrary text for everything that reads schemas.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::shell::{Line, line, root};
use crate::tools::{install, program};

/// Known to work with the Rust we ask for.
const VERSION: &str = "0.13.2";

/// Runs targets of `fuzz/` for a while each.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Which; all of them unless some are named
    #[arg(value_name = "TARGET", value_parser = ["parse", "format", "slice", "diff"])]
    targets: Vec<String>,
    /// For how long each, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// Fuzzes, starting from `fuzz/corpus` and from the schemas of the tests; what it finds new stays in
/// `target/fuzz`, crashes in `fuzz/artifacts`.
///
/// # Errors
///
/// When a target fails; cargo-fuzz has printed the input by then.
pub(crate) fn run(options: &Options) -> Result<()> {
    install("cargo-fuzz", VERSION)?;
    let all = ["parse", "format", "slice", "diff"].map(str::to_owned);
    let targets = if options.targets.is_empty() { &all[..] } else { &options.targets };
    for target in targets {
        let found = root().join("target/fuzz").join(target);
        let kept = root().join("fuzz/corpus").join(target);
        fs::create_dir_all(&kept).with_context(|| format!("cannot make {}", kept.display()))?;
        fs::create_dir_all(&found).with_context(|| format!("cannot make {}", found.display()))?;
        seed(target, &found)?;
        let seconds = options.seconds;
        fuzz(&format!("run --fuzz-dir fuzz --sanitizer none {target}"))
            .arg(&found)
            .arg(kept)
            .arg("--")
            .arg(format!("-max_total_time={seconds}"))
            .arg("-timeout=10")
            .arg("-rss_limit_mb=2048")
            .arg("-max_len=4096")
            .arg("-dict=fuzz/lymph.dict")
            .run()?;
    }
    Ok(())
}

/// cargo-fuzz asks the compiler for coverage, which stable compilers give only when told to.
fn fuzz(words: &str) -> Line {
    line(&program("cargo-fuzz"), words).env("RUSTC_BOOTSTRAP", "1")
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
