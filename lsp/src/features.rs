//! One file for each thing that an editor can ask.

pub(crate) mod actions;
pub(crate) mod completion;
pub(crate) mod edits;
pub(crate) mod folding;
pub(crate) mod format;
pub(crate) mod highlight;
pub(crate) mod hover;
mod imports;
pub(crate) mod navigate;
pub(crate) mod rename;
pub(crate) mod semantic;
pub(crate) mod symbols;
mod words;
