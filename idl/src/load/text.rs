//! Bytes of a file to text.

use std::path::Path;

use crate::source::{FileId, SourceMap, Span};

/// Adds what was read at `path` to `sources`, without a byte order mark: it says nothing in UTF-8, and editors
/// put it there without being asked.
///
/// # Errors
///
/// The first place that is not UTF-8; the file is among the sources all the same.
pub(crate) fn add(sources: &mut SourceMap, path: &Path, bytes: &[u8]) -> Result<FileId, Span> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let error = match str::from_utf8(bytes) {
        Ok(text) => return Ok(sources.add(path, text)),
        Err(error) => error,
    };
    let file = sources.add(path, &*String::from_utf8_lossy(bytes));
    let start = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
    let end = start.saturating_add('\u{fffd}'.len_utf8() as u32);
    Err(Span { file, start, end })
}
