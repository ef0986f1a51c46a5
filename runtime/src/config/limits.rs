//! The section `container.limits`: what peers may take of the process together.

use std::ops::RangeInclusive;

use super::fields::Fields;

/// What peers may take of the process; the runtime's own limit where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct LimitsConfig {
    /// Connections that peers may have made at once.
    pub connections: Option<usize>,
    /// Of these, connections from one address.
    pub connections_per_address: Option<usize>,
    /// Requests that wait for their turn.
    pub waiting: Option<usize>,
    /// MiB for messages that are being read, and as many for those that wait to be written; requests
    /// that wait for their turn may take a quarter of it.
    pub memory_mib: Option<usize>,
}

impl LimitsConfig {
    pub(crate) fn memory_bytes(&self) -> Option<usize> {
        self.memory_mib.map(|mib| mib << 20)
    }

    pub(crate) fn waiting_bytes(&self) -> Option<usize> {
        self.memory_bytes().map(|bytes| bytes / 4)
    }
}

/// As many as anybody has had use for.
const MANY: usize = 1_000_000;

pub(super) fn read(mut fields: Fields<'_, '_>) -> LimitsConfig {
    let limits = LimitsConfig {
        connections: number(&mut fields, "connections", 1..=MANY),
        connections_per_address: number(&mut fields, "connections_per_address", 1..=MANY),
        waiting: number(&mut fields, "waiting", 0..=MANY),
        // A quarter must hold the largest message.
        memory_mib: number(&mut fields, "memory_mib", 32..=MANY),
    };
    fields.finish();
    limits
}

/// A number that must be in `range`.
pub(super) fn number(
    fields: &mut Fields<'_, '_>,
    key: &'static str,
    range: RangeInclusive<usize>,
) -> Option<usize> {
    let expected = format!("a number from {} to {}", range.start(), range.end());
    fields.parse(key, &expected, |text| text.parse().ok().filter(|number| range.contains(number)))
}
