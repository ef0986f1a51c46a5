//! The other sections: what is served, run, opened and logged.

use super::error::ConfigError;
use super::fields::{Fields, Reader};
use super::section::Section;
use super::tree::{Entry, Kind, Node};
use crate::{Map, Version};

/// One entry of `interfaces`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct InterfaceConfig {
    /// What implements it: meant for Python, kept for tools.
    pub class: Option<String>,
    /// The version behind `@`.
    pub version: Option<Version>,
    /// Everything, for the service to read.
    pub settings: Section,
}

/// One entry of `instances`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstanceConfig {
    /// What the node starts.
    pub command: String,
    /// How often.
    pub numprocesses: u16,
}

/// One entry of `sockets`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SocketConfig {
    /// `container.ip` when there is none.
    pub host: Option<String>,
    /// The port.
    pub port: u16,
}

/// The section `logging`: levels of Python's `dictConfig`, the rest of which is Python's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct LoggingConfig {
    /// Levels by target, the root's under the empty name: `DEBUG` … `CRITICAL` in lower case and in
    /// Rust's words (`warn`, `error`).
    pub levels: Map<String, String>,
}

impl LoggingConfig {
    /// As `tracing`'s filters take them: `warn,lymph::events=debug`.
    #[must_use]
    pub fn directives(&self) -> Option<String> {
        let directive = |(target, level): (&String, &String)| match target.as_str() {
            "" => level.clone(),
            target => format!("{target}={level}"),
        };
        let directives: Vec<_> = self.levels.iter().map(directive).collect();
        (!directives.is_empty()).then(|| directives.join(","))
    }
}

pub(super) fn interface(reader: &Reader<'_>, name: String, settings: Section) -> (String, InterfaceConfig) {
    let report =
        |error: ConfigError| error.into_problems().into_iter().for_each(|problem| reader.report(problem));
    let class = settings.get("class").map_err(report).unwrap_or_default();
    let version = name.split_once('@').map(|(_, version)| version.parse());
    let version = version.transpose().unwrap_or_else(|error: crate::ParseVersionError| {
        reader.report(settings.problem(error.to_string()));
        None
    });
    (name, InterfaceConfig { class, version, settings })
}

pub(super) fn instances(fields: &Fields<'_, '_>) -> Map<String, InstanceConfig> {
    let read = |entry: &Entry| -> Option<_> {
        let mut instance = fields.reader.fields(&entry.value)?;
        let command = instance.get("command");
        let numprocesses = instance.get("numprocesses").unwrap_or(1);
        if command.is_none() && instance.node("command").is_none() {
            instance.missing("command", "what the node starts: `command: lymph instance --config echo.yml`");
        }
        instance.finish();
        Some((entry.key.clone(), InstanceConfig { command: command?, numprocesses }))
    };
    fields.entries().iter().filter_map(read).collect()
}

/// A list, or a section whose keys are names for people.
pub(super) fn sockets<'a>(reader: &Reader<'a>, node: &'a Node) -> Vec<SocketConfig> {
    let nodes: Vec<&Node> = match &node.kind {
        Kind::List(items) => items.iter().collect(),
        _ => {
            let entries = reader.fields(node).map(|fields| fields.entries()).unwrap_or_default();
            entries.iter().map(|entry| &entry.value).collect()
        }
    };
    let read = |node: &'a Node| {
        let mut socket = reader.fields(node)?;
        let (host, port) = (socket.get("host"), socket.get("port"));
        if port.is_none() && socket.node("port").is_none() {
            socket.missing("port", "the port to open");
        }
        socket.finish();
        Some(SocketConfig { host, port: port? })
    };
    nodes.into_iter().filter_map(read).collect()
}

pub(super) fn logging(mut fields: Fields<'_, '_>) -> LoggingConfig {
    let mut config = LoggingConfig::default();
    let mut read = |target: String, node| {
        let Some(mut logger) = fields.reader.fields(node) else { return };
        let level = logger.parse("level", "`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`", parse_level);
        if let Some(level) = level {
            config.levels.insert(target, level.to_owned());
        }
    };
    if let Some(root) = fields.node("root") {
        read(String::new(), root);
    }
    if let Some(loggers) = fields.node("loggers").and_then(|node| fields.reader.fields(node)) {
        for entry in loggers.entries() {
            read(entry.key.replace('.', "::"), &entry.value);
        }
    }
    fields.ignore(&[
        "version",
        "formatters",
        "filters",
        "handlers",
        "disable_existing_loggers",
        "incremental",
    ]);
    fields.finish();
    config
}

fn parse_level(text: &str) -> Option<&'static str> {
    Some(match text.to_ascii_uppercase().as_str() {
        "DEBUG" => "debug",
        "INFO" => "info",
        "WARNING" | "WARN" => "warn",
        "ERROR" | "CRITICAL" => "error",
        _ => return None,
    })
}
