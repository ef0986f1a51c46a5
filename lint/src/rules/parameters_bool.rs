//! Several bare `bool` parameters side by side.

use lymph_config::Level;
use lymph_idl::model::{Field, Scalar, TypeKind};

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};
use crate::words::listed;

pub(super) const RULE: Rule = Rule {
    id: "parameters-bool",
    level: Level::Warn,
    summary: "a method has two or more `bool` parameters that must be given",
    explanation: "`search(\"x\", true, false)` says nothing, and swapping the two is no error anywhere. An enum names \
                  each choice, and gets a third variant without a new parameter. Optional ones and those with a \
                  default are given by name, so they are left alone.",
    examples: examples!("parameters-bool"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (_, method) in context.methods() {
        let is_bare_bool = |param: &&Field| {
            let ty = context.schema.resolve_alias(&param.ty);
            param.default.is_none() && ty.kind == TypeKind::Scalar(Scalar::Bool)
        };
        let bools: Vec<&Field> = method.params.iter().filter(is_bare_bool).collect();
        let [first, second, ..] = bools[..] else { continue };
        let names: Vec<String> = bools.iter().map(|param| format!("`{}`", param.meta.name.value)).collect();
        let message = format!("{} of `{}` are easily mixed up", listed(&names), method.meta.name.value);
        findings
            .at(second.meta.name.span, message)
            .help("give each an enum that names its choices, or a default")
            .related(first.meta.name.span, "a `bool` too");
    }
}
