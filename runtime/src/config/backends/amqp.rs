//! How to reach RabbitMQ, and how to know that it is the right one.

use std::path::PathBuf;

use super::{EventsConfig, Secret};
use crate::config::de::parse_bool;
use crate::config::error::Problem;
use crate::config::fields::Fields;
use crate::config::tree::{Kind, Node};

/// How to reach RabbitMQ.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AmqpConfig {
    /// `amqp://user:password@host:port/vhost`, or `amqps://…` for TLS.
    pub url: Secret,
    /// The topic exchange; those for delays and retries are named after it.
    pub exchange: String,
    /// Whom to trust with `amqps`, and who we are.
    pub tls: AmqpTls,
}

/// Files for a connection with TLS, all PEM. The broker's certificate is checked in any case, and so
/// is that it stands for the host in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct AmqpTls {
    /// Authorities, of which one has signed the broker's certificate; else those that the system knows.
    pub ca_certs: Option<PathBuf>,
    /// Our own certificate, followed by those between it and the authority that the broker knows.
    pub certfile: Option<PathBuf>,
    /// The key of our certificate; else it is in the same file.
    pub keyfile: Option<PathBuf>,
}

/// Arguments of Python's AMQP library that mean nothing here.
const KOMBU: [&str; 8] = [
    "serializer",
    "insist",
    "connect_timeout",
    "heartbeat",
    "login_method",
    "failover_strategy",
    "transport_options",
    "connect_max_retries",
];

pub(super) fn read(fields: &mut Fields<'_, '_>) -> EventsConfig {
    fields.ignore(&KOMBU);
    let transport: Option<String> = fields.get("transport");
    if let (Some(transport), Some(node)) = (&transport, fields.node("transport"))
        && !["amqp", "pyamqp", "librabbitmq", "memory"].contains(&&**transport)
    {
        let problem = Problem::at(&node.place, "this transport is not built in");
        fields.reader.report(problem.nearest(transport, ["amqp", "memory"]));
    }
    let exchange = fields.get("exchange").unwrap_or_else(|| "lymph".to_owned());
    let ssl = fields.node("ssl");
    let (tls, files) = ssl.map_or_else(|| (None, AmqpTls::default()), |node| tls(fields, node));
    let hostname: Option<String> = fields.get("hostname");
    let url = fields.get::<String>("url").or_else(|| hostname.clone().filter(|host| host.contains("://")));
    let port: Option<u16> = fields.get("port");
    let user: Option<String> = fields.get("userid");
    let password: Option<String> = fields.get("password");
    let virtual_host: Option<String> = fields.get("virtual_host");
    let url = match (url, tls) {
        (Some(url), Some(false)) if url.starts_with("amqps:") => {
            let place = ssl.map_or(fields.place, |node| &node.place);
            fields.reader.report(Problem::at(place, "`ssl` is off, and the URL begins with `amqps`"));
            url
        }
        // As Python's library has it, `ssl` decides.
        (Some(url), Some(true)) => match url.strip_prefix("amqp:") {
            Some(rest) => format!("amqps:{rest}"),
            None => url,
        },
        (Some(url), _) => url,
        (None, tls) => {
            let tls = tls.unwrap_or(false);
            let host = hostname.unwrap_or_else(|| "127.0.0.1".to_owned());
            let port = port.unwrap_or(if tls { 5671 } else { 5672 });
            let user = percent_encoded(user.as_deref().unwrap_or("guest"));
            let password = percent_encoded(password.as_deref().unwrap_or("guest"));
            let virtual_host = percent_encoded(virtual_host.as_deref().unwrap_or("/"));
            let scheme = if tls { "amqps" } else { "amqp" };
            format!("{scheme}://{user}:{password}@{host}:{port}/{virtual_host}")
        }
    };
    match transport.as_deref() {
        Some("memory") => EventsConfig::Memory,
        _ => EventsConfig::Amqp(AmqpConfig { url: Secret::new(url), exchange, tls: files }),
    }
}

/// Whether `ssl` wants TLS, and with which files.
fn tls(fields: &Fields<'_, '_>, node: &Node) -> (Option<bool>, AmqpTls) {
    let Some(node) = fields.reader.resolve(node) else { return (None, AmqpTls::default()) };
    if !matches!(node.kind, Kind::Map(_)) {
        let wanted = node.text().and_then(parse_bool);
        if wanted.is_none() {
            let problem = Problem::at(&node.place, "expected `true`, `false` or a section");
            fields.reader.report(problem.help("as `ssl: {ca_certs: ca.pem}`"));
        }
        return (wanted, AmqpTls::default());
    }
    let Some(mut section) = fields.reader.fields(node) else { return (None, AmqpTls::default()) };
    let mut file = |key: &'static str| {
        let node = section.node(key)?;
        node.path().map_err(|problem| section.reader.report(problem)).ok()
    };
    let files = AmqpTls { ca_certs: file("ca_certs"), certfile: file("certfile"), keyfile: file("keyfile") };
    if files.keyfile.is_some() && section.node("certfile").is_none() {
        section.missing("certfile", "`keyfile` is the key of a certificate");
    }
    section.finish();
    (Some(true), files)
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
