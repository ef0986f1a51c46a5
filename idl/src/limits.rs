//! How much a schema may hold.

/// Bounds on what one run reads; what exceeds them is an error that names the bound.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one file; checked before it is read in full.
    pub file_bytes: usize,
    /// Words, marks and comments of one file: what it takes to read one depends on them more than on its bytes.
    pub file_tokens: usize,
    /// Files of one run.
    pub files: usize,
    /// Files that imports lead through, counted from a root.
    pub import_depth: usize,
    /// Brackets inside brackets.
    pub nesting: usize,
    /// Bytes of one name, its dots included.
    pub name_bytes: usize,
    /// Bytes of one text in quotes.
    pub text_bytes: usize,
    /// Values of one list.
    pub list_items: usize,
    /// Errors kept; past them a run stops.
    pub errors: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 4 << 20,
            file_tokens: 300_000,
            files: 1_024,
            import_depth: 64,
            nesting: 64,
            name_bytes: 256,
            text_bytes: 4_096,
            list_items: 1_024,
            errors: 100,
        }
    }
}
