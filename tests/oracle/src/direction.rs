//! Who is old and who is new.

/// Who writes and who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// An old writer's values at a new reader; an old client's calls, an old producer's events.
    Backward,
    /// A new writer's values at an old reader; a new client's calls, a new producer's events.
    Forward,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Backward, Self::Forward];
}
