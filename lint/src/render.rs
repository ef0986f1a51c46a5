//! A finding as people read it, with the lines it is about.

use std::fmt;

use lymph_config::Level;
use lymph_idl::{RenderOptions, SourceMap};
use miette::{Diagnostic, LabeledSpan, Severity};

use crate::finding::Lint;

/// A finding with its source lines.
#[must_use]
pub fn render(lint: &Lint, sources: &SourceMap, options: RenderOptions) -> String {
    lymph_idl::render(lint, sources, options)
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Lint {}

impl Diagnostic for Lint {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.rule.id))
    }

    fn severity(&self) -> Option<Severity> {
        Some(if self.level == Level::Deny { Severity::Error } else { Severity::Warning })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let here = LabeledSpan::new_primary_with_span(None, self.span);
        let others = self.related.iter();
        let others = others.map(|(span, label)| LabeledSpan::new_with_span(Some(label.clone()), *span));
        Some(Box::new(std::iter::once(here).chain(others)))
    }
}
