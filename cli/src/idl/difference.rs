//! What would change in a file.

use std::io::Write;
use std::path::Path;

use similar::TextDiff;

use crate::output::{Style, Terminal, Trouble};

/// Writes the difference in the form that `patch` reads.
///
/// # Errors
///
/// [`Trouble`] when nobody reads any more.
pub(super) fn show<W: Write>(
    path: &Path,
    before: &str,
    after: &str,
    terminal: &mut Terminal<W>,
) -> Result<(), Trouble> {
    let difference = TextDiff::from_lines(before, after);
    let name = path.display().to_string();
    let shown = difference.unified_diff().header(&name, &name).to_string();
    for line in shown.split_terminator('\n') {
        // A line end that changes shows in nothing else.
        let line = line.replace('\r', "␍");
        let styled = match line.as_bytes().first() {
            Some(b'-') => terminal.styled(Style::Error, &line),
            Some(b'+') => terminal.styled(Style::Added, &line),
            _ => line,
        };
        terminal.line(styled)?;
    }
    Ok(())
}
