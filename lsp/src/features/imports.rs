//! `use` lines, read from text that may be half written, and how to make room for another name.

use lymph_idl::{Punctuation, Token, TokenKind};

use crate::heads::significant;

/// One `use` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) package: String,
    pub(crate) major: Option<u32>,
    /// Names with what `as` makes of them; `None` for the package as a whole.
    pub(crate) names: Option<Vec<(String, Option<String>)>>,
    /// Where the `}` stands, and whether a comma stands before it.
    close: Option<(u32, bool)>,
    end: u32,
}

/// All `use` lines of a text, and where its `package` line ends.
pub(crate) fn uses(text: &str) -> (Vec<Use>, Option<u32>) {
    let tokens: Vec<Token> = significant(text).collect();
    let mut uses = Vec::new();
    let mut package_end = None;
    let mut at = 0;
    let mut begins = true;
    while let Some(token) = tokens.get(at) {
        at += 1;
        let word = if begins && token.kind == TokenKind::Word { token.text(text) } else { "" };
        begins = is(*token, Punctuation::Semicolon) || is(*token, Punctuation::CloseBrace);
        let ends = |from: usize| {
            let rest = tokens[from..].iter().position(|token| is(*token, Punctuation::Semicolon));
            rest.map_or(tokens.len(), |rest| from + rest)
        };
        match word {
            "package" if package_end.is_none() => {
                at = ends(at);
                package_end = tokens.get(at).map(|token| token.end);
            }
            "use" if tokens.get(at).is_some_and(|token| token.kind == TokenKind::Word) => {
                let end = ends(at);
                uses.push(one(
                    text,
                    &tokens[at..end],
                    tokens.get(end).map_or(text.len() as u32, |it| it.end),
                ));
                at = end;
            }
            _ => {}
        }
    }
    (uses, package_end)
}

fn is(token: Token, punctuation: Punctuation) -> bool {
    token.kind == TokenKind::Punctuation(punctuation)
}

fn one(text: &str, tokens: &[Token], end: u32) -> Use {
    let mut found = Use { package: String::new(), major: None, names: None, close: None, end };
    let mut name = String::new();
    let mut alias: Option<String> = None;
    let mut comma = true;
    for token in tokens {
        let written = token.text(text);
        match (&mut found.names, token.kind) {
            (None, TokenKind::Word) => found.package.push_str(written),
            (None, TokenKind::Punctuation(Punctuation::Dot)) => found.package.push('.'),
            (None, TokenKind::Number) => found.major = written.parse().ok(),
            (None, TokenKind::Punctuation(Punctuation::OpenBrace)) => found.names = Some(Vec::new()),
            (Some(_), TokenKind::Word) if written == "as" && !name.is_empty() && alias.is_none() => {
                alias = Some(String::new());
            }
            (Some(_), TokenKind::Word | TokenKind::Punctuation(Punctuation::Dot)) => {
                comma = false;
                alias.as_mut().unwrap_or(&mut name).push_str(written);
            }
            (Some(names), TokenKind::Punctuation(mark @ (Punctuation::Comma | Punctuation::CloseBrace))) => {
                if !name.is_empty() {
                    names.push((std::mem::take(&mut name), alias.take().filter(|alias| !alias.is_empty())));
                }
                if mark == Punctuation::CloseBrace {
                    found.close = Some((token.start, comma));
                    break;
                }
                comma = true;
            }
            _ => {}
        }
    }
    if let Some(names) = &mut found.names
        && !name.is_empty()
    {
        names.push((name, alias.filter(|alias| !alias.is_empty())));
    }
    found.package = found.package.trim_end_matches('.').to_owned();
    found
}

/// What to insert, and where, so that `name` of a package is imported. `major` only where there are several.
pub(crate) fn import(text: &str, package: &str, major: Option<u32>, name: &str) -> (u32, String) {
    let (uses, package_end) = uses(text);
    let same = uses.iter().find(|it| it.package == package && (major.is_none() || it.major == major));
    if let Some(Use { names: Some(names), close: Some((close, comma)), .. }) = same {
        let start = text[..*close as usize].trim_end().len() as u32;
        let separator = match (names.is_empty(), *comma) {
            (true, _) => "",
            (false, true) => " ",
            (false, false) => ", ",
        };
        return (start, format!("{separator}{name}"));
    }
    let major = major.map(|major| format!("@{major}")).unwrap_or_default();
    let line = format!("use {package}{major}.{{{name}}};");
    match (uses.last(), package_end) {
        (Some(last), _) => (last.end, format!("\n{line}")),
        (None, Some(end)) => (end, format!("\n\n{line}")),
        (None, None) => (0, format!("{line}\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, major: Option<u32>, expected: &str) {
        let (at, new) = import(text, "a.b", major, "C");
        assert_eq!([&text[..at as usize], &new, &text[at as usize..]].concat(), expected);
    }

    #[test]
    fn a_name_more_is_imported() {
        check("package p @ 1.0.0;\n", None, "package p @ 1.0.0;\n\nuse a.b.{C};\n");
        check("package p @ 1.0.0;\nuse x;\n", None, "package p @ 1.0.0;\nuse x;\nuse a.b.{C};\n");
        check("use a.b.{D};", None, "use a.b.{D, C};");
        check("use a.b.{};", None, "use a.b.{C};");
        check("use a.b.{\n  D as E,\n};", None, "use a.b.{\n  D as E, C\n};");
        check("use a.b;", None, "use a.b;\nuse a.b.{C};");
        check("use a.b@2.{D};", Some(1), "use a.b@2.{D};\nuse a.b@1.{C};");
        check("", None, "use a.b.{C};\n");
    }

    #[test]
    fn half_written_lines_are_read() {
        let names =
            |text: &str| uses(text).0.into_iter().map(|it| (it.package, it.names)).collect::<Vec<_>>();
        assert_eq!(names("use a."), [("a".to_owned(), None)]);
        assert_eq!(
            names("use a.{B as C, d.e"),
            [("a".to_owned(), Some(vec![("B".to_owned(), Some("C".to_owned())), ("d.e".to_owned(), None)]))]
        );
        assert_eq!(names("struct S { use: u8 }"), []);
    }
}
