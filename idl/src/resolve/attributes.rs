//! Attributes: what each takes, and what it says.

mod known;

use std::time::Duration;

pub use known::{KNOWN as ATTRIBUTES, KnownAttribute, Place};
use known::{KNOWN, METHODS, belongs};

use super::Resolver;
use super::literals::{self, Amount};
use crate::ast::{Argument, Attribute, Literal};
use crate::error::SchemaError;
use crate::model::{self, CustomAttribute, Deprecation, HttpMapping, Since};
use crate::source::{Span, Spanned};
use crate::suggest::did_you_mean;

/// Longest name that a message broker takes.
pub(super) const WIRE_BYTES: usize = 255;

/// Most partitions of a serial handler; each is a queue of its own.
const MAX_PARTITIONS: i128 = 1_024;

/// Longest life of a queued event, in microseconds: whole days whose milliseconds fit into 31 bits.
const MAX_TTL_MICROS: i128 = 24 * 86_400_000_000;

/// Most tries after the first.
const MAX_RETRIES: i128 = 1_000;

/// What the attributes of one declaration say.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    pub since: Option<Spanned<Since>>,
    pub was: Vec<Spanned<String>>,
    pub deprecated: Option<Deprecation>,
    pub deprecated_span: Option<Span>,
    pub unstable: bool,
    pub wire: Option<Spanned<String>>,
    pub timeout: Option<Duration>,
    pub idempotent: bool,
    pub retryable: bool,
    pub fallback: Option<Span>,
    pub raw: bool,
    pub internal: bool,
    pub http: Option<Spanned<HttpMapping>>,
    /// The path of `http`, with its quotes.
    pub http_path: Option<Span>,
    pub ttl: Option<Duration>,
    pub sequential: Option<Span>,
    pub broadcast: Option<Span>,
    pub retries: u32,
    /// Field and number of queues.
    pub serial: Option<Spanned<(Spanned<String>, u16)>>,
    pub queue: Option<Spanned<String>>,
    pub durable: Option<bool>,
    pub custom: Vec<CustomAttribute>,
}

/// Whether the language has an attribute of that name.
pub(crate) fn is_attribute(name: &str) -> bool {
    KNOWN.iter().any(|known| known.name == name)
}

