//! Numbers as a reader takes them in: three digits that count.

/// `1234567.0` as `1,230,000`, `12.345` as `12.3`, `0.12345` as `0.123`.
pub(super) fn three_digits(value: f64) -> String {
    if value <= 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    let magnitude = value.log10().floor() as i32;
    let step = 10f64.powi(magnitude - 2);
    let rounded = (value / step).round() * step;
    // Rounding up may have made it longer: 9.999 is 10.0.
    let magnitude = (rounded * (1.0 + f64::EPSILON)).log10().floor() as i32;
    let decimals = usize::try_from(2 - magnitude).unwrap_or(0);
    with_commas(&format!("{rounded:.decimals$}"))
}

/// `1234567` as `1,234,567`.
pub(super) fn with_commas(number: &str) -> String {
    let (whole, rest) = number.find('.').map_or((number, ""), |point| number.split_at(point));
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

/// `left : right` as a factor: `2.4 ×`.
pub(super) fn times(left: f64, right: f64) -> String {
    format!("{} ×", two_digits(left / right))
}

/// `part` of `whole` as `58 %`.
pub(super) fn share(part: f64, whole: f64) -> String {
    format!("{} %", two_digits(100.0 * part / whole))
}

fn two_digits(value: f64) -> String {
    match value {
        value if value >= 9.95 => with_commas(&format!("{value:.0}")),
        value if value >= 0.995 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_count() {
        let cases = [
            (1_234_567.0, "1,230,000"),
            (99_960.0, "100,000"),
            (12.345, "12.3"),
            (9.999, "10.0"),
            (0.12345, "0.123"),
            (999.6, "1,000"),
            (1000.0, "1,000"),
            (0.0, "0"),
        ];
        for (value, text) in cases {
            assert_eq!(three_digits(value), text, "{value}");
        }
    }

    #[test]
    fn factors_and_shares() {
        assert_eq!(times(24.0, 10.0), "2.4 ×");
        assert_eq!(times(1.0, 3.0), "0.33 ×");
        assert_eq!(times(1234.0, 1.0), "1,234 ×");
        assert_eq!(share(58.1, 100.0), "58 %");
        assert_eq!(share(9.96, 100.0), "10 %");
    }
}
