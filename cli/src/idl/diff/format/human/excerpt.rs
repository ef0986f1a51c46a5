//! What stood there and what stands there now, below each other.

use super::wrap::cut;
use crate::idl::diff::document::{Finding, Place};
use crate::idl::diff::format::Look;
use crate::output::Style;

/// Columns that a source line gets at least.
const MIN_TEXT: usize = 24;

/// Columns of `  ┌─ old ` and of the blanks between place, text and note.
const AROUND: usize = 9 + 2 + 3;

/// One side's line.
struct Row<'a> {
    side: &'a str,
    place: String,
    text: String,
    note: &'a str,
}

/// The lines of a finding.
pub(super) fn lines(finding: &Finding, look: &Look) -> Vec<String> {
    let notes = (&*finding.old_note, &*finding.new_note);
    of_places(finding.old.as_ref(), finding.new.as_ref(), notes, look)
}

/// The lines of two places, each with its note.
pub(super) fn of_places(
    old: Option<&Place>,
    new: Option<&Place>,
    notes: (&str, &str),
    look: &Look,
) -> Vec<String> {
    let text = |place: Option<&Place>| place.map_or_else(String::new, |place| head(&place.text).to_owned());
    let (old_text, new_text) = without_shared_attributes(text(old), text(new));
    let difference = match old.is_some() && new.is_some() {
        true if old_text != new_text => {
            old_text.chars().zip(new_text.chars()).take_while(|(old, new)| old == new).count()
        }
        _ => 0,
    };
    let rows: Vec<Row<'_>> = [("old", old, old_text, notes.0), ("new", new, new_text, notes.1)]
        .into_iter()
        .filter_map(|(side, place, text, note)| Some(Row { side, place: place?.shown(), text, note }))
        .collect();
    let widest = |column: &dyn Fn(&Row<'_>) -> usize| rows.iter().map(column).max().unwrap_or(0);
    let places = widest(&|row| row.place.chars().count());
    let notes = widest(&|row| row.note.chars().count());
    let texts = widest(&|row| row.text.chars().count()).min(MIN_TEXT);
    // Where places take most of a line, what stands there gets a line of its own.
    let is_stacked = AROUND + places + texts + notes > look.width;
    let taken = if is_stacked { AROUND } else { AROUND + places };
    let room = look.width.saturating_sub(taken + notes).max(MIN_TEXT);
    let texts: Vec<String> = rows.iter().map(|row| cut(&row.text, room, difference)).collect();
    let width = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
    let marks: &[(&str, &str)] = if rows.len() == 1 { &[("──", "  ")] } else { &[("┌─", "│ "), ("└─", "  ")] };
    let lines = |((row, text), (mark, beside)): ((&Row<'_>, &String), &(&str, &str))| {
        let text = match row.note {
            "" => text.clone(),
            note => format!("{text:<width$}   {}", look.paint.styled(Style::Detail, note)),
        };
        let head = format!("  {mark} {} {}", row.side, row.place);
        match (is_stacked, text.is_empty()) {
            (_, true) => vec![head],
            (true, false) => vec![head, format!("  {beside}     {text}")],
            (false, false) => {
                let padding = " ".repeat(places - row.place.chars().count());
                vec![format!("{head}{padding}  {text}")]
            }
        }
    };
    rows.iter().zip(&texts).zip(marks).flat_map(lines).collect()
}

/// A declaration without its body.
fn head(text: &str) -> &str {
    text.split_once(" {").map_or(text, |(head, _)| head).trim_end_matches([',', ';'])
}

/// Attributes that both have say nothing of the difference.
fn without_shared_attributes(mut old: String, mut new: String) -> (String, String) {
    while let (Some(shared), Some(other)) = (attribute(&old), attribute(&new)) {
        if old[..shared] != new[..other] {
            break;
        }
        old.drain(..shared);
        new.drain(..other);
    }
    (old, new)
}

/// The bytes of an attribute that `text` starts with, with the blank behind it.
fn attribute(text: &str) -> Option<usize> {
    if !text.starts_with('@') {
        return None;
    }
    let (mut depth, mut quoted) = (0_usize, false);
    for (at, char) in text.char_indices() {
        match char {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            ' ' if !quoted && depth == 0 => return Some(at + 1),
            _ => {}
        }
    }
    None
}