impl Resolver<'_> {
    /// Reads the attributes of something in `unit`, reporting what is unknown, misplaced or malformed.
    pub(super) fn attributes(&mut self, unit: usize, written: &[Attribute], place: Place) -> Attributes {
        let mut read = Attributes::default();
        let mut seen: Vec<(&str, Span)> = Vec::new();
        for attribute in written {
            let name = attribute.name.value.as_str();
            if name.contains('.') {
                read.custom.push(custom(attribute));
                continue;
            }
            let Some(known) = KNOWN.iter().find(|known| known.name == name) else {
                let help = did_you_mean(name, KNOWN.iter().map(|known| known.name))
                    .map(|help| help.replacen('`', "`@", 1))
                    .or_else(|| {
                        Some(format!("attributes of your own have a dotted name, as `@acme.{name}`"))
                    });
                let span = attribute.name.span;
                self.errors.push(SchemaError::UnknownAttribute { name: name.to_owned(), span, help });
                continue;
            };
            if !known.places.contains(&place) {
                self.errors.push(SchemaError::MisplacedAttribute {
                    name: name.to_owned(),
                    place: place.describe(),
                    help: belongs(known),
                    span: attribute.name.span,
                });
                continue;
            }
            let first = seen.iter().find(|(seen, _)| *seen == name).map(|(_, span)| *span);
            if let Some(first) = first.filter(|_| name != "was") {
                let second = attribute.name.span;
                self.errors.push(SchemaError::DuplicateAttribute { name: name.to_owned(), second, first });
                continue;
            }
            seen.push((name, attribute.name.span));
            if let Err(problem) = self.read_known(unit, attribute, place, &mut read) {
                let (problem, span) = problem.place(attribute);
                self.errors.push(SchemaError::AttributeArguments {
                    name: name.to_owned(),
                    problem,
                    usage: known.usage,
                    span,
                });
            }
        }
        read
    }

    fn read_known(
        &mut self,
        unit: usize,
        attribute: &Attribute,
        place: Place,
        read: &mut Attributes,
    ) -> Result<(), Problem> {
        let arguments = attribute.arguments.as_slice();
        match attribute.name.value.as_str() {
            "since" => {
                let [version] = positional(arguments)?;
                read.since = self.since(unit, version)?;
            }
            "was" => {
                if arguments.is_empty() {
                    return Err(Problem::new("takes at least one name in quotes"));
                }
                for argument in arguments {
                    read.was.push(wire_name(unnamed(argument)?, place)?);
                }
            }
            "deprecated" => {
                let (version, why) = match arguments {
                    [version] => (unnamed(version)?, None),
                    [version, why] => (unnamed(version)?, Some(text(unnamed(why)?)?)),
                    _ => return Err(Problem::new("takes a version and, if you like, a reason")),
                };
                let since = self.since(unit, version)?;
                read.deprecated_span = Some(attribute.span);
                read.deprecated =
                    since.map(|since| Deprecation { since: since.value, why: why.map(|why| why.value) });
            }
            "wire" => {
                let [name] = positional(arguments)?;
                read.wire = Some(wire_name(name, place)?);
            }
            "timeout" => {
                let [value] = positional(arguments)?;
                let micros = micros(value).filter(|micros| *micros > 0);
                let micros = micros.and_then(|micros| u64::try_from(micros).ok());
                let micros = micros.ok_or(Problem::at("takes a duration above zero", value.span))?;
                read.timeout = Some(Duration::from_micros(micros));
            }
            "unstable" => read.unstable = flag(arguments)?,
            "fallback" => read.fallback = flag(arguments)?.then_some(attribute.name.span),
            "ttl" => {
                let [value] = positional(arguments)?;
                let micros = micros(value)
                    .filter(|micros| (1..=MAX_TTL_MICROS).contains(micros) && micros % 1_000 == 0)
                    .and_then(|micros| u64::try_from(micros).ok());
                let problem = "takes whole milliseconds, from `1ms` to `24d`";
                let micros = micros.ok_or(Problem::at(problem, value.span))?;
                read.ttl = Some(Duration::from_micros(micros));
            }
            "idempotent" => read.idempotent = flag(arguments)?,
            "retryable" => read.retryable = flag(arguments)?,
            "raw" => read.raw = flag(arguments)?,
            "internal" => read.internal = flag(arguments)?,
            "http" => {
                let (http, path) = http(arguments)?;
                read.http_path = Some(path);
                read.http = Some(Spanned { value: http, span: attribute.span });
            }
            "sequential" => read.sequential = flag(arguments)?.then_some(attribute.name.span),
            "broadcast" => read.broadcast = flag(arguments)?.then_some(attribute.name.span),
            "retry" => {
                let [value] = positional(arguments)?;
                let retries = int(value, 0, MAX_RETRIES)?;
                read.retries = u32::try_from(retries).unwrap_or(0);
            }
            "serial" => {
                let serial = serial(arguments)?;
                read.serial = Some(Spanned { value: serial, span: attribute.name.span });
            }
            "queue" => {
                let [name] = positional(arguments)?;
                let name = wire_name(name, place)?;
                read.queue = Some(Spanned { value: name.value, span: attribute.name.span });
            }
            "durable" => {
                let [value] = positional(arguments)?;
                read.durable = Some(match &value.value {
                    Literal::Name(word) if word == "true" => true,
                    Literal::Name(word) if word == "false" => false,
                    _ => return Err(Problem::at("takes `true` or `false`", value.span)),
                });
            }
            _ => {}
        }
        Ok(())
    }

    /// The version of a `@since` or `@deprecated`; `None` when it was refused with an error of its own.
    fn since(&mut self, unit: usize, value: &Spanned<Literal>) -> Result<Option<Spanned<Since>>, Problem> {
        let since = literals::since(&value.value).ok_or_else(|| {
            let patch = matches!(&value.value, Literal::Number(text) if text.matches('.').count() == 2);
            let problem = if patch {
                "takes `MAJOR.MINOR`: a patch changes nothing that peers see"
            } else {
                "takes a version, or `next`"
            };
            Problem::at(problem, value.span)
        })?;
        if let Since::Version(version) = since {
            let package = &self.units[unit].ast.version;
            if self.units[unit].ast.damage.package {
                return Ok(None);
            }
            let shown = format!("{}.{}", version.major, version.minor);
            if version.major != package.value.major {
                let major = package.value.major;
                self.errors.push(SchemaError::OtherMajor { since: shown, major, span: value.span });
                return Ok(None);
            }
            if version > package.value {
                self.errors.push(SchemaError::SinceTooNew {
                    since: shown,
                    version: package.value.to_string(),
                    span: value.span,
                    package: package.span,
                });
                return Ok(None);
            }
        }
        Ok(Some(Spanned { value: since, span: value.span }))
    }
}

