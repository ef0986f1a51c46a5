//! `any`: what no tool can check.

use lymph_config::Level;
use lymph_idl::model::{Scalar, TypeKind};

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "any-used",
    level: Level::Allow,
    summary: "a type is `any`",
    explanation: "No reader knows what comes, no generated code helps with it, and no comparison of two versions sees \
                  when it changes. A union names the shapes that there are, and is open for more. Off by default: \
                  some payloads really belong to somebody else.",
    examples: examples!("any-used"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for ty in context.type_uses() {
        if ty.kind == TypeKind::Scalar(Scalar::Any) {
            findings
                .at(ty.span, "`any` can be anything")
                .help("declare what comes: a struct, or a union of shapes");
        }
    }
}
