//! What others use says what it is for.

use lymph_config::Level;
use lymph_idl::analysis::SymbolKind;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "docs-missing",
    level: Level::Warn,
    summary: "a package, interface, method, type, error or event has no docs",
    explanation: "A schema is read by people who never see the code behind it, and its docs are in the generated code \
                  and in every tool. Say what a call does, what happens when it fails, and which unit numbers have. \
                  Members of types are left alone, and so is what is deprecated.",
    examples: examples!("docs-missing"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for package in context.packages().filter(|package| is_empty(&package.docs)) {
        let name = &package.name;
        findings
            .at(name.span, format!("package `{}` has no docs", name.value))
            .help("begin the file with `//! What it is for.`");
    }
    for (index, named) in context.named.iter().enumerate() {
        let is_used_by_name = !matches!(
            named.kind,
            SymbolKind::Field | SymbolKind::Parameter | SymbolKind::Variant | SymbolKind::Handler
        );
        if is_used_by_name && is_empty(&named.meta.docs) && !context.is_deprecated(index) {
            let (noun, name) = (named.noun(), &named.meta.name);
            findings
                .at(name.span, format!("{noun} `{}` has no docs", name.value))
                .help("put a line with `/// What it is for.` above it");
        }
    }
}

fn is_empty(docs: &[String]) -> bool {
    docs.iter().all(|line| line.trim().is_empty())
}