/// What is wrong with an attribute's arguments, and where if it is one of them.
struct Problem {
    text: String,
    span: Option<Span>,
}

impl Problem {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), span: None }
    }

    fn at(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), span: Some(span) }
    }

    fn place(self, attribute: &Attribute) -> (String, Span) {
        (self.text, self.span.unwrap_or(attribute.span))
    }
}

/// Exactly `N` arguments without names.
fn positional<'a, const N: usize>(
    arguments: impl IntoIterator<Item = &'a Argument>,
) -> Result<[&'a Spanned<Literal>; N], Problem> {
    let values = arguments.into_iter().map(unnamed).collect::<Result<Vec<_>, _>>()?;
    let found = values.len();
    values.try_into().map_err(|_| {
        let plural = if N == 1 { "argument" } else { "arguments" };
        Problem::new(format!("takes {N} {plural}, not {found}"))
    })
}

fn unnamed(argument: &Argument) -> Result<&Spanned<Literal>, Problem> {
    match &argument.name {
        Some(name) => Err(Problem::at(format!("has no argument called `{}`", name.value), name.span)),
        None => Ok(&argument.value),
    }
}

fn flag(arguments: &[Argument]) -> Result<bool, Problem> {
    if arguments.is_empty() { Ok(true) } else { Err(Problem::new("takes no arguments")) }
}

fn text(value: &Spanned<Literal>) -> Result<Spanned<String>, Problem> {
    match &value.value {
        Literal::Text(text) => Ok(Spanned { value: text.clone(), span: value.span }),
        _ => Err(Problem::at("takes a text in quotes", value.span)),
    }
}

/// A duration in microseconds.
fn micros(value: &Spanned<Literal>) -> Option<i128> {
    match &value.value {
        Literal::Number(number) => match literals::amount(number) {
            Ok(Amount::Micros(micros)) => Some(micros),
            _ => None,
        },
        _ => None,
    }
}

fn int(value: &Spanned<Literal>, min: i128, max: i128) -> Result<i128, Problem> {
    let number = match &value.value {
        Literal::Number(number) => match literals::amount(number) {
            Ok(Amount::Int(int)) => Some(int),
            _ => None,
        },
        _ => None,
    };
    number
        .filter(|number| (min..=max).contains(number))
        .ok_or_else(|| Problem::at(format!("takes a number from {min} to {max}"), value.span))
}

/// A name that travels: what brokers, subjects and maps can carry.
fn wire_name(value: &Spanned<Literal>, place: Place) -> Result<Spanned<String>, Problem> {
    let name = text(value)?;
    let problem = if name.value.is_empty() {
        "needs a name that is not empty"
    } else if name.value.len() > WIRE_BYTES {
        "takes a name of at most 255 bytes"
    } else if name.value.chars().any(char::is_control) {
        "takes a name without control characters"
    } else if METHODS.contains(&place) && name.value.contains('.') {
        "takes a name without dots here: a subject is `Interface.method`"
    } else if place == Place::Event && name.value.contains(['*', '#']) {
        "takes a name without wildcards here: it is the routing key"
    } else if place == Place::Event && name.value.split('.').any(str::is_empty) {
        "takes words joined by single dots here: it is the routing key"
    } else {
        return Ok(name);
    };
    Err(Problem::at(problem, value.span))
}

