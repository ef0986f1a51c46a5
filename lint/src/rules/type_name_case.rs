//! Types and interfaces are in UpperCamelCase.

use lymph_config::Level;
use lymph_idl::analysis::SymbolKind;

use crate::context::Context;
use crate::edits::{in_case, rename};
use crate::finding::Findings;
use crate::rule::{Rule, examples};
use crate::words::is_upper_camel;

pub(super) const RULE: Rule = Rule {
    id: "type-name-case",
    level: Level::Warn,
    summary: "an interface or type is not in UpperCamelCase",
    explanation: "One case for types tells them from members at a glance, and generated code has that case anyway, so \
                  that another one in the schema is a name that nobody finds again. An interface is renamed \
                  automatically, with its old name kept on the wire; other types may be imported by schemas that \
                  this run does not see.",
    examples: examples!("type-name-case"),
    fixable: true,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for named in context.named.iter().filter(|named| is_type(named.kind)) {
        let name = &named.meta.name;
        let better = in_case(named.kind, &name.value);
        if is_upper_camel(&name.value) || better == name.value {
            continue;
        }
        let found = findings
            .at(name.span, format!("{} `{}` is not in UpperCamelCase", named.noun(), name.value))
            .help(format!("call it `{better}`"));
        // Nothing but its own file can name an interface.
        if named.kind == SymbolKind::Interface {
            found.fix(rename(context, named, &better));
        }
    }
}

fn is_type(kind: SymbolKind) -> bool {
    matches!(
        kind,
        SymbolKind::Interface
            | SymbolKind::Struct
            | SymbolKind::Enum
            | SymbolKind::Union
            | SymbolKind::Alias
            | SymbolKind::Error
    )
}
