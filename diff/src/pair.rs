//! Two of a kind: as it was, as it is.

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pair<T> {
    /// As it was.
    pub old: T,
    /// As it is now.
    pub new: T,
}

impl<T> Pair<T> {
    /// As it was, as it is now.
    pub const fn new(old: T, new: T) -> Self {
        Self { old, new }
    }

    /// The same of both sides.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Pair<U> {
        Pair { old: f(self.old), new: f(self.new) }
    }

    /// Both sides borrowed.
    pub const fn as_ref(&self) -> Pair<&T> {
        Pair { old: &self.old, new: &self.new }
    }

    /// Both sides with those of another pair.
    pub fn zip<U>(self, other: Pair<U>) -> Pair<(T, U)> {
        Pair { old: (self.old, other.old), new: (self.new, other.new) }
    }

    /// The pair with its sides exchanged.
    #[must_use]
    pub fn swap(self) -> Self {
        Self { old: self.new, new: self.old }
    }
}

impl<T: PartialEq> Pair<T> {
    /// Whether the sides differ.
    pub fn differs(&self) -> bool {
        self.old != self.new
    }
}
