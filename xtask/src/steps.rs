//! The steps of `cargo xtask test`, cheapest first.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::shell::{cargo, line, root};
use crate::{metadata, setup};

/// One check, which prints what it does.
pub(crate) struct Step {
    /// What `--only` and `--skip` call it.
    pub(crate) name: &'static str,
    /// What it shows, in a few words.
    pub(crate) about: &'static str,
    /// Returns a line for the summary, which may be empty.
    pub(crate) run: fn() -> Result<String>,
}

/// All of them, in order.
///
/// They share one profile and one set of flags, so that each dependency is checked once and built
/// once. `test` comes last: its results are what is left on the screen.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "setup", about: "servers, Python and Node.js are there", run: set_up },
    Step { name: "format", about: "rustfmt has nothing to change", run: format },
    Step { name: "clippy", about: "no warning in any target", run: clippy },
    Step { name: "features", about: "each feature works alone, and none", run: features },
    Step { name: "doc", about: "documentation builds without a warning", run: doc },
    Step { name: "quickstart", about: "the README's first command works", run: quickstart },
    Step { name: "test", about: "unit, golden, doc and end-to-end tests", run: test },
];

fn set_up() -> Result<String> {
    setup::run()?;
    Ok(String::new())
}

fn format() -> Result<String> {
    cargo("fmt --all --check").run()?;
    cargo("fmt --check --manifest-path tests/bench/Cargo.toml").run()?;
    // A macro declares the modules of these, which keeps cargo from finding them.
    let mut rustfmt = line("rustfmt", "--check --edition 2024");
    for family in ["event", "method", "shape", "version"] {
        let folder = root().join("diff/src/rules").join(family);
        for file in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            rustfmt = rustfmt.arg(file?.path());
        }
    }
    ensure!(
        rustfmt.succeeds(),
        "rustfmt would change rules: run `rustfmt --edition 2024 diff/src/rules/*/*.rs`"
    );
    Ok(String::new())
}

fn clippy() -> Result<String> {
    cargo("clippy --workspace --all-targets -- -D warnings").run()?;
    Ok(String::new())
}

/// Clippy instead of `check`: code that only one feature uses is unused without it.
fn features() -> Result<String> {
    let mut combinations = 0;
    for (name, features) in metadata::features()? {
        let clippy = format!("clippy --package {name} --no-default-features");
        cargo(&format!("{clippy} -- -D warnings")).run()?;
        for feature in &features {
            cargo(&format!("{clippy} --features {feature} -- -D warnings")).run()?;
        }
        combinations += 1 + features.len();
    }
    Ok(format!("{combinations} combinations"))
}

fn doc() -> Result<String> {
    cargo("doc --workspace --no-deps").env("RUSTDOCFLAGS", "-D warnings").run()?;
    Ok(String::new())
}

/// Seconds that the program may take once it is built; it takes one.
const QUICKSTART_SECONDS: u32 = 60;

/// Lines of its output that hold what happened between its processes.
const QUICKSTART_SAYS: &[&str] = &["Hi, Joe!", "Somebody greeted Joe", "EmptyName", "drained and stopped"];

fn quickstart() -> Result<String> {
    cargo("build --package quickstart").run()?;
    let mut missing = QUICKSTART_SAYS.to_vec();
    line("timeout", &format!("{QUICKSTART_SECONDS} cargo run --package quickstart"))
        .tee(|line| missing.retain(|said| !line.contains(said)))?;
    ensure!(missing.is_empty(), "it never said {missing:?}");
    Ok(String::new())
}

/// Runs everything even when a test fails, so that one run shows all there is to mend.
fn test() -> Result<String> {
    let mut totals = Totals::default();
    let result = cargo("test --workspace --no-fail-fast").tee(|line| totals.add(line));
    result.with_context(|| totals.to_string())?;
    ensure!(totals.passed > 0, "no test ran");
    Ok(totals.to_string())
}

/// Sums over the `test result:` lines of all test binaries.
#[derive(Default)]
struct Totals {
    binaries: u32,
    passed: u32,
    failed: u32,
    ignored: u32,
    /// Names of failed tests.
    failures: Vec<String>,
}

impl Totals {
    /// Counts one line such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`, and keeps the
    /// name out of `test NAME ... FAILED`.
    fn add(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            self.failures.push(name.to_owned());
        }
        let Some(counts) = line.strip_prefix("test result: ") else { return };
        self.binaries += 1;
        for count in counts.split(['.', ';']) {
            let Some((number, what)) = count.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u32>() else { continue };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

impl std::fmt::Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { binaries, passed, failed, ignored, failures } = self;
        write!(f, "{passed} passed; {failed} failed; {ignored} ignored; in {binaries} test binaries")?;
        failures.iter().try_for_each(|name| write!(f, "\n  failed: {name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Totals;

    #[test]
    fn totals_are_read_from_result_lines() {
        let mut totals = Totals::default();
        totals.add("running 4 tests");
        totals.add(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.0s",
        );
        totals.add("test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 7 filtered out");
        totals.add("test names::tests::keywords ... FAILED");
        let text = "4 passed; 2 failed; 1 ignored; in 2 test binaries\n  failed: names::tests::keywords";
        assert_eq!(totals.to_string(), text);
    }
}
