//! What a change of a `.lymph` schema does to those who already use it.
//!
//! There is one relation: does a reader of one version understand what a writer of the other wrote? Every
//! difference is looked at where it stands, once, by rules that are data; where its values travel, and so
//! whom it hurts, follows from the operations that reach it.
//!
//! ```
//! use lymph_diff::{Policy, diff};
//!
//! let old = lymph_idl::parse_str("geo.lymph", "package geo @ 1.4.0;
//!     interface Geo { rpc locate(country: string?); }")?;
//! let new = lymph_idl::parse_str("geo.lymph", "package geo @ 1.5.0;
//!     interface Geo { rpc locate(country: string); }")?;
//!
//! let report = diff(&old, &new, &Policy::default());
//! assert!(!report.is_acceptable());
//! assert_eq!(report.findings[0].id, "param-became-required");
//! assert_eq!(report.findings[0].path, "Geo.locate(country)");
//! assert_eq!(report.verdicts[0].needed_version.unwrap().to_string(), "2.0.0");
//! # Ok::<(), lymph_idl::Failure>(())
//! ```

mod answer;
mod bounds;
mod changes;
mod effect;
mod emits;
mod finding;
mod graph;
mod history;
mod http;
mod judge;
mod likeness;
mod line;
mod literal;
mod matching;
mod metas;
mod node;
mod pair;
mod path;
mod policy;
mod position;
mod queue;
mod renames;
mod report;
mod rule;
mod rules;
mod side;
mod since;
mod sink;
mod spelling;
mod steps;
mod unclassified;
mod uses;
mod verdict;
mod walk;

pub use bounds::Bounds;
pub use changes::{MemberChanges, VariantChanges};
pub use effect::{Bump, Edit, Effect, Step};
pub use finding::{Acceptance, Finding, Use};
pub use history::{OldBreak, Older, Seen, frozen, unreleased};
pub use matching::{Heirs, InterfaceMembers, Matching, Moved, Named, PackageMembers};
pub use node::{Choice, ChoiceKind, Members, Owner, Presence, Value};
pub use pair::Pair;
pub use policy::{EventPolicy, Left, Override, Policy, Tier, WentOut};
pub use position::{Cell, Matrix, Order, Position, Role, Rollout};
pub use report::{Report, Unclassified, diff};
pub use rule::{Check, Consequence, Level, Rule};
pub use rules::{RULES, rule};
pub use side::Side;
pub use sink::{Scope, Sink};
pub use verdict::{Counts, Declared, PackageChange, Told, Verdict, raised};
