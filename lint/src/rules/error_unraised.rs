//! An error that no method raises.

use std::collections::BTreeSet;

use lymph_config::Level;
use lymph_idl::model::TypeDefKind;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "error-unraised",
    level: Level::Warn,
    summary: "no method raises the error",
    explanation: "Callers only see errors that `raises` lists; what a method returns beside them reaches callers as a \
                  failure without a type. An error that stands beside interfaces but in no list is a leftover, or was \
                  forgotten in one. Packages without interfaces are left alone: they declare errors for others.",
    examples: examples!("error-unraised"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let methods = context.schema.packages.iter().flat_map(|package| &package.interfaces);
    let methods = methods.flat_map(|interface| &interface.methods);
    let raised: BTreeSet<_> = methods.flat_map(|method| &method.raises).map(|raise| raise.error).collect();
    for package in context.packages().filter(|package| !package.interfaces.is_empty()) {
        for def in package.types.iter().map(|id| context.schema.type_def(*id)) {
            if matches!(def.kind, TypeDefKind::Error(_)) && !raised.contains(&def.id) {
                let name = &def.meta.name;
                findings.at(name.span, format!("no method raises error `{}`", name.value)).help(format!(
                    "add `raises {}` to the methods that fail this way, or remove it",
                    name.value
                ));
            }
        }
    }
}
