//! What tools other than a terminal make of errors: their places, and edits that put them right.

use miette::Diagnostic;

use crate::error::SchemaError;
use crate::source::Span;

impl SchemaError {
    /// Everything that the error points at, with what it says there; the mistake itself first.
    #[must_use]
    pub fn labelled(&self) -> Vec<(Span, String)> {
        let labels = self.labels().into_iter().flatten();
        labels
            .map(|label| (Span::from_miette(*label.inner()), label.label().unwrap_or_default().to_owned()))
            .collect()
    }

    /// What most likely was meant, and what it replaces.
    ///
    /// ```
    /// let text = "package zoo @ 1.0.0;\nstruct Zoo { name: strng }\n";
    /// let failure = lymph_idl::parse_str("zoo.lymph", text).unwrap_err();
    /// let (span, meant) = failure.errors[0].replacement().unwrap();
    /// assert_eq!((failure.sources.text(span), &*meant), ("strng", "string"));
    /// ```
    #[must_use]
    pub fn replacement(&self) -> Option<(Span, String)> {
        // These point at exactly what is written wrongly.
        let is_name = matches!(
            self,
            Self::Syntax { .. }
                | Self::ImportNotFound { .. }
                | Self::UnknownImport { .. }
                | Self::UnknownType { .. }
                | Self::UnknownError { .. }
                | Self::UnknownEvent { .. }
                | Self::UnknownAttribute { .. }
                | Self::BadDefault { .. }
                | Self::BadSerialKey { .. }
        );
        let help = self.help().filter(|_| is_name)?;
        let meant = help.strip_prefix("did you mean `")?.strip_suffix("`?")?;
        let span = self.span().filter(|span| span.start < span.end)?;
        // Some are only the shape of an answer, as `list<…>`.
        (!meant.contains('…')).then(|| (span, meant.to_owned()))
    }
}
