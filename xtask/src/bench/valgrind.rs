//! callgrind: instructions counted one by one.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::numbers::share;
use super::{print, program};
use crate::shell::root;

/// Calls of one profile: enough to hide what starting costs.
const PROFILED_CALLS: u64 = 2000;

/// Lines of each part of a profile.
const LINES: usize = 30;

/// Instructions of one run of `bench` that makes `calls` calls, start and end included.
///
/// # Errors
///
/// When valgrind is not installed, with the command that does, and when the program fails.
pub(super) fn count(bench: &Path, scenario: &str, calls: u64) -> Result<u64> {
    let file = callgrind(bench, scenario, calls)?;
    let text = fs::read_to_string(&file)?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals:"));
    let total = total.with_context(|| format!("no totals in {}", file.display()))?;
    Ok(total.trim().parse()?)
}

/// Prints in which crates' code, and in which functions, instructions are spent.
///
/// # Errors
///
/// As [`count`].
pub(super) fn profile(bench: &Path, scenario: &str) -> Result<()> {
    let file = callgrind(bench, scenario, PROFILED_CALLS)?;
    let listing = program("callgrind_annotate", "--auto=no --threshold=100").arg(file).read()?;
    print(&profile_of(&listing))
}

/// Sums of `callgrind_annotate`'s listing, which has a line for each function in each file inlined into it.
fn profile_of(listing: &str) -> String {
    let (mut crates, mut functions, mut total) = (BTreeMap::new(), BTreeMap::new(), 0);
    for line in listing.lines() {
        // `1,234 ( 5.6%)  FILE:FUNCTION [OBJECT]`
        let Some((count, rest)) = line.trim_start().split_once(" (") else { continue };
        let Some((file, function)) = rest.split_once("%)").and_then(|(_, rest)| rest.split_once(':')) else {
            continue;
        };
        let Ok(count) = count.replace(',', "").parse::<u64>() else { continue };
        let function = function.rsplit_once(" [").map_or(function, |(function, _)| function).trim();
        *crates.entry(crate_of(file.trim())).or_insert(0) += count;
        *functions.entry(function).or_insert(0) += count;
        total += count;
    }
    let mut out = String::new();
    for (title, sums) in [("code of", crates), ("function", functions)] {
        let mut sums: Vec<_> = sums.into_iter().collect();
        sums.sort_by(|(_, left), (_, right)| right.cmp(left));
        out += &format!("{:>7}  {title}\n", "share");
        for (name, count) in sums.into_iter().take(LINES) {
            out += &format!("{:>7}  {name}\n", share(count as f64, total as f64));
        }
        out.push('\n');
    }
    out
}

/// The crate that a source file belongs to.
fn crate_of(file: &str) -> &str {
    if let Some((_, path)) = file.split_once("/registry/src/") {
        let folder = path.split('/').nth(1).unwrap_or(path);
        return folder.rsplit_once('-').map_or(folder, |(name, _)| name);
    }
    if let Some((_, path)) = file.split_once("/library/") {
        return path.split('/').next().unwrap_or(path);
    }
    if let Some((folder, _)) = file.split_once("/src/") {
        return folder.rsplit('/').next().unwrap_or(folder);
    }
    // What a C library was built from has no folder of its own.
    "libc and others"
}

fn callgrind(bench: &Path, scenario: &str, calls: u64) -> Result<PathBuf> {
    ensure!(
        program("valgrind", "--version").succeeds(),
        "valgrind is not installed; run: apt-get install -y --no-install-recommends valgrind"
    );
    let file = root().join("target/bench/callgrind.out");
    let mut out = OsString::from("--callgrind-out-file=");
    out.push(&file);
    let run = program("valgrind", "--quiet --tool=callgrind").arg(out);
    run.arg(bench).arg("count").arg(scenario).arg(calls.to_string()).read()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::profile_of;

    #[test]
    fn a_profile_sums_by_crate_and_by_function() {
        let listing = "\
Ir                  file:function
1,000 (100.0%)  PROGRAM TOTALS
600 (60.0%)  /a/registry/src/index-1/some-crate-1.2.3/src/lib.rs:lymph::call::{{closure}} [/x/bench]
200 (20.0%)  /rustc/abc/library/core/src/str.rs:lymph::call::{{closure}} [/x/bench]
150 (15.0%)  /x/runtime/src/node.rs:lymph::node::pick [/x/bench]
 50 ( 5.0%)  ./string/memmove.S:__memcpy [/lib/libc.so.6]
";
        let expected = "  share  code of
   60 %  some-crate
   20 %  core
   15 %  runtime
  5.0 %  libc and others

  share  function
   80 %  lymph::call::{{closure}}
   15 %  lymph::node::pick
  5.0 %  __memcpy

";
        assert_eq!(profile_of(listing), expected);
    }
}
