//! Positions and edits, done the slow way, so that the server's own arithmetic is checked against another.

use serde_json::{Value, json};

/// The byte at a position in UTF-16 units, or in bytes.
pub(crate) fn offset(text: &str, position: &Value, utf8: bool) -> usize {
    let (line, character) = (position["line"].as_u64().unwrap(), position["character"].as_u64().unwrap());
    let mut at = 0;
    for _ in 0..line {
        at += text[at..].find('\n').expect("the line is there") + 1;
    }
    let mut units = 0;
    for (index, char) in text[at..].char_indices() {
        if units == character {
            return at + index;
        }
        units += if utf8 { char.len_utf8() } else { char.len_utf16() } as u64;
    }
    assert_eq!(units, character, "the character is there");
    text.len()
}

/// The position of a byte.
pub(crate) fn position(text: &str, offset: usize, utf8: bool) -> Value {
    let before = &text[..offset];
    let line = before.matches('\n').count();
    let last = before.rsplit('\n').next().unwrap();
    let character = if utf8 { last.len() } else { last.encode_utf16().count() };
    json!({ "line": line, "character": character })
}

/// The text after the protocol's text edits.
pub(crate) fn edited(text: &str, edits: &[Value], utf8: bool) -> String {
    let mut edits: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            let (start, end) = (offset(text, &range["start"], utf8), offset(text, &range["end"], utf8));
            (start, end, edit["newText"].as_str().unwrap())
        })
        .collect();
    edits.sort_by_key(|(start, end, _)| (*start, *end));
    let mut result = String::new();
    let mut done = 0;
    for (start, end, new) in edits {
        assert!(done <= start, "edits overlap");
        result.push_str(&text[done..start]);
        result.push_str(new);
        done = end;
    }
    result + &text[done..]
}

/// Lines that differ: what they were and what they are.
pub(crate) fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    // Longest common subsequence; the texts of tests are short.
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut shown) = (0, 0, String::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            shown.push_str(&format!("    - {}\n", old[i]));
            i += 1;
        } else {
            shown.push_str(&format!("    + {}\n", new[j]));
            j += 1;
        }
    }
    shown
}
