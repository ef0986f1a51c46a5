//! What breaks, seen from either side.

use lymph_diff::{Cell, Matrix, Report};

/// Rules that look further than the two sides: at peers of older or newer versions. The way back needs no
/// such caution.
const ONE_WAY: [&str; 5] = [
    "closed",
    "default-dropped-to-required",
    "reserved-name-reused",
    "reserved-variant-reused",
    "unknown-keys-denied",
];

/// Whether something was told of which the way back says nothing.
pub(crate) fn is_one_way(report: &Report) -> bool {
    report.findings.iter().any(|finding| ONE_WAY.contains(&finding.rule.id))
}

/// Between whom something is refused: old client, new client, old consumer, new consumer.
pub(crate) type Breaks = [bool; 4];

/// What a report says to break.
pub(crate) fn breaks(report: &Report) -> Breaks {
    let worst = report.findings.iter().fold(Matrix::default(), |worst, it| worst.worst(it.matrix));
    let is_break = |cell: Option<Cell>| cell.is_some_and(|cell| cell.effect.is_break());
    [worst.old_client, worst.new_client, worst.old_consumer, worst.new_consumer].map(is_break)
}

/// The same as it would be said with the sides exchanged.
pub(crate) fn swapped([old_client, new_client, old_consumer, new_consumer]: Breaks) -> Breaks {
    [new_client, old_client, new_consumer, old_consumer]
}
