//! One file for each library.

pub(crate) mod lymph;
pub(crate) mod tarpc;
pub(crate) mod tcp;
pub(crate) mod tonic;
pub(crate) mod zeromq;
