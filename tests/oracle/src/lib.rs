//! Holds what `lymph_diff` says of a change against what generated code of both sides does with it.
//!
//! The cases are those of the rules, `diff/tests/rules/*/{old,new}.lymph`: the build script generates code
//! for both sides of each. Values made from the writer's schema go through the writer's generated codec and
//! then through the reader's; what comes out is compared with what was meant.
//!
//! Clients and servers of both sides, producers and consumers, also meet in clusters of one process: calls are
//! made of every method and events are emitted of every kind, and what becomes of them is compared as well.

pub mod case;
pub mod claims;
pub mod codec;
pub mod constraints;
pub mod direction;
pub mod exceptions;
pub mod fixture;
pub mod hints;
pub mod judge;
pub mod meaning;
pub mod meeting;
pub mod operation;
pub mod peer;
#[rustfmt::skip]
#[allow(missing_docs, deprecated, clippy::all, reason = "this code is generated")]
pub mod pairs {
    use crate::codec::{self, Pair, Side};
    include!(concat!(env!("OUT_DIR"), "/pairs.rs"));
}
pub mod samples;
pub mod trial;
pub mod values;
