//! The document itself.

use super::{Format, Look};
use crate::idl::diff::document::Document;
use crate::output::Trouble;

pub(super) const FORMAT: &dyn Format = &Json;

struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "Everything, for programs; `lymph-idl schema` describes it"
    }

    fn write(&self, document: &Document, _: &Look) -> Result<String, Trouble> {
        Ok(serde_json::to_string_pretty(document)?)
    }
}
