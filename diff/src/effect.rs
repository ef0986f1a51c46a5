//! What a change does: to a reader, to the code beside it, to the version.

use std::fmt;

/// What happens when one side writes and the other, of another version, reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Every value arrives as it was meant.
    Fine,
    /// Every value is read, but some mean less or something else.
    Lossy,
    /// Some values are refused.
    BreaksSome,
    /// No value with the changed part is read, or nothing arrives.
    Breaks,
}

impl Effect {
    /// Whether somebody is refused.
    #[must_use]
    pub fn is_break(self) -> bool {
        self >= Self::BreaksSome
    }

    /// As tables show it.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Fine => "✓",
            Self::Lossy => "≈",
            Self::BreaksSome => "✗ᵛ",
            Self::Breaks => "✗",
        }
    }

    /// As programs read it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Lossy => "lossy",
            Self::BreaksSome => "breaks-some",
            Self::Breaks => "breaks",
        }
    }
}

/// The least version step that tells callers of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    /// Nothing on the wire changes.
    Patch,
    /// Old callers keep working.
    Minor,
    /// Old callers must not match.
    Major,
    /// Versions do not help: consumers of every version hear the same event, so it needs a new name.
    NewEvent,
}

impl Bump {
    /// As programs read it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::NewEvent => "new-event",
        }
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A bump, and whether somebody should look at the change even when the version allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The version step.
    pub bump: Bump,
    /// Written `!` in tables.
    pub warns: bool,
}

/// Nothing on the wire changes.
pub(crate) const PATCH: Step = Step { bump: Bump::Patch, warns: false };
/// Old callers keep working.
pub(crate) const MINOR: Step = Step { bump: Bump::Minor, warns: false };
/// Old callers keep working, but may be surprised.
pub(crate) const MINOR_WARN: Step = Step { bump: Bump::Minor, warns: true };
/// Old callers must not match.
pub(crate) const MAJOR: Step = Step { bump: Bump::Major, warns: false };
/// The event needs a new name.
pub(crate) const NEW_EVENT: Step = Step { bump: Bump::NewEvent, warns: false };

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match self.bump {
            Bump::Patch => "p",
            Bump::Minor => "m",
            Bump::Major => "M",
            Bump::NewEvent => "N",
        };
        write!(f, "{letter}{}", if self.warns { "!" } else { "" })
    }
}

/// Whose Rust code has to be edited when it is built against the new schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edit {
    /// Code that makes the value.
    Writer,
    /// Code that takes the value apart.
    Reader,
    /// Implementations of the interface.
    Server,
    /// Callers of the interface.
    Client,
    /// Who emits the event.
    Producer,
    /// Who handles the event.
    Consumer,
}

impl Edit {
    /// The letter of tables.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Writer => 'W',
            Self::Reader => 'R',
            Self::Server => 'S',
            Self::Client => 'C',
            Self::Producer => 'P',
            Self::Consumer => 'K',
        }
    }

    /// In a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Writer => "writers",
            Self::Reader => "readers",
            Self::Server => "servers",
            Self::Client => "clients",
            Self::Producer => "producers",
            Self::Consumer => "consumers",
        }
    }
}
