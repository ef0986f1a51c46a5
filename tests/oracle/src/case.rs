//! The cases of the rules with what becomes of them, each tried once however many tests ask.

use std::sync::{LazyLock, OnceLock};

use lymph_diff::{Policy, Report, diff};
use lymph_idl::Schema;

use crate::codec::Pair;
use crate::fixture;
use crate::meeting::{self, Met};
use crate::operation::Version;
use crate::pairs::PAIRS;
use crate::values::{self, Tried};

/// A change, what is said of it, and what happens.
#[derive(Debug)]
pub struct Case {
    /// Its folder.
    pub name: &'static str,
    /// Before the change.
    pub old: Version<'static>,
    /// After it.
    pub new: Version<'static>,
    /// What `lymph_diff` says of it.
    pub report: Report,
    tried: OnceLock<Vec<Tried>>,
    met: OnceLock<Vec<Met>>,
}

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| PAIRS.iter().map(Case::new).collect());

impl Case {
    /// All of them, sorted by name.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &CASES
    }

    /// The one of a rule, or another by its folder.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    pub fn of(name: &str) -> &'static Self {
        CASES.iter().find(|case| case.name == name).unwrap_or_else(|| panic!("no case `{name}`"))
    }

    fn new(pair: &'static Pair) -> Self {
        // Tests keep them to their end.
        let load = |side| -> &'static Schema { Box::leak(Box::new(fixture::load(pair.case, side))) };
        let (old, new) = (load("old"), load("new"));
        Self {
            name: pair.case,
            old: Version { schema: old, codecs: &pair.old },
            new: Version { schema: new, codecs: &pair.new },
            report: diff(old, new, &Policy::default()),
            tried: OnceLock::new(),
            met: OnceLock::new(),
        }
    }

    /// What values of either side become on the other.
    pub fn tried(&self) -> &[Tried] {
        self.tried.get_or_init(|| values::try_all(self.old, self.new))
    }

    /// What happens when peers of both sides meet.
    pub fn met(&self) -> &[Met] {
        self.met.get_or_init(|| meeting::meet(self.old, self.new))
    }
}
