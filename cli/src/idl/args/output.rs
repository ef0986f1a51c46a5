//! How commands tell what they found.

use clap::ValueEnum;

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people, with the lines that they are about.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
    /// `file:line:column: level: message`, as editors and build logs read it.
    Oneline,
    /// Annotations of a pull request, as GitHub Actions reads them.
    Github,
}

/// How to tell what was found.
#[derive(Debug, clap::Args)]
pub struct Output {
    /// How to tell what is found: human, json, oneline or github
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human", hide_possible_values = true)]
    format: Format,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl Output {
    /// What was asked for.
    #[must_use]
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}
