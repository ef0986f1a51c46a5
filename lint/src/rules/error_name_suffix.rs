//! Errors need not say that they are errors.

use lymph_config::Level;
use lymph_idl::analysis::SymbolKind;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "error-name-suffix",
    level: Level::Allow,
    summary: "an error's name ends with `Error` or `Exception`",
    explanation: "`raises` and `error` say it already, and in generated code the name is a variant of an error enum. \
                  Python's peers know errors by their class names, which often end that way: `@wire` keeps them.",
    examples: examples!("error-name-suffix"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for named in context.named.iter().filter(|named| named.kind == SymbolKind::Error) {
        let name = &named.meta.name;
        let short = ["Error", "Exception"].iter().find_map(|suffix| name.value.strip_suffix(suffix));
        if let Some(short) = short.filter(|short| !short.is_empty()) {
            findings
                .at(name.span, format!("error `{}` says twice that it is one", name.value))
                .help(format!("call it `{short}`; `@wire(\"{}\")` keeps what travels", named.meta.wire));
        }
    }
}
