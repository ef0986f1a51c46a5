//! The texts inside `{"__type__": T, "_": V}`: how each is written and what is read.

use std::fmt::Write as _;

use chrono::{
    DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, Timelike as _,
};

/// The key that names the type.
pub(crate) const TYPE_KEY: &str = "__type__";
/// The key that holds the value.
pub(crate) const VALUE_KEY: &str = "_";

/// Names of the types, as Python calls their classes.
pub(crate) mod name {
    pub(crate) const DATETIME: &str = "datetime";
    pub(crate) const DATE: &str = "date";
    pub(crate) const TIME: &str = "time";
    pub(crate) const DECIMAL: &str = "Decimal";
    pub(crate) const UUID: &str = "UUID";
    pub(crate) const SET: &str = "set";
    pub(crate) const UNDEFINED: &str = "UndefinedType";
}

/// `2015-07-18`.
pub(crate) fn format_date(date: NaiveDate) -> String {
    let mut text = String::with_capacity(32);
    push_date(&mut text, date);
    text
}

/// `2015-07-18T11:17:34`, and a fraction when there is one.
pub(crate) fn format_naive(moment: NaiveDateTime) -> String {
    let mut text = format_date(moment.date());
    text.push('T');
    push_clock(&mut text, moment.time());
    // A leap second's nanoseconds run on past a billion; Python has no leap seconds.
    let nanos = moment.nanosecond().min(999_999_999);
    if nanos > 0 {
        if nanos.is_multiple_of(1000) {
            push(&mut text, format_args!(".{:06}", nanos / 1000));
        } else {
            push(&mut text, format_args!(".{nanos:09}"));
        }
    }
    text
}

/// As [`format_naive`], with the offset as `+0530`.
pub(crate) fn format_datetime(moment: DateTime<FixedOffset>) -> String {
    // The wire has whole minutes; an offset with seconds keeps its instant, not its seconds.
    let minutes = moment.offset().fix().local_minus_utc() / 60;
    let offset = FixedOffset::east_opt(minutes * 60).expect("rounding towards zero stays in range");
    let mut text = format_naive(moment.with_timezone(&offset).naive_local());
    let sign = if minutes < 0 { '-' } else { '+' };
    push(&mut text, format_args!("{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60));
    text
}

/// `11:17:34Z`: Python rejects fractions here.
pub(crate) fn format_time(time: NaiveTime) -> String {
    let mut text = String::with_capacity(9);
    push_clock(&mut text, time);
    text.push('Z');
    text
}

fn push_date(text: &mut String, date: NaiveDate) {
    match date.year() {
        year @ 0..=9999 => push(text, format_args!("{year:04}-{:02}-{:02}", date.month(), date.day())),
        year => push(text, format_args!("{year:+05}-{:02}-{:02}", date.month(), date.day())),
    }
}

fn push_clock(text: &mut String, time: NaiveTime) {
    push(text, format_args!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second()));
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("a String takes everything");
}

/// Reads `YYYY-MM-DD`.
pub(crate) fn parse_date(text: &str) -> Option<NaiveDate> {
    let mut scan = Scan(text.as_bytes());
    let date = scan.date()?;
    scan.0.is_empty().then_some(date)
}

/// Reads `HH:MM[:SS[.f]]`, with or without the `Z`.
pub(crate) fn parse_time(text: &str) -> Option<NaiveTime> {
    let mut scan = Scan(text.as_bytes());
    let time = scan.time()?;
    matches!(scan.0, b"" | b"Z").then_some(time)
}

/// Reads ISO 8601: `T` or a blank between date and time, any fraction, and as offset nothing,
/// `Z`, `±HH`, `±HHMM` or `±HH:MM`.
pub(crate) fn parse_datetime(text: &str) -> Option<(NaiveDateTime, Option<FixedOffset>)> {
    let mut scan = Scan(text.as_bytes());
    let date = scan.date()?;
    if scan.0.is_empty() {
        return Some((date.and_time(NaiveTime::MIN), None));
    }
    if !(scan.take(b'T') || scan.take(b' ')) {
        return None;
    }
    let time = scan.time()?;
    Some((date.and_time(time), scan.offset()?))
}

/// As [`parse_datetime`]; a moment without an offset is UTC.
pub(crate) fn parse_datetime_utc(text: &str) -> Option<DateTime<FixedOffset>> {
    let (naive, offset) = parse_datetime(text)?;
    with_offset(naive, offset.unwrap_or_else(|| chrono::Utc.fix()))
}

/// The moment at which clocks at `offset` show `local`.
pub(crate) fn with_offset(local: NaiveDateTime, offset: FixedOffset) -> Option<DateTime<FixedOffset>> {
    local.and_local_timezone(offset).single()
}

/// Whether Python's `Decimal` reads the text.
pub(crate) fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    if ["nan", "snan", "inf", "infinity"].iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return true;
    }
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => (text, "0"),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    whole.len() + fraction.len() > 0
        && !exponent.is_empty()
        && [whole, fraction, exponent].into_iter().all(all_digits)
}

/// What is left to read of a text.
struct Scan<'a>(&'a [u8]);

impl Scan<'_> {
    fn take(&mut self, byte: u8) -> bool {
        let found = self.0.first() == Some(&byte);
        if found {
            self.0 = &self.0[1..];
        }
        found
    }

    /// Between `least` and `most` digits.
    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        Some(digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
    }

    fn date(&mut self) -> Option<NaiveDate> {
        // More than four digits only behind a sign, as ISO 8601 has it.
        let (sign, most) = match () {
            () if self.take(b'-') => (-1, 6),
            () if self.take(b'+') => (1, 6),
            () => (1, 4),
        };
        let year = sign * i32::try_from(self.digits(4, most)?).ok()?;
        let month = self.take(b'-').then(|| self.digits(2, 2))??;
        let day = self.take(b'-').then(|| self.digits(2, 2))??;
        NaiveDate::from_ymd_opt(year, month, day)
    }

    fn time(&mut self) -> Option<NaiveTime> {
        let hour = self.digits(2, 2)?;
        let minute = self.take(b':').then(|| self.digits(2, 2))??;
        let mut second = 0;
        let mut nanos = 0;
        if self.take(b':') {
            second = self.digits(2, 2)?;
            if self.take(b'.') || self.take(b',') {
                let before = self.0.len();
                nanos = self.digits(1, 9)?;
                nanos *= 10_u32.pow(9 - (before - self.0.len()) as u32);
                while self.0.first().is_some_and(u8::is_ascii_digit) {
                    self.0 = &self.0[1..];
                }
            }
        }
        NaiveTime::from_hms_nano_opt(hour, minute, second.min(59), nanos).filter(|_| second <= 60)
    }

    /// The outer option: is it an offset at all; the inner: does the text have one.
    fn offset(&mut self) -> Option<Option<FixedOffset>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let sign = match () {
            () if self.take(b'Z') => 0,
            () if self.take(b'-') => -1,
            () if self.take(b'+') => 1,
            () => return None,
        };
        let mut seconds = 0;
        if sign != 0 {
            let hours = self.digits(2, 2)?;
            let colon = self.take(b':');
            let minutes = if self.0.is_empty() && !colon { 0 } else { self.digits(2, 2)? };
            if minutes > 59 {
                return None;
            }
            seconds = sign * i32::try_from(hours * 3600 + minutes * 60).ok()?;
        }
        let offset = FixedOffset::east_opt(seconds)?;
        self.0.is_empty().then_some(Some(offset))
    }
}
