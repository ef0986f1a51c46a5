//! What a package's version says of the change, and what it should say.

use lymph_idl::model::{Package, Since};
use lymph_idl::{Schema, Version};

use crate::effect::Bump;
use crate::finding::Finding;
use crate::metas::members;
use crate::pair::Pair;

/// A package whose findings are known, for the rules about versions.
#[derive(Debug, Clone, Copy)]
pub struct PackageChange<'a> {
    /// Both schemas.
    pub schemas: Pair<&'a Schema>,
    /// Both sides of the package.
    pub packages: Pair<&'a Package>,
    /// What its version says.
    pub declared: Declared,
    /// What the findings need.
    pub needed: Option<Bump>,
    /// What the version tells of beside them.
    pub told: Told,
    /// Whether a finding is an error already, so that nothing more has to be said of the version.
    pub has_errors: bool,
}

/// What a version tells of beside the findings that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// What the findings that were accepted would have needed.
    pub accepted: Option<Bump>,
    /// What changed since the release before, whenever it was merged.
    pub merged: Option<Bump>,
}

/// What a package's version says of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declared {
    /// The version is as it was.
    Unchanged {
        /// Whether members are `@since(next)`: the version comes with the release.
        has_next: bool,
    },
    /// It was raised so far.
    Raised(Bump),
    /// It was lowered.
    Lowered,
}

impl Declared {
    pub(crate) fn of(packages: Pair<&Package>, has_next: bool) -> Self {
        let Pair { old, new } = packages.map(|package| package.version.value);
        if new == old {
            Self::Unchanged { has_next }
        } else if new < old {
            Self::Lowered
        } else if new >= old.next_breaking() {
            Self::Raised(Bump::Major)
        } else if old.major > 0 && new.minor == old.minor {
            Self::Raised(Bump::Patch)
        } else {
            // Below 1.0 a patch step is what a minor step is above.
            Self::Raised(Bump::Minor)
        }
    }

    /// Whether callers are told of a change that needs `bump`.
    #[must_use]
    pub fn covers(self, bump: Bump) -> bool {
        match self {
            Self::Raised(raised) => bump <= raised && bump != Bump::NewEvent,
            // The release will be a minor one at most, as it is not a major one yet.
            Self::Unchanged { has_next } => bump == Bump::Patch || (has_next && bump == Bump::Minor),
            Self::Lowered => bump == Bump::Patch,
        }
    }
}

/// The version that a bump leads to.
#[must_use]
pub fn raised(version: Version, bump: Bump) -> Version {
    let Version { major, minor, patch } = version;
    match bump {
        Bump::Major | Bump::NewEvent => version.next_breaking(),
        Bump::Minor if major > 0 => Version::new(major, minor + 1, 0),
        Bump::Minor | Bump::Patch => Version::new(major, minor, patch + 1),
    }
}

/// What is said of one package in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Its name, on the new side if it is there.
    pub package: String,
    /// Its versions; `None` where a side has none.
    pub versions: Pair<Option<Version>>,
    /// What the findings need; `None` when nothing changed.
    pub needed: Option<Bump>,
    /// The version that the findings need.
    pub needed_version: Option<Version>,
    /// What the version tells of beside them.
    pub told: Told,
    /// Whether the declared version covers it and nothing else is an error.
    pub is_acceptable: bool,
    /// Findings by what they need, those accepted left out.
    pub counts: Counts,
}

/// Findings by what they need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Counts {
    pub new_event: usize,
    pub major: usize,
    pub minor: usize,
    pub patch: usize,
    /// Those after which Rust code has to be edited.
    pub source: usize,
}

impl Counts {
    pub(crate) fn of<'f>(findings: impl Iterator<Item = &'f Finding>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            match finding.bump() {
                Some(Bump::NewEvent) => counts.new_event += 1,
                Some(Bump::Major) => counts.major += 1,
                Some(Bump::Minor) => counts.minor += 1,
                Some(Bump::Patch) => counts.patch += 1,
                None => {}
            }
            if !finding.rule.edits.is_empty() {
                counts.source += 1;
            }
        }
        counts
    }
}

/// Whether anything of a package waits for its version.
pub(crate) fn has_next(schema: &Schema, package: &Package) -> bool {
    let is_next = |since: &Option<lymph_idl::Spanned<Since>>| {
        since.as_ref().is_some_and(|since| since.value == Since::Next)
    };
    members(schema, package).iter().any(|member| is_next(&member.meta.since))
        || package.interfaces.iter().any(|interface| {
            interface.emits.iter().any(|emits| is_next(&emits.since))
                || interface.methods.iter().flat_map(|it| &it.raises).any(|raise| is_next(&raise.since))
        })
}
