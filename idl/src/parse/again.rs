//! A file parsed again after a change: declarations whose text is still the same are kept.

use std::ops::Range;
use std::sync::Arc;

use super::Parser;
use crate::ast;
use crate::ast::moved::Move;
use crate::lex::{Punctuation, TokenKind, tokens};
use crate::limits::Limits;
use crate::source::{FileId, Span};

/// Makes `file`, which was read from `old` without any error, what [`parse`](super::parse) makes of `new`.
///
/// `false` when that takes reading all of it, as after errors and outside of declarations; `file` is as it
/// was then.
pub(crate) fn parse_again(file: &mut ast::File, id: FileId, old: &str, new: &str, limits: &Limits) -> bool {
    let Some(changed) = Changed::between(file, old, new) else { return false };
    let Changed { first, last, start, end, moved } = changed;
    let Some(read) = read(id, new, start..end, limits) else { return false };
    let old_end = end.saturating_add_signed(-moved as isize);
    let count = file.tokens - tokens(&old[start..old_end]).count() + tokens(&new[start..end]).count();
    if count > limits.file_tokens {
        return false;
    }
    file.tokens = count;
    file.items[last..].move_by(moved);
    file.items.splice(first..last, read);
    true
}

/// What has to be read again.
struct Changed {
    /// Declarations that are made up of what is read, from `first` to in front of `last`.
    first: usize,
    last: usize,
    /// Their place in the new text.
    start: usize,
    end: usize,
    /// How far everything behind them moves.
    moved: i32,
}

impl Changed {
    /// `None` where more than declarations may have changed.
    fn between(file: &ast::File, old: &str, new: &str) -> Option<Self> {
        let pairs = |(one, other): &(&u8, &u8)| one == other;
        let same_before = old.as_bytes().iter().zip(new.as_bytes()).take_while(pairs).count();
        let shorter = old.len().min(new.len()) - same_before;
        let from_behind = old.as_bytes().iter().rev().zip(new.as_bytes().iter().rev());
        let same_behind = from_behind.take(shorter).take_while(pairs).count();
        let old_end = old.len() - same_behind;
        let moved = i32::try_from(new.len()).ok()? - i32::try_from(old.len()).ok()?;

        // A declaration owns what stands between it and the one before it. What touches its end may be
        // more of it.
        let ends = |item: &ast::Item| item.head.span.end as usize;
        let first = file.items.partition_point(|item| ends(item) < same_before);
        let last = (file.items.partition_point(|item| ends(item) <= old_end) + 1).min(file.items.len());
        let start = match first.checked_sub(1) {
            Some(before) => ends(&file.items[before]),
            None => head_end(file, old)?,
        };
        let touches_import = file.imports.iter().any(|import| import.span.end as usize > start);
        if start >= same_before || touches_import {
            return None;
        }
        let end = if last == file.items.len() {
            new.len()
        } else {
            ends(&file.items[last - 1]).checked_add_signed(moved as isize)?
        };
        Some(Self { first, last, start, end, moved })
    }
}

/// Where the last statement in front of all declarations ends.
fn head_end(file: &ast::File, text: &str) -> Option<usize> {
    if let Some(import) = file.imports.last() {
        return Some(import.span.end as usize);
    }
    let version = file.version.span.end as usize;
    let is_end = |kind| kind == TokenKind::Punctuation(Punctuation::Semicolon);
    let end = tokens(&text[version..]).find(|token| is_end(token.kind))?;
    Some(version + end.range().end)
}

