//! One package, one `use` line.

use lymph_config::Level;

use crate::context::Context;
use crate::edits::remove_piece;
use crate::finding::{Edit, Findings, Fix};
use crate::rule::{Rule, examples};
use crate::written::uses;

pub(super) const RULE: Rule = Rule {
    id: "import-duplicate",
    level: Level::Warn,
    summary: "two `use` lines take names from one package",
    explanation: "Whoever looks for where a name comes from finds the first line and stops there.",
    examples: examples!("import-duplicate"),
    fixable: true,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for package in context.packages() {
        let lines = uses(context.schema, package.file);
        for (index, line) in lines.iter().enumerate() {
            let Some(names) = &line.names else { continue };
            let mut earlier = lines[..index].iter();
            let first = earlier.find_map(|other| {
                let same = other.package.value == line.package.value && other.major == line.major;
                Some((other, other.names.as_ref().filter(|_| same)?))
            });
            let Some((first, first_names)) = first else { continue };
            let mut all = first_names.clone();
            all.extend(names.iter().cloned());
            let fix = Fix {
                title: "put both into one line".to_owned(),
                edits: vec![
                    Edit::replace(first.span, first.with_names(&all)),
                    remove_piece(context, line.span),
                ],
            };
            findings
                .at(line.span, format!("package `{}` is imported twice", line.target()))
                .help("put all names into one line")
                .related(first.span, "first here")
                .fix((!first.has_comment && !line.has_comment).then_some(fix));
        }
    }
}
