//! `@lint.allow("rule", "why")`: findings that people have looked at and mean to keep.

use lymph_config::Level;
use lymph_idl::model::{CustomAttribute, Literal};
use lymph_idl::{Span, Spanned};

use crate::context::Context;
use crate::edits::remove_piece;
use crate::finding::{Findings, Fix, Lint};
use crate::levels::Levels;
use crate::rules::{SUPPRESSION_UNUSED, rule};
use crate::written::{self, Attribute};

/// Names of attributes that begin with this are ours.
const OURS: &str = "lint.";

/// The one that there is.
pub(crate) const ALLOW: &str = "lint.allow";

/// One `@lint.…` in the packages asked for.
pub(crate) struct Suppression<'a> {
    pub attribute: &'a CustomAttribute,
    /// Findings in here are meant.
    scope: Span,
    /// With its `@` and arguments, where it can be removed alone.
    pub written: Option<Span>,
}

impl Suppression<'_> {
    /// The rule that it names, if it is one as it should be.
    pub(crate) fn id(&self) -> Option<&str> {
        match self.attribute.arguments.as_slice() {
            [(None, Literal::String(id))] | [(None, Literal::String(id)), (None, Literal::String(_))]
                if self.attribute.name.value == ALLOW =>
            {
                Some(id)
            }
            _ => None,
        }
    }

    pub(crate) fn span(&self) -> Span {
        self.written.unwrap_or(self.attribute.name.span)
    }

    fn covers(&self, lint: &Lint) -> bool {
        let (scope, span) = (self.scope, lint.span);
        self.id() == Some(lint.rule.id)
            && scope.file == span.file
            && scope.start <= span.start
            && span.end <= scope.end
    }
}

/// Every `@lint.…` in the packages asked for.
pub(crate) fn suppressions<'a>(context: &Context<'a>) -> Vec<Suppression<'a>> {
    let mut found = Vec::new();
    let mut add = |attributes: &'a [CustomAttribute], scope: Span, written: &dyn Fn() -> Vec<Attribute>| {
        let ours: Vec<_> =
            attributes.iter().filter(|attribute| attribute.name.value.starts_with(OURS)).collect();
        if ours.is_empty() {
            return;
        }
        let written = written();
        // Whether a name begins with its `@` makes no difference here.
        let whole = |name: &Spanned<String>| written.iter().find(|one| one.name.span.end == name.span.end);
        for attribute in ours {
            let written = whole(&attribute.name).map(|attribute| attribute.span);
            found.push(Suppression { attribute, scope, written });
        }
    };
    for package in context.packages() {
        let end = u32::MAX;
        let scope = Span { start: 0, end, ..package.name.span };
        add(&package.attributes, scope, &|| written::package_attributes(context.schema, package.name.span));
    }
    for named in &context.named {
        let span = named.meta.span;
        add(&named.meta.attributes, span, &|| written::attributes(context.schema, span));
    }
    for interface in context.interfaces() {
        for emits in &interface.emits {
            add(&emits.attributes, emits.span, &Vec::new);
        }
        for raise in interface.methods.iter().flat_map(|method| &method.raises) {
            add(&raise.attributes, raise.span, &Vec::new);
        }
    }
    found
}

/// Drops what is allowed where it stands, and adds what allows nothing.
pub(crate) fn without_allowed(context: &Context<'_>, levels: &Levels, mut lints: Vec<Lint>) -> Vec<Lint> {
    let suppressions = suppressions(context);
    let mut used = vec![false; suppressions.len()];
    lints.retain(|lint| {
        let mut is_allowed = false;
        for (suppression, used) in suppressions.iter().zip(&mut used) {
            if suppression.covers(lint) {
                *used = true;
                is_allowed = true;
            }
        }
        !is_allowed
    });
    let mut findings = Findings::default();
    findings.begin(SUPPRESSION_UNUSED, levels.of(SUPPRESSION_UNUSED));
    for (suppression, _) in suppressions.iter().zip(used).filter(|(_, used)| !used) {
        // Unknown rules are told as such, and those that are off cannot find anything.
        let Some(rule) = suppression.id().and_then(rule) else { continue };
        if levels.of(rule) == Level::Allow || std::ptr::eq(rule, SUPPRESSION_UNUSED) {
            continue;
        }
        let fix = suppression.written.map(|span| Fix {
            title: "remove the attribute".to_owned(),
            edits: vec![remove_piece(context, span)],
        });
        findings
            .at(suppression.span(), format!("nothing here is found by `{}`", rule.id))
            .help("remove it, before it hides what somebody adds")
            .fix(fix);
    }
    lints.extend(findings.into_lints());
    lints
}
