//! What rules find, and how it can be repaired.

use lymph_config::Level;
use lymph_idl::Span;

use crate::rule::Rule;

/// One finding of one rule.
#[derive(Debug, Clone)]
pub struct Lint {
    /// What found it.
    pub rule: &'static Rule,
    /// How much it matters here; never [`Level::Allow`] in a result.
    pub level: Level,
    /// Where it is.
    pub span: Span,
    /// In lower case, without a final stop, names in backticks.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places that have to do with it, each with what it is.
    pub related: Vec<(Span, String)>,
    /// How to repair it without a human.
    pub fix: Option<Fix>,
}

impl Lint {
    pub(crate) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn related(&mut self, span: Span, label: impl Into<String>) -> &mut Self {
        self.related.push((span, label.into()));
        self
    }

    pub(crate) fn fix(&mut self, fix: impl Into<Option<Fix>>) -> &mut Self {
        self.fix = fix.into();
        self
    }
}

/// Edits that belong together: all of them or none. What travels stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an editor's menu shows it.
    pub title: String,
    /// In any order; none overlaps another one.
    pub edits: Vec<Edit>,
}

/// Text that takes the place of other text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What goes; empty to insert.
    pub span: Span,
    /// What comes.
    pub text: String,
}

/// Where rules put what they find.
#[derive(Default)]
pub(crate) struct Findings {
    lints: Vec<Lint>,
    rule: Option<(&'static Rule, Level)>,
}

impl Findings {
    /// What follows was found by `rule`.
    pub(crate) fn begin(&mut self, rule: &'static Rule, level: Level) {
        self.rule = Some((rule, level));
    }

    /// Adds a finding; what it returns takes help, related places and a fix.
    pub(crate) fn at(&mut self, span: Span, message: impl Into<String>) -> &mut Lint {
        let (rule, level) = self.rule.expect("`begin` comes first");
        self.lints.push(Lint {
            rule,
            level,
            span,
            message: message.into(),
            help: None,
            related: Vec::new(),
            fix: None,
        });
        self.lints.last_mut().expect("just pushed")
    }

    pub(crate) fn into_lints(self) -> Vec<Lint> {
        self.lints
    }
}
