//! `cargo xtask bench`: how fast lymph is beside others that do the same.
//!
//! `tests/bench` measures and prints numbers; what is written here makes a page of them.

mod chart;
mod instructions;
mod machine;
mod numbers;
mod page;
mod results;
mod valgrind;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::shell::{Line, cargo, line, root};
use machine::Machine;
use results::Report;

/// What each sample of a short run takes, in words of `lymph-bench run`.
const QUICK: &str = "--rounds 1 --sample-millis 250 --warm-up-millis 150 --in-flight 1,64";

/// Measures, prints a page, and writes docs/benchmarks.md with its chart.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// In less than a minute, with less to rely on: prints the page and leaves docs/ alone
    #[arg(long)]
    quick: bool,
    /// These subjects only, or `events` or `discovery`; leaves docs/ alone
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
    /// Writes the page again from what was measured last, and measures nothing
    #[arg(long, conflicts_with_all = ["quick", "only"])]
    rewrite: bool,
    /// Counts instructions of a call instead, and compares them with docs/benchmarks/instructions.txt; `BLESS=1`
    /// writes that file
    #[arg(long, conflicts_with_all = ["quick", "only", "rewrite"])]
    instructions: bool,
    /// Shows where a call spends its instructions; names are those of `--instructions`
    #[arg(long, value_name = "NAME", conflicts_with_all = ["quick", "only", "rewrite", "instructions"])]
    profile: Option<String>,
}

/// Builds `tests/bench` with optimizations, which takes minutes the first time, and runs it.
///
/// # Errors
///
/// When something does not build, start or answer, when valgrind is needed and missing, and when instructions
/// are not what the file says.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.instructions {
        return instructions::run(&build()?);
    }
    if let Some(scenario) = &options.profile {
        return valgrind::profile(&build()?, scenario);
    }
    let kept = root().join("target/bench/results.json");
    if !options.rewrite {
        let measured = measure(options)?;
        fs::write(&kept, serde_json::to_string_pretty(&measured)?)
            .with_context(|| format!("cannot write {}", kept.display()))?;
    }
    let text = fs::read_to_string(&kept)
        .with_context(|| format!("cannot read {}: run `cargo xtask bench` first", kept.display()))?;
    let report: Report =
        serde_json::from_str(&text).context("measured by another version of this program")?;
    let page = page::page(&report);
    print(&page)?;
    if options.quick || !options.only.is_empty() {
        return Ok(());
    }
    write("docs/benchmarks.md", &page)?;
    chart::chart(&report).map_or(Ok(()), |svg| write("docs/benchmarks/calls.svg", &svg))
}

fn measure(options: &Options) -> Result<Report> {
    let mut command = line(&build()?.to_string_lossy(), "run");
    if options.quick {
        for word in QUICK.split_whitespace() {
            command = command.arg(word);
        }
    }
    if !options.only.is_empty() {
        command = command.arg("--only").arg(options.only.join(","));
    }
    let results = serde_json::from_str(&command.read_stdout()?)?;
    Ok(Report { machine: Machine::this()?, results })
}

/// Builds the program that measures, and returns where it is.
fn build() -> Result<PathBuf> {
    let target = root().join("target/bench");
    cargo("build --release --manifest-path tests/bench/Cargo.toml --target-dir").arg(&target).run()?;
    Ok(target.join("release/lymph-bench"))
}

fn print(text: &str) -> Result<()> {
    use std::io::Write;
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

fn write(path: &str, text: &str) -> Result<()> {
    let path = root().join(path);
    fs::create_dir_all(path.parent().expect("a file is in a folder"))?;
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    eprintln!("wrote {}", path.display());
    Ok(())
}

/// What the repository keeps of one file, as lines.
fn read_lines(path: &str) -> Result<Vec<String>> {
    let path = root().join(path);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// A program of the machine, with words separated by spaces.
fn program(name: &str, words: &str) -> Line {
    line(name, words)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::{env, fs};

    use super::{chart, page};

    /// Each folder of `tests/bench` has numbers, and what is written of them.
    #[test]
    fn numbers_become_a_page() {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench");
        let mut checked = 0;
        for case in fs::read_dir(cases).expect("the corpus is there") {
            check(&case.expect("readable").path());
            checked += 1;
        }
        assert!(checked > 1, "{checked} cases");
    }

    fn check(case: &Path) {
        let numbers = fs::read_to_string(case.join("numbers.json")).expect("each case has numbers");
        let report = serde_json::from_str(&numbers).expect("numbers of a run");
        for (name, text) in
            [("page.txt", page::page(&report)), ("calls.svg", chart::chart(&report).unwrap_or_default())]
        {
            let file = case.join(name);
            if env::var_os("BLESS").is_some() {
                fs::write(&file, &text).expect("writable");
            }
            let expected = fs::read_to_string(&file).unwrap_or_default();
            assert!(text == expected, "{}: `BLESS=1` writes what is new:\n{text}", file.display());
        }
    }
}
