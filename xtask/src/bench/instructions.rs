//! `cargo xtask bench --instructions`: what a call costs, repeatably, and against what the repository keeps.

use std::env;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::machine::Machine;
use super::numbers::with_commas;
use super::{print, program, read_lines, valgrind, write};

/// What the repository keeps.
const KEPT: &str = "docs/benchmarks/instructions.txt";

/// Calls of the two runs whose difference counts.
const CALLS: (u64, u64) = (500, 1500);

/// How far a count may be from the kept one: hashing is seeded anew in each process.
const TOLERANCE: f64 = 0.01;

/// One line of the file.
#[derive(Debug, PartialEq)]
struct Count {
    scenario: String,
    per_call: u64,
}

/// Counts, prints each beside the kept one, and fails when one differs; `BLESS=1` keeps the new ones.
pub(super) fn run(bench: &Path) -> Result<()> {
    let scenarios: Vec<String> =
        serde_json::from_str(&program(&bench.to_string_lossy(), "scenarios").read()?)?;
    let mut counts = Vec::new();
    for scenario in scenarios {
        eprintln!("counting {scenario}");
        let few = valgrind::count(bench, &scenario, CALLS.0)?;
        let many = valgrind::count(bench, &scenario, CALLS.1)?;
        let per_call = many.saturating_sub(few) / (CALLS.1 - CALLS.0);
        counts.push(Count { scenario, per_call });
    }
    let new = render(&counts, &Machine::this()?.rustc);
    if env::var_os("BLESS").is_some() {
        print(&new)?;
        return write(KEPT, &new);
    }
    let kept = read(&read_lines(KEPT).context("`BLESS=1 cargo xtask bench --instructions` writes it")?)?;
    let (table, changed) = compare(&kept, &counts);
    print(&table)?;
    ensure!(
        changed == 0,
        "{changed} counts are not those of {KEPT}: where that is meant, run \
         `BLESS=1 cargo xtask bench --instructions` and commit the file"
    );
    Ok(())
}

fn render(counts: &[Count], rustc: &str) -> String {
    let mut out = format!(
        "# Instructions of one call, client and server together, counted by callgrind with {rustc}.\n\
         # `cargo xtask bench --instructions` compares, `BLESS=1 cargo xtask bench --instructions` writes.\n"
    );
    for Count { scenario, per_call } in counts {
        out += &format!("{scenario:<20} {:>10}\n", with_commas(&per_call.to_string()));
    }
    out
}

fn read(lines: &[String]) -> Result<Vec<Count>> {
    let counts = lines.iter().filter(|line| !line.starts_with('#'));
    let count = |line: &String| {
        let (scenario, number) =
            line.rsplit_once(' ').with_context(|| format!("{KEPT}: no number in {line:?}"))?;
        let per_call = number.replace(',', "").parse().with_context(|| format!("{KEPT}: {line:?}"))?;
        Ok(Count { scenario: scenario.trim_end().to_owned(), per_call })
    };
    counts.map(count).collect()
}

/// A line for each count, and how many are not as kept.
fn compare(kept: &[Count], new: &[Count]) -> (String, usize) {
    let (mut out, mut changed) = (String::new(), 0);
    for Count { scenario, per_call } in new {
        let number = with_commas(&per_call.to_string());
        let before = kept.iter().find(|count| count.scenario == *scenario);
        let change = before.map(|before| *per_call as f64 / before.per_call as f64 - 1.0);
        let says = match change {
            None => "new".to_owned(),
            Some(change) if change.abs() <= TOLERANCE => "as kept".to_owned(),
            Some(change) => format!("{:+.1} %", 100.0 * change),
        };
        changed += usize::from(says != "as kept");
        out += &format!("{scenario:<20} {number:>10}  {says}\n");
    }
    for Count { scenario, .. } in
        kept.iter().filter(|kept| !new.iter().any(|it| it.scenario == kept.scenario))
    {
        out += &format!("{scenario:<20} {:>10}  gone\n", "");
        changed += 1;
    }
    (out, changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(scenario: &str, per_call: u64) -> Count {
        Count { scenario: scenario.to_owned(), per_call }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let counts = [count("memory small x1", 12_345), count("loopback blob x1", 1_234_567)];
        let lines: Vec<_> = render(&counts, "rustc 1.0").lines().map(str::to_owned).collect();
        assert_eq!(read(&lines).expect("readable"), counts);
    }

    #[test]
    fn changes_are_told() {
        let kept = [count("same", 10_000), count("slower", 10_000), count("left", 1)];
        let new = [count("same", 10_090), count("slower", 12_500), count("added", 7)];
        let (table, changed) = compare(&kept, &new);
        let lines: Vec<_> =
            table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(lines, ["same 10,090 as kept", "slower 12,500 +25.0 %", "added 7 new", "left gone"]);
        assert_eq!(changed, 3);
    }
}
