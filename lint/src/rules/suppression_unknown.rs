//! `@lint.…` that means nothing.

use lymph_config::Level;
use lymph_idl::nearest;

use crate::context::Context;
use crate::finding::Findings;
use crate::levels::UnknownRule;
use crate::rule::{Rule, examples};
use crate::rules::rule;
use crate::suppress::{ALLOW, suppressions};

pub(super) const RULE: Rule = Rule {
    id: "suppression-unknown",
    level: Level::Deny,
    summary: "a `@lint.…` attribute names no rule, or is none that there is",
    explanation: "A suppression with a typing error hides nothing, and looks as if it did. Attributes that begin with \
                  `lint.` belong to the linter; the only one is `@lint.allow(\"rule\", \"why\")`.",
    examples: examples!("suppression-unknown"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for suppression in suppressions(context) {
        let name = &suppression.attribute.name.value;
        match suppression.id() {
            Some(id) if rule(id).is_some() => {}
            Some(id) => {
                let unknown = UnknownRule(id.to_owned());
                findings.at(suppression.span(), unknown.to_string()).help(unknown.help());
            }
            None if name != ALLOW => {
                let help = match nearest(name, [ALLOW]) {
                    Some(_) => format!("did you mean `@{ALLOW}`?"),
                    None => format!("there is only `@{ALLOW}(\"rule\", \"why\")`"),
                };
                findings.at(suppression.span(), format!("unknown attribute `@{name}`")).help(help);
            }
            None => {
                findings
                    .at(suppression.span(), format!("`@{ALLOW}` takes a rule, and if you like a reason"))
                    .help(format!("write `@{ALLOW}(\"rule\", \"why\")`"));
            }
        }
    }
}
