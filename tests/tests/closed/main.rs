//! Clusters that are closed to strangers, and the strangers.

mod cluster;
mod zookeeper;

use std::time::Duration;

/// Longer than any single step takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn assert_contains(text: &str, part: &str) {
    assert!(text.contains(part), "no {part:?} in:\n{text}");
}
