//! Imports in order.

use lymph_config::Level;

use crate::context::Context;
use crate::finding::{Edit, Findings, Fix};
use crate::rule::{Rule, examples};
use crate::written::{Use, piece, uses};

pub(super) const RULE: Rule = Rule {
    id: "import-unsorted",
    level: Level::Allow,
    summary: "`use` lines, or the names in one, are not in order",
    explanation: "In order, an import is found at a glance, and two people who add one rarely touch the same line. \
                  Off by default: it is a matter of taste.",
    examples: examples!("import-unsorted"),
    fixable: true,
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for package in context.packages() {
        let lines = uses(context.schema, package.file);
        for line in &lines {
            check_names(line, findings);
        }
        for block in lines.chunk_by(|one, next| is_adjacent(context, one, next)) {
            check_lines(context, block, findings);
        }
    }
}

fn check_names(line: &Use, findings: &mut Findings) {
    let names = line.names.as_deref().unwrap_or_default();
    let out_of_order = names.windows(2).find(|pair| pair[0].name.value > pair[1].name.value);
    let Some([before, name]) = out_of_order else { return };
    let mut sorted = names.to_vec();
    sorted.sort_by(|one, other| one.name.value.cmp(&other.name.value));
    let fix = Fix {
        title: "sort the names".to_owned(),
        edits: vec![Edit::replace(line.span, line.with_names(&sorted))],
    };
    findings
        .at(name.span, format!("`{}` stands behind `{}`", name.name.value, before.name.value))
        .help("sort the names of an import")
        .fix((!line.has_comment).then_some(fix));
}

/// Whether nothing but one line's end stands between two imports; comments belong to what they stand above.
fn is_adjacent(context: &Context<'_>, one: &Use, next: &Use) -> bool {
    let between = &context.text(one.span.file)[one.span.end as usize..next.start()];
    between.trim().is_empty() && between.matches('\n').count() == 1
}

fn check_lines(context: &Context<'_>, block: &[Use], findings: &mut Findings) {
    let key = |line: &Use| (line.package.value.clone(), line.major.clone());
    let Some([before, line]) = block.windows(2).find(|pair| key(&pair[0]) > key(&pair[1])) else { return };
    let (Some(first), Some(last)) = (block.first(), block.last()) else { return };
    let mut sorted: Vec<&Use> = block.iter().collect();
    sorted.sort_by_key(|line| key(line));
    let texts: Vec<&str> = sorted.iter().map(|line| context.schema.sources.text(line.span)).collect();
    let whole = piece(first.span, first.start(), last.span.end as usize);
    let fix = Fix {
        title: "sort the imports".to_owned(),
        edits: vec![Edit::replace(whole, texts.join(context.line_end(first.span.file)))],
    };
    let message = format!("package `{}` stands behind `{}`", line.target(), before.target());
    findings.at(line.span, message).help("sort the imports").fix(fix);
}
