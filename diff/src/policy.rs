//! What a team tolerates.

use crate::finding::Finding;
use crate::rule::{Consequence, Level};

/// What a team tolerates.
#[derive(Debug, Clone, Default)]
pub struct Policy {}

impl Policy {
    /// Gives a finding its level; `is_covered` says whether the declared versions tell of it.
    pub(crate) fn judge(&self, finding: &mut Finding, is_covered: bool) {
        finding.level = match finding.rule.consequence {
            Consequence::Promise { level } => level,
            Consequence::Shape { .. } | Consequence::Call { .. } | Consequence::Event { .. } => {
                let step = finding.step.expect("only promises need no version");
                match is_covered {
                    // That a minor step is missing is said once, of the version.
                    true if step.warns => Level::Warning,
                    true => Level::Note,
                    false if step.bump > crate::effect::Bump::Minor => Level::Error,
                    false if step.warns => Level::Warning,
                    false => Level::Note,
                }
            }
        };
    }
}
