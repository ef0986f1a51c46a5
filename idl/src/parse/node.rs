//! Pairs of pest with spans of ours.

use pest::iterators::{Pair, Pairs};

use super::Rule;
use crate::source::{FileId, Span};

/// A node of the concrete syntax.
#[derive(Clone)]
pub(super) struct Node<'i> {
    pair: Pair<'i, Rule>,
    pub(super) span: Span,
}

impl<'i> Node<'i> {
    pub(super) fn roots(file: FileId, pairs: Pairs<'i, Rule>) -> impl Iterator<Item = Self> {
        pairs.map(move |pair| {
            let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let span = Span { file, start: position(pair.as_span().start()), end: position(end(&pair)) };
            Self { pair, span }
        })
    }

    pub(super) fn rule(&self) -> Rule {
        self.pair.as_rule()
    }

    pub(super) fn text(&self) -> &'i str {
        self.pair.as_str()
    }

    pub(super) fn children(&self) -> impl Iterator<Item = Self> + use<'i> {
        Self::roots(self.span.file, self.pair.clone().into_inner())
    }

    /// The first child of a rule.
    pub(super) fn child(&self, rule: Rule) -> Option<Self> {
        self.children().find(|child| child.rule() == rule)
    }

    /// The first child of each rule.
    pub(super) fn pick<const N: usize>(&self, rules: [Rule; N]) -> Option<[Self; N]> {
        let nodes = rules.iter().map(|rule| self.child(*rule)).collect::<Option<Vec<_>>>()?;
        nodes.try_into().ok()
    }
}

/// Where the last token ends. Rules that end in something optional also cover the blanks behind them.
fn end(pair: &Pair<'_, Rule>) -> usize {
    match pair.clone().into_inner().next_back() {
        Some(last) if pair.as_rule() != Rule::string => end(&last),
        _ => pair.as_span().end(),
    }
}