/// The declarations in a part of a text; `None` when it holds anything else or a mistake, or when its last
/// token does not end with it.
fn read(id: FileId, text: &str, part: Range<usize>, limits: &Limits) -> Option<Vec<Arc<ast::Item>>> {
    let mut parser = Parser::new(id, text, limits);
    for mut token in tokens(&text[part.start..]) {
        let offset = u32::try_from(part.start).ok()?;
        (token.start, token.end) = (token.start + offset, token.end + offset);
        if token.start as usize >= part.end {
            break;
        }
        if token.end as usize > part.end {
            return None;
        }
        parser.take(token);
    }
    let nowhere = Span { file: id, start: 0, end: 0 };
    let mut file = ast::File::nothing(nowhere);
    parser.declarations(&mut file);
    (parser.errors.is_empty() && file.imports.is_empty()).then_some(file.items)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::corpus::corpus;
    use crate::parse::parse;
    use crate::source::SourceMap;

    /// Reads `new` again after `old`, and holds it to what reading it alone gives. Whether something was kept.
    fn check(old: &str, new: &str) -> bool {
        let (id, limits) = (SourceMap::default().add("a.lymph", ""), Limits::default());
        let before = parse(id, old, &limits);
        if !before.errors.is_empty() {
            return false;
        }
        let mut file = before.file.clone();
        let is_known = parse_again(&mut file, id, old, new, &limits);
        if is_known {
            let alone = parse(id, new, &limits);
            assert!(alone.errors.is_empty(), "mistakes were missed\n{old}\n=====\n{new}\n{:?}", alone.errors);
            assert_eq!(file, alone.file, "{old}\n=====\n{new}");
        } else {
            assert_eq!(file, before.file, "changed in vain\n{old}\n=====\n{new}");
        }
        is_known
    }

    const TEXT: &str = "package a @ 1.0.0;\nuse b;\n/// A.\nstruct A { a: u8 }\n// c\nstruct B { b: u8 = 5 }\n\
                        @x(1) type C = list<A>; struct D {}\n";

    #[track_caller]
    fn check_replaced(old: &str, new: &str, is_known: bool) {
        assert!(TEXT.contains(old), "{old}");
        assert_eq!(check(TEXT, &TEXT.replacen(old, new, 1)), is_known, "{old} to {new}");
    }

    #[test]
    fn declarations_are_kept() {
        check_replaced("a: u8", "a: u16, b: string", true);
        check_replaced("/// A.\n", "", true);
        check_replaced("5 }", "5 }\n/// E.\nenum E { e }", true);
        check_replaced("struct B { b: u8 = 5 }", "", true);
        check_replaced("struct D {}\n", "", true);
        check_replaced("struct D {}\n", "struct D {}\n// The end.\n\nstruct E {}", true);
        check_replaced("= 5", "/* = 5", false);
        check_replaced("// c", "/* c", false);
        check_replaced("// c\nstruct B", "// c struct B", true);
        check_replaced("struct D", "// struct D", true);
        check_replaced("use b;", "use b; use c;", false);
        check_replaced("struct D {}", "struct D {} use c;", false);
        check_replaced("struct A", "strct A", false);
        check_replaced("1.0.0", "1.1.0", false);
    }

    #[test]
    fn a_token_too_many_is_found() {
        let (id, mut limits) = (SourceMap::default().add("a.lymph", ""), Limits::default());
        limits.file_tokens = tokens(TEXT).count() + 1;
        let mut file = parse(id, TEXT, &limits).file;
        let [one, two] = ["u8?", "u8??"].map(|ty| TEXT.replacen("a: u8", &format!("a: {ty}"), 1));
        assert!(parse_again(&mut file, id, TEXT, &one, &limits));
        assert!(!parse_again(&mut file, id, &one, &two, &limits));
    }

    /// Read once for all cases.
    static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| corpus(&["tests/parse", "tests/format"]));

    /// What people type, and what changes how much else is read.
    fn typed() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "",
            "x",
            " ",
            "\n",
            ",",
            ";",
            "{",
            "}",
            "(",
            ")",
            "<",
            ">",
            "@",
            "/",
            "//",
            "///",
            "/*",
            "*/",
            "\"",
            "?",
            " = 1",
            "struct X { x: u8 }",
            "use x;",
            "type",
            "/// d\n",
            "@x(1) ",
            "e\u{301}",
            "\r\n",
            "}\nenum X { x }",
        ])
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_read_again_is_what_is_there(
            index in any::<prop::sample::Index>(),
            at in any::<prop::sample::Index>(),
            length in prop_oneof![Just(0_usize), 1..4_usize, 1..200_usize],
            typed in typed(),
        ) {
            let old = index.get(&TEXTS);
            let places: Vec<usize> = old.char_indices().map(|(at, _)| at).chain([old.len()]).collect();
            let first = at.index(places.len());
            let (start, end) = (places[first], places[(first + length).min(places.len() - 1)]);
            check(old, &[&old[..start], typed, &old[end..]].concat());
        }
    }
}
