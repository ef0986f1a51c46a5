//! Packages are lower case.

use lymph_config::Level;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};
use crate::words::{is_lower_snake, lower_snake_words};

pub(super) const RULE: Rule = Rule {
    id: "package-name-case",
    level: Level::Warn,
    summary: "a package's name has upper case letters",
    explanation: "Packages become modules and folders. One case for all of them keeps imports guessable and works on \
                  file systems that do not tell cases apart. There is no automatic fix: files move and importing \
                  schemas change with the name.",
    examples: examples!("package-name-case"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for package in context.packages().filter(|package| !is_lower_snake(&package.name.value)) {
        let name = &package.name.value;
        findings
            .at(package.name.span, format!("package `{name}` is not in lower case"))
            .help(format!("call it `{}`, and move its file", lower_snake_words(name)));
    }
}
