//! Code generated from the schemas of the examples, and from `schemas/probe.lymph`.
#![allow(missing_docs, reason = "the schemas carry the docs")]

lymph::include_schema!();
