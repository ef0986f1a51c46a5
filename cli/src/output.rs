//! Tables, JSON, colour, exit codes: every way of telling people and programs something.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use lymph::Value;

/// Columns up to which a value is shown on one line.
const VALUE_WIDTH: usize = 80;

/// Columns where nobody says how many there are, and what can be read at all and in comfort.
const DEFAULT_WIDTH: usize = 100;
const MIN_WIDTH: usize = 60;
const MAX_WIDTH: usize = 140;

/// How a command ended when it did its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    Fine,
    /// Exit code 1: there is something to tell, a mistake in a schema or a method's declared error.
    Found,
}

/// Why a command could not do its work: exit code 2.
#[derive(Debug, Clone)]
pub struct Trouble {
    message: String,
    help: Option<String>,
    /// The reader of our output went away; nobody wants to hear of it.
    silent: bool,
}

impl Trouble {
    /// Says what went wrong, in lower case and without a final stop.
    pub fn new(message: impl fmt::Display) -> Self {
        Self { message: message.to_string(), help: None, silent: false }
    }

    /// Says what to do next.
    #[must_use]
    pub fn help(mut self, help: impl fmt::Display) -> Self {
        self.help = Some(help.to_string());
        self
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        let silent = error.kind() == io::ErrorKind::BrokenPipe;
        Self { silent, ..Self::new(format!("cannot write: {error}")) }
    }
}

impl From<serde_json::Error> for Trouble {
    fn from(error: serde_json::Error) -> Self {
        match error.is_io() {
            true => io::Error::from(error).into(),
            false => Self::new(format!("cannot write JSON: {error}")),
        }
    }
}

impl From<lymph_config::ConfigError> for Trouble {
    fn from(error: lymph_config::ConfigError) -> Self {
        Self { help: error.help().map(str::to_owned), ..Self::new(error) }
    }
}

/// What a command returns.
pub type Ended = Result<Outcome, Trouble>;

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Reads `auto`, `always` or `never` from a command line.
    pub(crate) fn parser() -> impl TypedValueParser<Value = Self> {
        PossibleValuesParser::new(["auto", "always", "never"]).map(|text| match text.as_str() {
            "always" => Self::Always,
            "never" => Self::Never,
            _ => Self::Auto,
        })
    }

    fn wanted(self, is_terminal: bool) -> bool {
        let forbidden = || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match self {
            Self::Auto => is_terminal && !forbidden(),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// Ways in which text stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Names.
    Name,
    /// What belongs to names: parameters, versions.
    Detail,
    /// Mistakes.
    Error,
    /// Advice.
    Help,
    /// Text that is new.
    Added,
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Self::Name => "\x1b[1m",
            Self::Detail => "\x1b[33m",
            Self::Error => "\x1b[1;31m",
            Self::Help => "\x1b[36m",
            Self::Added => "\x1b[32m",
        }
    }
}

/// How text stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paint {
    color: bool,
}

impl Paint {
    /// `text`, standing out where colour is wanted.
    #[must_use]
    pub fn styled(self, style: Style, text: &str) -> String {
        if self.color { format!("{}{text}\x1b[0m", style.code()) } else { text.to_owned() }
    }
}

/// Where a command writes.
#[derive(Debug)]
pub struct Terminal<W> {
    out: W,
    color: bool,
    json: bool,
}

impl Terminal<io::BufWriter<io::Stdout>> {
    /// Standard output.
    #[must_use]
    pub fn stdout(color: Color, json: bool) -> Self {
        let out = io::stdout();
        let color = color.wanted(out.is_terminal()) && !json;
        Self { out: io::BufWriter::new(out), color, json }
    }
}

impl<W: Write> Terminal<W> {
    /// Writes to `out`, for people and without colour.
    pub fn plain(out: W) -> Self {
        Self { out, color: false, json: false }
    }

    /// The same, for programs.
    #[must_use]
    pub fn with_json(self) -> Self {
        Self { json: true, color: false, ..self }
    }

    /// What it writes to.
    pub fn into_inner(self) -> W {
        self.out
    }

    /// Whether programs read along: then everything is JSON.
    #[must_use]
    pub fn wants_json(&self) -> bool {
        self.json
    }

    /// Whether colour is wanted.
    #[must_use]
    pub fn wants_color(&self) -> bool {
        self.color
    }

