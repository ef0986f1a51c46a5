//! What each word is, for clients that colour by meaning.

use gen_lsp_types as lsp;
use lymph_idl::analysis::{Role, SymbolKind};
use lymph_idl::language::builtin_types;
use lymph_idl::{Keyword, Punctuation, TokenKind};
use serde_json::{Value, json};

use crate::uri::path_of;
use crate::workspace::Workspace;

/// Names of the protocol, in the order of [`Kind`].
const KINDS: &[&str] = &[
    "namespace",
    "interface",
    "method",
    "parameter",
    "function",
    "struct",
    "enum",
    "type",
    "event",
    "property",
    "enumMember",
    "keyword",
    "decorator",
    "comment",
    "string",
    "number",
];

/// What a word can be.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Namespace,
    Interface,
    Method,
    Parameter,
    Function,
    Struct,
    Enum,
    Type,
    Event,
    Property,
    EnumMember,
    Keyword,
    Decorator,
    Comment,
    String,
    Number,
}

const DECLARATION: u32 = 1;
const DOCUMENTATION: u32 = 2;
const DEFAULT_LIBRARY: u32 = 4;

pub(crate) fn legend() -> Value {
    json!({ "tokenTypes": KINDS, "tokenModifiers": ["declaration", "documentation", "defaultLibrary"] })
}

/// Every word, text, number and comment of a file.
pub(crate) fn tokens(
    workspace: &Workspace,
    params: &lsp::SemanticTokensParams,
) -> Option<lsp::SemanticTokens> {
    let (analyzed, file) = workspace.analyzed(&path_of(&params.text_document.uri.0))?;
    let text = analyzed.text(file);
    let found = analyzed.analysis.occurrences_in(file);
    let encoding = workspace.agreed.encoding;
    let mut pieces = Pieces { data: Vec::new(), line: 0, start: 0 };
    let mut before = None;
    for token in lymph_idl::tokens(&text.text) {
        let (start, end) = (token.start, token.end);
        let after_at = before == Some(TokenKind::Punctuation(Punctuation::At));
        before = Some(token.kind);
        let kind = match token.kind {
            TokenKind::Word => {
                let at = found.partition_point(|it| it.span.end <= start);
                let symbol = found.get(at).filter(|it| it.span.start <= start);
                match symbol {
                    Some(it) => {
                        let declared = if it.role == Role::Definition { DECLARATION } else { 0 };
                        Some((of_symbol(it.symbol.kind), declared))
                    }
                    None => of_word(token.text(&text.text), after_at),
                }
            }
            TokenKind::Number => Some((Kind::Number, 0)),
            TokenKind::Text | TokenKind::UnclosedText => Some((Kind::String, 0)),
            TokenKind::Comment | TokenKind::UnclosedComment => Some((Kind::Comment, 0)),
            TokenKind::Doc | TokenKind::InnerDoc => Some((Kind::Comment, DOCUMENTATION)),
            _ => None,
        };
        let Some((kind, modifiers)) = kind else { continue };
        // One piece for each line: not every client takes pieces of several.
        for line in text.line_of(start)..=text.line_of(end.saturating_sub(1).max(start)) {
            let Some(whole) = text.line(line) else { continue };
            let (from, to) = (start.max(whole.start as u32), end.min(whole.end as u32));
            if from < to {
                let range = text.range(from..to, encoding);
                pieces.push(range, kind, modifiers);
            }
        }
    }
    Some(lsp::SemanticTokens { result_id: None, data: pieces.data })
}

fn of_symbol(kind: SymbolKind) -> Kind {
    match kind {
        SymbolKind::Package => Kind::Namespace,
        SymbolKind::Interface => Kind::Interface,
        SymbolKind::Method => Kind::Method,
        SymbolKind::Parameter => Kind::Parameter,
        SymbolKind::Handler => Kind::Function,
        SymbolKind::Struct | SymbolKind::Error => Kind::Struct,
        SymbolKind::Enum | SymbolKind::Union => Kind::Enum,
        SymbolKind::Alias => Kind::Type,
        SymbolKind::Event => Kind::Event,
        SymbolKind::Field => Kind::Property,
        SymbolKind::Variant => Kind::EnumMember,
    }
}

fn of_word(word: &str, after_at: bool) -> Option<(Kind, u32)> {
    if after_at {
        return Some((Kind::Decorator, 0));
    }
    if builtin_types().any(|builtin| builtin == word) {
        return Some((Kind::Type, DEFAULT_LIBRARY));
    }
    Keyword::from_text(word).map(|_| (Kind::Keyword, 0))
}

/// Tokens as the protocol counts them: each from the one before.
struct Pieces {
    data: Vec<lsp::SemanticToken>,
    line: u32,
    start: u32,
}

impl Pieces {
    fn push(&mut self, range: lsp::Range, kind: Kind, modifiers: u32) {
        let (line, start) = (range.start.line, range.start.character);
        let delta_start = if line == self.line { start - self.start } else { start };
        self.data.push(lsp::SemanticToken {
            delta_line: line - self.line,
            delta_start,
            length: range.end.character - start,
            token_type: kind as u32,
            token_modifiers_bitset: modifiers,
        });
        (self.line, self.start) = (line, start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_names() {
        assert_eq!(KINDS[Kind::Namespace as usize], "namespace");
        assert_eq!(KINDS[Kind::Decorator as usize], "decorator");
        assert_eq!(KINDS.len(), Kind::Number as usize + 1);
    }
}
