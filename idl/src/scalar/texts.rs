//! Strict readers for scalars that schemas write as texts.

/// `2024-01-31T12:30:00`, with an optional fraction, then `Z` or an offset.
pub(super) fn is_datetime(text: &str) -> bool {
    let Some((date, rest)) = text.split_once('T') else { return false };
    let (time, offset) = match rest.find(['Z', '+', '-']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    is_date(date) && is_time(time) && is_offset(offset)
}

/// `2024-01-31`, a day that exists.
pub(super) fn is_date(text: &str) -> bool {
    let Some([year, month, day]) = parts(text, '-', [4, 2, 2]) else { return false };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    year >= 1 && (1..=days).contains(&day)
}

/// `12:30:00`, with up to nine digits of a fraction.
pub(super) fn is_time(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let fits = |[hour, minute, second]: [u32; 3]| hour < 24 && minute < 60 && second < 60;
    parts(whole, ':', [2, 2, 2]).is_some_and(fits) && fraction.len() <= 9 && is_digits(fraction)
}

fn is_offset(text: &str) -> bool {
    match text.strip_prefix(['+', '-']) {
        Some(offset) => parts(offset, ':', [2, 2]).is_some_and(|[hour, minute]| hour < 24 && minute < 60),
        None => text == "Z",
    }
}

/// Digits with an optional sign and fraction, that fit 96 bits as decimals do everywhere.
pub(super) fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((_, "")) => return false,
        Some(parts) => parts,
        None => (unsigned, ""),
    };
    let digits = [whole, fraction].concat();
    let significant = digits.trim_start_matches('0');
    !whole.is_empty()
        && is_digits(&digits)
        && fraction.len() <= 28
        && significant.len() <= 29
        && significant.parse::<u128>().unwrap_or(0) < 1 << 96
}

/// Five groups of lower- or upper-case hexadecimal digits.
pub(super) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Numbers of exactly the given lengths between separators.
fn parts<const N: usize>(text: &str, separator: char, lengths: [usize; N]) -> Option<[u32; N]> {
    let parts: Vec<&str> = text.split(separator).collect();
    let fits = parts.len() == N
        && parts.iter().zip(lengths).all(|(part, length)| part.len() == length && is_digits(part));
    if !fits {
        return None;
    }
    parts.iter().map(|part| part.parse().ok()).collect::<Option<Vec<_>>>()?.try_into().ok()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_exist() {
        assert!(is_date("2024-02-29") && !is_date("2023-02-29") && !is_date("2024-13-01"));
        assert!(!is_date("2024-1-01") && !is_date("0000-01-01") && !is_date(""));
    }

    #[test]
    fn datetimes_have_time_and_offset() {
        for good in ["2024-01-31T12:30:00Z", "2024-01-31T12:30:00.25+05:30"] {
            assert!(is_datetime(good), "{good}");
        }
        for bad in ["2024-01-31", "2024-01-31T12:30:00", "2024-01-31T24:00:00Z", "2024-01-31T12:30:00+5"] {
            assert!(!is_datetime(bad), "{bad}");
        }
    }

    #[test]
    fn decimals_fit_96_bits() {
        for good in ["0", "-1.50", "79228162514264337593543950335"] {
            assert!(is_decimal(good), "{good}");
        }
        for bad in ["", "1.", ".5", "1e3", "79228162514264337593543950336", "--1"] {
            assert!(!is_decimal(bad), "{bad}");
        }
    }

    #[test]
    fn uuids_have_five_groups() {
        assert!(is_uuid("0190f5ea-6c1e-7c3a-9d43-4a5b6c7d8e9f"));
        assert!(
            !is_uuid("0190f5ea6c1e7c3a9d434a5b6c7d8e9f") && !is_uuid("z190f5ea-6c1e-7c3a-9d43-4a5b6c7d8e9f")
        );
    }
}
