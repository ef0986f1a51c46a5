//! Methods, parameters, fields, variants and handlers are in lower_snake_case.

use lymph_config::Level;
use lymph_idl::analysis::SymbolKind;

use crate::context::Context;
use crate::edits::{in_case, rename};
use crate::finding::Findings;
use crate::rule::{Rule, examples};
use crate::words::is_lower_snake;

pub(super) const RULE: Rule = Rule {
    id: "member-name-case",
    level: Level::Warn,
    summary: "a method, parameter, field, variant or handler is not in lower_snake_case",
    explanation: "Members travel by name, so what is written here is what shows up in logs, queues and JSON, beside \
                  names of other schemas. The fix keeps the old name on the wire with `@wire`, and generated code \
                  does not change.",
    examples: examples!("member-name-case"),
    fixable: true,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for named in context.named.iter().filter(|named| is_member(named.kind)) {
        let name = &named.meta.name;
        let better = in_case(named.kind, &name.value);
        // A handler without a name of its own has that of its event.
        let is_borrowed = named.kind == SymbolKind::Handler && !context.is_alias(name.span);
        if is_lower_snake(&name.value) || better == name.value || is_borrowed {
            continue;
        }
        findings
            .at(name.span, format!("{} `{}` is not in lower_snake_case", named.noun(), name.value))
            .help(format!("call it `{better}`; `@wire(\"{}\")` keeps what travels", named.meta.wire))
            .fix(rename(context, named, &better));
    }
}

fn is_member(kind: SymbolKind) -> bool {
    matches!(
        kind,
        SymbolKind::Method
            | SymbolKind::Parameter
            | SymbolKind::Field
            | SymbolKind::Variant
            | SymbolKind::Handler
    )
}
