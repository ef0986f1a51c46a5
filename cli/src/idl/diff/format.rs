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
