//! What a file says about itself and its imports, read without parsing it: half-written files say it too.

use lymph_idl::{Punctuation, Token, TokenKind, tokens};

/// Package and imports of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// Dotted; empty if there is none.
    pub(crate) package: String,
    pub(crate) major: u32,
    /// Dotted names of the packages that `use` lines name.
    pub(crate) imports: Vec<String>,
}

impl Head {
    pub(crate) fn of(text: &str) -> Self {
        let mut head = Self::default();
        // Behind the last of the two words nothing is said; finding that is much faster than reading it.
        let Some(last) = text.rfind("use").max(text.rfind("package")) else { return head };
        let mut tokens = significant(text).peekable();
        let mut begins = true;
        while let Some(token) = tokens.next().filter(|token| token.range().start <= last) {
            let word = if begins && token.kind == TokenKind::Word { token.text(text) } else { "" };
            begins = matches!(
                token.kind,
                TokenKind::Punctuation(Punctuation::Semicolon | Punctuation::CloseBrace)
            );
            if !matches!(word, "package" | "use") {
                continue;
            }
            let mut path = String::new();
            while let Some(part) = tokens.next_if(|token| is_path(*token)) {
                path.push_str(part.text(text));
            }
            let path = path.trim_end_matches('.').to_owned();
            if word == "use" {
                // A field may be called `use`; no path follows it.
                head.imports.extend((!path.is_empty()).then_some(path));
            } else if head.package.is_empty() {
                head.package = path;
                let at = TokenKind::Punctuation(Punctuation::At);
                if tokens.next_if(|token| token.kind == at).is_some()
                    && let Some(version) = tokens.next_if(|token| token.kind == TokenKind::Number)
                {
                    let digits = version.text(text).split('.').next().unwrap_or_default();
                    head.major = digits.parse().unwrap_or(0);
                }
            }
        }
        head
    }
}

/// Tokens without comments and docs.
pub(crate) fn significant(text: &str) -> impl Iterator<Item = Token> {
    tokens(text).filter(|token| !is_comment(token.kind))
}

pub(crate) fn is_comment(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Comment | TokenKind::UnclosedComment | TokenKind::Doc | TokenKind::InnerDoc)
}

fn is_path(token: Token) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::Punctuation(Punctuation::Dot))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, package: &str, major: u32, imports: &[&str]) {
        let head = Head {
            package: package.into(),
            major,
            imports: imports.iter().map(|it| it.to_string()).collect(),
        };
        assert_eq!(Head::of(text), head);
    }

    #[test]
    fn heads_are_read_from_what_is_there() {
        check("", "", 0, &[]);
        check("package a.b", "a.b", 0, &[]);
        check(
            "//! d\npackage a.b @ 2.1.0;\nuse c.d.{E, F};\nstruct S { use: T }\nuse x@2;",
            "a.b",
            2,
            &["c.d", "x"],
        );
        check("package a @ 1.0.0;\nuse c.", "a", 1, &["c"]);
        check("package a @ 1.0.0;\n/// What you use.\nstruct S { caused: u8 }", "a", 1, &[]);
    }
}
