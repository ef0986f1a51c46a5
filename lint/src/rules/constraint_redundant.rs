//! Constraints that let everything through.

use lymph_config::Level;
use lymph_idl::model::Type;
use lymph_idl::{Punctuation, TokenKind, tokens};

use crate::constraints::is_no_limit;
use crate::context::Context;
use crate::edits::position;
use crate::finding::{Edit, Findings, Fix};
use crate::rule::{Rule, examples};
use crate::written::piece;

pub(super) const RULE: Rule = Rule {
    id: "constraint-redundant",
    level: Level::Warn,
    summary: "a constraint refuses nothing that its type does not refuse",
    explanation: "`u8(0..=255)` and `string(0..)` look like limits that somebody thought about. Say a limit that \
                  means something, or none.",
    examples: examples!("constraint-redundant"),
    fixable: true,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for ty in context.type_uses().into_iter().filter(|ty| !ty.constraints.is_empty()) {
        if !is_no_limit(ty) {
            continue;
        }
        let shown = context.schema.sources.text(ty.span);
        findings
            .at(ty.span, format!("the constraint of `{shown}` lets everything through"))
            .help("drop it, or make it narrower")
            .fix(without_constraint(context, ty));
    }
}

/// Removes what stands in parentheses; nothing else in a type has any.
fn without_constraint(context: &Context<'_>, ty: &Type) -> Option<Fix> {
    let text = context.schema.sources.text(ty.span);
    let mut depth = 0;
    let mut start = None;
    let mut last = None;
    for token in tokens(text) {
        match token.kind {
            TokenKind::Punctuation(Punctuation::OpenAngle) => depth += 1,
            TokenKind::Punctuation(Punctuation::CloseAngle) => depth -= 1,
            TokenKind::Punctuation(Punctuation::OpenParen) if depth == 0 => start = Some(token.start),
            TokenKind::Punctuation(Punctuation::CloseParen) if depth == 0 => last = Some(token.end),
            _ => {}
        }
    }
    let (start, end) = (ty.span.start + start?, ty.span.start + last?);
    let edits = vec![Edit::remove(piece(ty.span, start as usize, position(end as usize) as usize))];
    Some(Fix { title: "drop the constraint".to_owned(), edits })
}
