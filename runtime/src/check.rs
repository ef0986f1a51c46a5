//! What generated code calls to hold arguments to the schema's constraints.

/// A parameter is not what the schema allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("parameter `{parameter}` {must}")]
pub struct Violation {
    /// Wire name, with the path to a nested field.
    pub parameter: String,
    /// What it must be, as in `must be at most 500`.
    pub must: String,
}
