//! Text that fits the terminal.

/// Breaks `text` between words so that it fits `width` columns when its first line starts behind `first` and
/// the others behind `rest` columns. A word that does not fit a line gets one of its own.
pub(super) fn wrapped(text: &str, width: usize, first: usize, rest: usize) -> String {
    let mut wrapped = String::new();
    let (mut column, mut is_empty) = (first, true);
    for word in text.split(' ') {
        let length = word.chars().count();
        if !is_empty && column + 1 + length > width {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(rest));
            column = rest;
        } else if !is_empty {
            wrapped.push(' ');
            column += 1;
        }
        is_empty = false;
        wrapped.push_str(word);
        column += length;
    }
    wrapped
}

/// `text` with what does not fit `width` replaced by `…`; some of it is kept before the character `from`, which
/// has to be seen.
pub(super) fn cut(text: &str, width: usize, from: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let before = width / 3;
    let start = if from + 1 < width { 0 } else { from.saturating_sub(before).min(length - width + 1) };
    let head = if start > 0 { "…" } else { "" };
    let mut room = width.saturating_sub(head.len().min(1));
    let tail = if length - start > room { "…" } else { "" };
    room -= tail.len().min(1).min(room);
    let kept: String = text.chars().skip(start).take(room).collect();
    format!("{head}{kept}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_move_to_the_next_line() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            assert_eq!(wrapped(text, 14, 4, 2), expected);
        }
        check("", "");
        check("one two", "one two");
        check("one two three four", "one two\n  three four");
        check("a-word-of-its-own fits nowhere", "a-word-of-its-own\n  fits nowhere");
    }

    #[test]
    fn what_differs_stays() {
        #[track_caller]
        fn check(text: &str, from: usize, expected: &str) {
            assert_eq!(cut(text, 10, from), expected);
            assert!(expected.chars().count() <= 10);
        }
        check("0123456789", 9, "0123456789");
        check("0123456789abcdef", 0, "012345678…");
        check("0123456789abcdef", 8, "012345678…");
        check("0123456789abcdef", 15, "…789abcdef");
        check("0123456789abcdefghijklmnop", 12, "…9abcdefg…");
    }
}