    /// `text`, standing out where colour is wanted.
    #[must_use]
    pub fn styled(&self, style: Style, text: &str) -> String {
        self.paint().styled(style, text)
    }

    /// How text stands out here.
    #[must_use]
    pub fn paint(&self) -> Paint {
        Paint { color: self.color }
    }

    /// Columns that text may take: those of the terminal, or of the variable `COLUMNS`.
    #[must_use]
    pub fn width(&self) -> usize {
        let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let seen = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        told.or_else(seen).unwrap_or(DEFAULT_WIDTH).clamp(MIN_WIDTH, MAX_WIDTH)
    }

    /// Writes a line.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when nobody reads any more.
    pub fn line(&mut self, text: impl fmt::Display) -> Result<(), Trouble> {
        writeln!(self.out, "{text}").map_err(Into::into)
    }

    /// Writes text that has its own line ends.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when nobody reads any more.
    pub fn text(&mut self, text: &str) -> Result<(), Trouble> {
        self.out.write_all(text.as_bytes()).map_err(Into::into)
    }

    /// Writes one line of JSON.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when nobody reads any more.
    pub fn json(&mut self, value: &impl ToJson) -> Result<(), Trouble> {
        self.line(value.to_json()?)
    }

    /// Writes a value of the wire: as JSON for programs, with its types for people.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when nobody reads any more.
    pub fn value(&mut self, value: &Value) -> Result<(), Trouble> {
        if self.json { self.json(value) } else { self.line(Pretty(value, 0)) }
    }

    /// Makes sure that everything written is seen.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when nobody reads any more.
    pub fn flush(&mut self) -> Result<(), Trouble> {
        self.out.flush().map_err(Into::into)
    }
}

/// What can be written as JSON.
pub trait ToJson {
    /// On one line.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when JSON cannot hold it.
    fn to_json(&self) -> Result<String, Trouble>;
}

impl ToJson for serde_json::Value {
    fn to_json(&self) -> Result<String, Trouble> {
        Ok(self.to_string())
    }
}

impl ToJson for Value {
    fn to_json(&self) -> Result<String, Trouble> {
        serde_json::to_string(self).map_err(Into::into)
    }
}

/// A value over as many lines as it needs, this far indented.
struct Pretty<'a>(&'a Value, usize);

impl fmt::Display for Pretty<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(value, indent) = *self;
        let line = value.to_string();
        if indent + line.chars().count() <= VALUE_WIDTH {
            return f.write_str(&line);
        }
        let (pad, end) = (" ".repeat(indent + 2), " ".repeat(indent));
        match value {
            Value::List(items) | Value::Set(items) => {
                let open = if matches!(value, Value::Set(_)) { "set[" } else { "[" };
                writeln!(f, "{open}")?;
                for item in items {
                    writeln!(f, "{pad}{},", Pretty(item, indent + 2))?;
                }
                write!(f, "{end}]")
            }
            Value::Map(pairs) => {
                writeln!(f, "{{")?;
                for (key, value) in pairs {
                    writeln!(f, "{pad}{key}: {},", Pretty(value, indent + 2))?;
                }
                write!(f, "{end}}}")
            }
            _ => f.write_str(&line),
        }
    }
}

/// Tells standard error what `ended` says and gives the process its exit code.
pub fn finish(ended: Ended, color: Color) -> ExitCode {
    match ended {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(1),
        Err(trouble) if trouble.silent => ExitCode::SUCCESS,
        Err(trouble) => {
            complain(&trouble, color);
            ExitCode::from(2)
        }
    }
}

/// Writes what went wrong to standard error.
fn complain(trouble: &Trouble, color: Color) {
    let stderr = io::stderr();
    let mut terminal = Terminal { color: color.wanted(stderr.is_terminal()), out: stderr, json: false };
    let error = terminal.styled(Style::Error, "error");
    let help = terminal.styled(Style::Help, "help");
    // Nobody is left to tell when this fails.
    let _ = terminal.line(format_args!("{error}: {}", trouble.message));
    if let Some(text) = &trouble.help {
        let _ = terminal.line(format_args!("  {help}: {text}"));
    }
}

/// A note beside the output, for people.
pub fn note(text: impl fmt::Display) {
    // Nobody is left to tell when this fails.
    let _ = writeln!(io::stderr(), "{text}");
}
