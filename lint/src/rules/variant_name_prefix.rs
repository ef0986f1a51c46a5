//! Variants need not repeat the name of their enum.

use heck::ToSnakeCase;
use lymph_config::Level;
use lymph_idl::analysis::SymbolKind;

use crate::context::{Context, Named};
use crate::edits::rename;
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "variant-name-prefix",
    level: Level::Warn,
    summary: "every variant repeats the name of its enum or union",
    explanation: "Other schema languages share one scope among all enums, so that their variants carry a prefix. Here \
                  each enum has a scope of its own, and generated code reads `Color::Red`, not `Color::ColorRed`. \
                  The fix keeps the old names on the wire.",
    examples: examples!("variant-name-prefix"),
    fixable: true,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (index, owner) in context.named.iter().enumerate() {
        if !matches!(owner.kind, SymbolKind::Enum | SymbolKind::Union) {
            continue;
        }
        let prefix = format!("{}_", owner.meta.name.value.to_snake_case());
        let variants: Vec<&Named<'_>> = context.members(index).collect();
        let short = |variant: &Named<'_>| {
            let rest = variant.meta.name.value.to_snake_case().strip_prefix(&prefix)?.to_owned();
            rest.starts_with(|first: char| first.is_ascii_alphabetic()).then_some(rest)
        };
        let shorter: Vec<String> = variants.iter().filter_map(|variant| short(variant)).collect();
        if variants.len() < 2 || shorter.len() < variants.len() {
            continue;
        }
        for (variant, better) in variants.iter().zip(shorter) {
            let name = &variant.meta.name;
            findings
                .at(name.span, format!("variant `{}` repeats the name of its {}", name.value, owner.noun()))
                .help(format!("call it `{better}`; `@wire(\"{}\")` keeps what travels", variant.meta.wire))
                .fix(rename(context, variant, &better));
        }
    }
}
