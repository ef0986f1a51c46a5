//! Clusters that are closed to strangers, and the strangers.

mod cluster;
mod zookeeper;

fn assert_contains(text: &str, part: &str) {
    assert!(text.contains(part), "no {part:?} in:\n{text}");
}
