//! A type that nothing needs.

use std::collections::BTreeSet;

use lymph_config::Level;
use lymph_idl::analysis::{Role, SymbolKind};

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "type-unused",
    level: Level::Allow,
    summary: "no schema of this run uses the type",
    explanation: "What nobody uses still has to be read, generated and kept compatible. Off by default, since a \
                  package may declare types for others that this run does not see; worth turning on where all \
                  schemas are in one repository.",
    examples: examples!("type-unused"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let own = context.named.iter().filter(|named| {
        matches!(named.kind, SymbolKind::Struct | SymbolKind::Enum | SymbolKind::Union | SymbolKind::Alias)
    });
    let mut used = BTreeSet::new();
    for found in context.analysis.occurrences().iter().filter(|found| found.role == Role::Reference) {
        let declaration = context.declared(found.symbol.name).map(|meta| meta.span);
        // A type that only it itself needs is not used.
        let is_within = declaration.is_some_and(|declaration| {
            declaration.file == found.span.file
                && declaration.start <= found.span.start
                && found.span.end <= declaration.end
        });
        if !is_within {
            used.insert(found.symbol.name);
        }
    }
    for named in own.filter(|named| !used.contains(&named.meta.name.span)) {
        let (noun, name) = (named.noun(), &named.meta.name);
        findings.at(name.span, format!("{noun} `{}` is never used", name.value)).help("use it, or remove it");
    }
}
