//! The rules: one file each, named like its id.

mod alias_redundant;
mod any_used;
mod choice_closed;
mod constraint_redundant;
mod default_sentinel;
mod deprecated_unexplained;
mod deprecated_used;
mod docs_missing;
mod duration_untyped;
mod error_name_suffix;
mod error_unraised;
mod event_name_case;
mod event_name_tense;
mod event_unused;
mod http_idempotent_missing;
mod import_duplicate;
mod import_unsorted;
mod import_unused;
mod member_name_case;
mod method_idempotent_doubtful;
mod method_idempotent_missing;
mod method_timeout_missing;
mod money_float;
mod package_name_case;
mod parameter_unbounded;
mod parameters_bool;
mod parameters_too_many;
mod result_bare;
mod since_redundant;
mod suppression_unknown;
mod suppression_unused;
mod timestamp_untyped;
mod type_name_case;
mod type_unused;
mod unstable_used;
mod variant_name_prefix;
mod variant_unknown;
mod wire_redundant;

use crate::rule::Rule;

/// Every rule, by id.
pub static RULES: &[&Rule] = &[
    &alias_redundant::RULE,
    &any_used::RULE,
    &choice_closed::RULE,
    &constraint_redundant::RULE,
    &default_sentinel::RULE,
    &deprecated_unexplained::RULE,
    &deprecated_used::RULE,
    &docs_missing::RULE,
    &duration_untyped::RULE,
    &error_name_suffix::RULE,
    &error_unraised::RULE,
    &event_name_case::RULE,
    &event_name_tense::RULE,
    &event_unused::RULE,
    &http_idempotent_missing::RULE,
    &import_duplicate::RULE,
    &import_unsorted::RULE,
    &import_unused::RULE,
    &member_name_case::RULE,
    &method_idempotent_doubtful::RULE,
    &method_idempotent_missing::RULE,
    &method_timeout_missing::RULE,
    &money_float::RULE,
    &package_name_case::RULE,
    &parameter_unbounded::RULE,
    &parameters_bool::RULE,
    &parameters_too_many::RULE,
    &result_bare::RULE,
    &since_redundant::RULE,
    &suppression_unknown::RULE,
    SUPPRESSION_UNUSED,
    &timestamp_untyped::RULE,
    &type_name_case::RULE,
    &type_unused::RULE,
    &unstable_used::RULE,
    &variant_name_prefix::RULE,
    &variant_unknown::RULE,
    &wire_redundant::RULE,
];

/// Found by nobody's check: it is known only when all other rules are done.
pub(crate) static SUPPRESSION_UNUSED: &Rule = &suppression_unused::RULE;

/// The rule with this id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id).copied()
}
