//! What is stable relies on what is not.

use lymph_config::Level;

use crate::context::{Context, noun};
use crate::finding::Findings;
use crate::rule::{Rule, examples};

pub(super) const RULE: Rule = Rule {
    id: "unstable-used",
    level: Level::Warn,
    summary: "something stable uses something `@unstable`",
    explanation: "`@unstable` says that something may change without a new major. A stable method whose result may \
                  change any day is not stable, whatever it says of itself.",
    examples: examples!("unstable-used"),
    fixable: false,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for found in context.dependencies().into_iter().filter(|found| found.used.unstable) {
        if context.lineage(found.user).any(|owner| owner.meta.unstable) {
            continue;
        }
        let (user, what, name) = (context.named[found.user], noun(found.kind), &found.used.name);
        let own = &user.meta.name.value;
        findings
            .at(found.span, format!("stable {} `{own}` uses unstable {what} `{}`", user.noun(), name.value))
            .help(format!("mark `{own}` as `@unstable` too, or wait until `{}` is stable", name.value))
            .related(name.span, "unstable here");
    }
}
