//! Money that does not add up.

use lymph_config::Level;
use lymph_idl::model::Scalar;

use crate::context::Context;
use crate::finding::Findings;
use crate::rule::{Rule, examples};
use crate::words::words;

pub(super) const RULE: Rule = Rule {
    id: "money-float",
    level: Level::Warn,
    summary: "a field named like an amount of money is a float",
    explanation: "Binary floats cannot hold 0.10, so that sums are off by a cent sooner or later, and comparing two of \
                  them is a guess. `decimal` keeps every digit; so does an integer of the smallest unit.",
    examples: examples!("money-float"),
    fixable: false,
    check,
};

const MONEY: &[&str] =
    &["balance", "budget", "cost", "costs", "fee", "fees", "price", "refund", "salary", "tax"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (named, field) in context.fields() {
        let name = &named.meta.name;
        let is_money = words(&name.value).last().is_some_and(|last| MONEY.contains(&last.as_str()));
        let scalar = context.scalar(&field.ty).filter(|scalar| matches!(scalar, Scalar::F32 | Scalar::F64));
        if let Some(scalar) = scalar.filter(|_| is_money) {
            findings
                .at(
                    field.ty.span,
                    format!(
                        "{} `{}` is money, but its type is `{}`",
                        named.noun(),
                        name.value,
                        scalar.name()
                    ),
                )
                .help("make it a `decimal`");
        }
    }
}
