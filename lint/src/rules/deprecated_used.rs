//! What is deprecated is still needed by what is not.

use lymph_config::Level;

use crate::context::{Context, noun};
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "deprecated-used",
    level: Level::Warn,
    summary: "something that is not deprecated uses something that is",
    explanation: "Users of the one cannot leave the other, however often they are told to: their compiler warns about \
                  code that they did not write. Deprecate both, or give the one a successor of what it uses.",
    examples: examples!("deprecated-used"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for found in context.dependencies() {
        let Some(deprecated) = &found.used.deprecated else { continue };
        if context.is_deprecated(found.user) {
            continue;
        }
        let (user, what, name) = (context.named[found.user], noun(found.kind), &found.used.name);
        let help = match &deprecated.why {
            Some(why) => format!("its own advice: {why}"),
            None => "use its successor, or deprecate both".to_owned(),
        };
        let message =
            format!("{} `{}` uses deprecated {what} `{}`", user.noun(), user.meta.name.value, name.value);
        findings.at(found.span, message).help(help).related(name.span, "deprecated here");
    }
}
