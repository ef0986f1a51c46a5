//! Messages of the compiler are part of what users get. `TRYBUILD=overwrite` writes them anew.

use std::process::Command;

/// The compiler whose messages stand in `ui/fail`; others word them in another way.
const WRITTEN_WITH: &str = "rustc 1.95.";

#[test]
fn mistakes_are_told_in_words_of_the_schema() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    let rustc = Command::new("rustc").arg("--version").output().expect("it has just compiled us");
    let version = String::from_utf8_lossy(&rustc.stdout).into_owned();
    if version.starts_with(WRITTEN_WITH) {
        cases.compile_fail("ui/fail/*.rs");
    } else {
        eprintln!("skipped: the messages are those of {WRITTEN_WITH}x, this is {version}");
    }
}
