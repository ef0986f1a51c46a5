//! Parameters as long as a caller likes.

use lymph_config::Level;
use lymph_idl::analysis::SymbolKind;
use lymph_idl::model::{Scalar, Type, TypeKind};

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "parameter-unbounded",
    level: Level::Allow,
    summary: "a text, list, set or map parameter has no upper bound",
    explanation: "A bound is checked before the handler runs, so that a database column or a loop never sees what it \
                  cannot hold. Adding one later breaks callers that send more; relaxing one breaks nobody. Off by \
                  default: the whole message has a limit anyway.",
    examples: examples!("parameter-unbounded"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let params = context.fields().filter(|(named, _)| named.kind == SymbolKind::Parameter);
    for (named, param) in params {
        if let Some((ty, what)) = unbounded(context, &param.ty) {
            findings
                .at(ty, format!("{what} of parameter `{}` can be of any length", named.meta.name.value))
                .help("add a bound, as in `string(..=500)` or `list<uuid>(..=100)`");
        }
    }
}

/// Where a bound is missing, and what it would bound.
fn unbounded(context: &Context<'_>, written: &Type) -> Option<(lymph_idl::Span, &'static str)> {
    let mut ty = written;
    loop {
        if ty.constraints.max.is_some() || ty.constraints.pattern.is_some() {
            return None;
        }
        ty = match &ty.kind {
            TypeKind::Optional(inner) | TypeKind::Patch(inner) => inner,
            TypeKind::Named(_) => match context.schema.resolve_alias(ty) {
                target if target != ty => target,
                _ => return None,
            },
            TypeKind::Scalar(Scalar::String) => return Some((written.span, "the text")),
            TypeKind::Scalar(Scalar::Bytes) => return Some((written.span, "the bytes")),
            TypeKind::List(_) => return Some((written.span, "the list")),
            TypeKind::Set(_) => return Some((written.span, "the set")),
            TypeKind::Map(..) => return Some((written.span, "the map")),
            TypeKind::Scalar(_) => return None,
        };
    }
}
