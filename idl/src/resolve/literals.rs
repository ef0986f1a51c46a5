//! Numbers as written: integers, floats, durations and versions share one token.

use std::borrow::Cow;

use crate::ast::Literal;
use crate::model::Since;
use crate::version::Version;

/// Units of durations and their microseconds.
const UNITS: &[(&str, i128)] = &[
    ("us", 1),
    ("ms", 1_000),
    ("s", 1_000_000),
    ("min", 60_000_000),
    ("h", 3_600_000_000),
    ("d", 86_400_000_000),
];

/// Longest duration: what 64 bits of microseconds hold.
const MAX_MICROS: i128 = i64::MAX as i128;

/// A number and what kind it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Amount {
    Int(i128),
    Float(f64),
    /// Of a duration.
    Micros(i128),
}

/// Why a token is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotAnAmount {
    /// `5sec`.
    Unit,
    /// `1.5h`.
    FractionOfUnit,
    /// `99999999999999999999999999999999999999999`.
    TooLarge,
    /// `1.2.3`, `1x2`.
    Malformed,
}

impl NotAnAmount {
    /// What would be right.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Unit => "a duration: units are `us`, `ms`, `s`, `min`, `h` and `d`",
            Self::FractionOfUnit => "a whole number of units: use the next smaller one",
            Self::TooLarge => "a number that fits",
            Self::Malformed => "a number",
        }
    }
}

/// Reads a number token.
pub(super) fn amount(text: &str) -> Result<Amount, NotAnAmount> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = unsigned.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(unsigned.len());
    let (whole, rest) = unsigned.split_at(digits);
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let whole = if whole.contains('_') { Cow::Owned(whole.replace('_', "")) } else { Cow::Borrowed(whole) };
    if rest.is_empty() {
        return whole.parse::<i128>().map(|int| Amount::Int(sign * int)).map_err(|_| NotAnAmount::TooLarge);
    }
    if let Some((_, micros)) = UNITS.iter().find(|(unit, _)| *unit == rest) {
        let count = whole.parse::<i128>().map_err(|_| NotAnAmount::TooLarge)?;
        let total = count.checked_mul(*micros).filter(|total| *total <= MAX_MICROS);
        return total.map(|total| Amount::Micros(sign * total)).ok_or(NotAnAmount::TooLarge);
    }
    let float = text.replace('_', "");
    if let Ok(float) = float.parse::<f64>() {
        return if float.is_finite() { Ok(Amount::Float(float)) } else { Err(NotAnAmount::TooLarge) };
    }
    Err(match rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '_')) {
        unit if UNITS.iter().any(|(known, _)| *known == unit) => NotAnAmount::FractionOfUnit,
        unit if !unit.is_empty()
            && rest.starts_with(unit)
            && unit.bytes().all(|byte| byte.is_ascii_alphabetic()) =>
        {
            NotAnAmount::Unit
        }
        _ => NotAnAmount::Malformed,
    })
}

/// `1.2` or `next`.
pub(super) fn since(literal: &Literal) -> Option<Since> {
    match literal {
        Literal::Name(word) if word == "next" => Some(Since::Next),
        Literal::Number(text) => {
            let (major, minor) = text.split_once('.')?;
            let number = |digits: &str| {
                // As numbers are written: without signs and without zeros in front.
                let is_plain = digits == "0" || digits.starts_with(|first: char| matches!(first, '1'..='9'));
                digits.parse::<u32>().ok().filter(|_| is_plain)
            };
            Some(Since::Version(Version::new(number(major)?, number(minor)?, 0)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts() {
        assert_eq!(amount("1_000"), Ok(Amount::Int(1_000)));
        assert_eq!(amount("-5"), Ok(Amount::Int(-5)));
        assert_eq!(amount("2.5"), Ok(Amount::Float(2.5)));
        assert_eq!(amount("1e3"), Ok(Amount::Float(1_000.0)));
        assert_eq!(amount("5min"), Ok(Amount::Micros(300_000_000)));
        assert_eq!(amount("5sec"), Err(NotAnAmount::Unit));
        assert_eq!(amount("1.5h"), Err(NotAnAmount::FractionOfUnit));
        assert_eq!(amount("1.2.3"), Err(NotAnAmount::Malformed));
        assert_eq!(amount("1e999"), Err(NotAnAmount::TooLarge));
        assert_eq!(amount("99999999999999d"), Err(NotAnAmount::TooLarge));
    }

    #[test]
    fn versions_keep_their_zeros() {
        let minor = |text: &str| since(&Literal::Number(text.to_owned()));
        assert_eq!(minor("1.10"), Some(Since::Version(Version::new(1, 10, 0))));
        assert_eq!(minor("1.2.3"), None);
        assert_eq!(minor("1"), None);
    }
}