/// A verb, a path, and by name a status; also where the path stands.
fn http(arguments: &[Argument]) -> Result<(HttpMapping, Span), Problem> {
    const VERBS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let is_status = |argument: &&Argument| argument.name.as_ref().is_some_and(|name| name.value == "status");
    let mut statuses = arguments.iter().filter(is_status);
    let status = statuses.next();
    if let Some(second) = statuses.next() {
        return Err(Problem::at("takes one `status`", second.value.span));
    }
    let [verb, path] = positional(arguments.iter().filter(|argument| !is_status(argument)))?;
    let verb = match &verb.value {
        Literal::Name(name) if VERBS.contains(&name.as_str()) => name.clone(),
        _ => return Err(Problem::at(format!("takes one of {}", VERBS.join(", ")), verb.span)),
    };
    let text = text(path)?.value;
    if !text.starts_with('/') || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Problem::at("takes a path that begins with `/`", path.span));
    }
    if text.contains(['?', '#']) {
        return Err(Problem::at("takes a path without query: other parameters go there", path.span));
    }
    let status = status.map(|status| int(&status.value, 200, 299)).transpose()?;
    let status = status.and_then(|status| u16::try_from(status).ok());
    Ok((HttpMapping { verb, path: text, status }, path.span))
}

fn serial(arguments: &[Argument]) -> Result<(Spanned<String>, u16), Problem> {
    let mut key = None;
    let mut partitions = None;
    for Argument { name, value } in arguments {
        match name.as_ref().map(|name| name.value.as_str()) {
            Some("key") if key.is_none() => {
                let Literal::Name(field) = &value.value else {
                    return Err(Problem::at("takes a field's name as `key`", value.span));
                };
                key = Some(Spanned { value: field.clone(), span: value.span });
            }
            Some("partitions") if partitions.is_none() => {
                partitions = u16::try_from(int(value, 1, MAX_PARTITIONS)?).ok();
            }
            Some(other) if !matches!(other, "key" | "partitions") => {
                return Err(Problem::at(format!("has no argument called `{other}`"), value.span));
            }
            _ => return Err(Problem::at("takes `key` and `partitions`, once each, by name", value.span)),
        }
    }
    match (key, partitions) {
        (Some(key), Some(partitions)) => Ok((key, partitions)),
        (None, _) => Err(Problem::new("needs a `key`")),
        (_, None) => Err(Problem::new("needs `partitions`")),
    }
}

fn custom(attribute: &Attribute) -> CustomAttribute {
    let argument = |argument: &Argument| {
        let name = argument.name.as_ref().map(|name| name.value.clone());
        (name, free_literal(&argument.value.value))
    };
    CustomAttribute {
        name: attribute.name.clone(),
        arguments: attribute.arguments.iter().map(argument).collect(),
    }
}

/// A value that no type explains.
fn free_literal(literal: &Literal) -> model::Literal {
    match literal {
        Literal::Number(text) => match literals::amount(text) {
            Ok(Amount::Int(int) | Amount::Micros(int)) => model::Literal::Int(int),
            Ok(Amount::Float(float)) => model::Literal::Float(float),
            // A version, or anything else made of digits.
            Err(_) => model::Literal::String(text.clone()),
        },
        Literal::Text(text) => model::Literal::String(text.clone()),
        Literal::Name(word) if word == "true" => model::Literal::Bool(true),
        Literal::Name(word) if word == "false" => model::Literal::Bool(false),
        Literal::Name(word) => model::Literal::Name(word.clone()),
        Literal::List(values) => {
            model::Literal::List(values.iter().map(|value| free_literal(&value.value)).collect())
        }
        Literal::EmptyMap => model::Literal::EmptyMap,
    }
}
