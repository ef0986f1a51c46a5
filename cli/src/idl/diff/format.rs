//! Ways of writing a comparison. A new one is a file in this folder and its line in the list below.

/// Declares the modules of formats and the list of them.
macro_rules! formats {
    ($($name:ident,)*) => {
        $(mod $name;)*

        /// All of them, in the order of `--help`.
        const FORMATS: &[&dyn Format] = &[$($name::FORMAT,)*];
    };
}

formats! {
    human,
    json,
    sarif,
    github,
    gitlab,
    junit,
    markdown,
    oneline,
}

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::document::Document;
use crate::output::{Paint, Trouble};

/// One way of writing a comparison.
pub(super) trait Format: Sync {
    /// As `--format` names it.
    fn name(&self) -> &'static str;

    /// For whom it is, in a few words for `--help`.
    fn about(&self) -> &'static str;

    /// Everything that is to be written, without the last line's end.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the format cannot hold the document.
    fn write(&self, document: &Document, look: &Look) -> Result<String, Trouble>;
}

/// How much to tell, and how it should look.
#[derive(Debug, Clone, Copy)]
pub(in crate::idl) struct Look {
    /// How text stands out.
    pub paint: Paint,
    /// Columns before text wraps.
    pub width: usize,
    /// Whether what is fine is told in full too.
    pub verbose: bool,
}

/// Which format.
#[derive(Clone, Copy)]
pub(crate) struct Chosen(&'static dyn Format);

impl Chosen {
    /// Reads the name of a format from a command line.
    pub(crate) fn parser() -> impl TypedValueParser<Value = Self> {
        let names = FORMATS.iter().map(|format| PossibleValue::new(format.name()).help(format.about()));
        PossibleValuesParser::new(names).map(|name| {
            let chosen = FORMATS.iter().find(|format| format.name() == name);
            Self(*chosen.expect("one of the possible values"))
        })
    }

    /// The one for programs.
    pub(crate) fn json() -> Self {
        Self(json::FORMAT)
    }

    /// The one for people.
    pub(super) fn human() -> Self {
        Self(human::FORMAT)
    }

    /// Whether people read it.
    pub(super) fn is_for_people(self) -> bool {
        self.0.name() == human::FORMAT.name()
    }

    pub(super) fn write(self, document: &Document, look: &Look) -> Result<String, Trouble> {
        self.0.write(document, look)
    }
}

impl std::fmt::Debug for Chosen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

#[cfg(test)]
mod tests {
    use lymph_diff::{Acceptance, Pair, Policy, diff};

    use super::*;
    use crate::idl::diff::document::{Outcome, Unclassified, make};
    use crate::idl::diff::side::Side;
    use crate::idl::diff::sides::Files;

    /// The fingerprint of an acceptance that accepts nothing.
    const STALE: &str = "0123456789ab";

    /// A break that is accepted, an acceptance that is stale, and a change that no rule knows.
    fn document() -> Document {
        let [old, new] = ["string?", "string"].map(|country| {
            let text = format!("package geo @ 1.4.0; interface Geo {{ rpc locate(country: {country}); }}");
            lymph_idl::parse_str("geo.lymph", text).expect("a schema")
        });
        let fingerprint = diff(&old, &new, &Policy::default()).findings[0].fingerprint.clone();
        let until = Some("1.9.0".to_owned());
        let accepted = Acceptance { reason: "all send it".to_owned(), by: "maria".to_owned(), until };
        let stale = Acceptance { reason: "long gone".to_owned(), by: "joe".to_owned(), until: None };
        let accepted = [(fingerprint, accepted), (STALE.to_owned(), stale)].into();
        let policy = Policy { accepted, ..Policy::default() };
        let report = diff(&old, &new, &policy);
        let side = |schema| Side::new(schema, &Files::Disk, "it".to_owned(), None, Policy::default(), None);
        let mut document = make(&Pair::new(side(old), side(new)), &report);
        document.unclassified.push(Unclassified { path: "Geo.odd".to_owned(), old: None, new: None });
        document.outcome = Outcome::Undecided;
        document
    }

    /// Every format, each with what it writes of the document.
    fn written() -> impl Iterator<Item = (&'static str, String)> {
        let (document, look) = (document(), Look { paint: Paint::default(), width: 1000, verbose: false });
        FORMATS
            .iter()
            .map(move |format| (format.name(), format.write(&document, &look).expect("it can be written")))
    }

    #[test]
    fn every_format_tells_what_no_rule_knows() {
        for (format, text) in written() {
            assert!(text.contains("Geo.odd"), "{format}: {text}");
            assert!(text.to_lowercase().contains("undecided"), "{format}: {text}");
        }
    }

    #[test]
    fn every_format_tells_what_is_accepted_and_why() {
        for (format, text) in written() {
            for said in ["can no longer be left out", "all send it", "maria", "1.9.0"] {
                assert!(text.contains(said), "{format} lacks {said}: {text}");
            }
        }
    }

    #[test]
    fn every_format_tells_what_is_stale() {
        for (format, text) in written() {
            for said in [STALE, "long gone", "nothing like it is found"] {
                assert!(text.contains(said), "{format} lacks {said}: {text}");
            }
        }
    }
}
