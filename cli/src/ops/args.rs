//! The arguments of `lymph`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};
use lymph::Endpoint;
use lymph::config::Sources;

use crate::manual::{Completions, Manual};
use crate::output::Color;

/// Looks into a cluster of lymph services and talks to it.
#[derive(Debug, Parser)]
#[command(name = "lymph", version, disable_help_subcommand = true, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 fine, 1 something was found, 2 could not do it.")]
pub struct Args {
    /// Which cluster.
    #[command(flatten)]
    pub cluster: Cluster,
    /// When to use colour
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto", value_parser = Color::parser())]
    pub color: Color,
    /// Write JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Which cluster.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Cluster")]
pub struct Cluster {
    /// Settings, beside those of the file that LYMPH_NODE_CONFIG names
    #[arg(short, long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Values for $(var.NAME) in the settings
    #[arg(long, value_name = "FILE", global = true)]
    pub vars: Option<PathBuf>,
    /// What to log to standard error: error, warn, info, debug, or a filter per target
    #[arg(long, value_name = "FILTER", global = true)]
    pub log: Option<String>,
}

impl Cluster {
    /// The files that say which: those named here, else those of the environment.
    pub(crate) fn sources(&self) -> Sources {
        Sources::from_env().with_args(self.config.clone(), self.vars.clone())
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Calls a method and shows the result
    #[command(after_help = "Examples:\n  lymph request Greeting.greet '{\"name\": \"Joe\"}'\n  \
                            lymph request echo.upper@1.5 - --json < arguments.json")]
    Request(Request),
    /// Publishes an event
    #[command(after_help = "Example:\n  lymph emit address_changed '{\"user\": 7}'")]
    Emit(Emit),
    /// Shows events as they come
    #[command(after_help = "Example:\n  lymph subscribe 'user.*.deleted' greeted")]
    Subscribe(Subscribe),
    /// Shows which services are registered, and where
    #[command(after_help = "Examples:\n  lymph discover\n  lymph discover Greeting --versions")]
    Discover(Discover),
    /// Shows the methods that a service offers
    #[command(after_help = "Examples:\n  lymph inspect Greeting\n  lymph inspect tcp://127.0.0.1:4080")]
    Inspect(Inspect),
    /// Hosts a registry and an event exchange for this machine, in memory
    #[command(after_help = "Example:\n  lymph node --address 127.0.0.1:4410")]
    Node(Node),
    /// Makes a key for connections that are encrypted, and shows its public half
    #[command(after_help = "Examples:\n  lymph keygen curve.key >> trusted.keys\n  \
                            lymph keygen --public curve.key")]
    Keygen(Keygen),
    /// Writes what a shell needs to complete arguments
    #[command(after_help = "Example:\n  lymph completions fish > ~/.config/fish/completions/lymph.fish")]
    Completions(Completions),
    /// Writes manual pages
    #[command(after_help = "Example:\n  lymph man --out ~/.local/share/man/man1")]
    Man(Manual),
}

impl Command {
    /// Whether it takes a broker, too.
    pub(crate) fn needs_events(&self) -> bool {
        matches!(self, Self::Emit(_) | Self::Subscribe(_))
    }
}

/// `request`.
#[derive(Debug, clap::Args)]
pub struct Request {
    /// The method, as INTERFACE.METHOD or INTERFACE.METHOD@VERSION
    pub subject: String,
    /// Its parameters as a JSON object; `-` reads them from standard input
    #[arg(value_name = "JSON", default_value = "{}")]
    pub params: String,
    /// How long to wait for the reply
    #[arg(long, value_name = "SECONDS", default_value = "3", allow_negative_numbers = true, value_parser = seconds)]
    pub timeout: Duration,
    /// Ask this instance, past discovery
    #[arg(long, value_name = "ENDPOINT", value_parser = endpoint)]
    pub address: Option<Endpoint>,
    /// The trace that the call belongs to
    #[arg(long, value_name = "ID")]
    pub trace_id: Option<String>,
    /// Send this many requests and show how long they took
    #[arg(short = 'N', value_name = "NUMBER", default_value = "1", value_parser = clap::value_parser!(u64).range(1..))]
    pub number: u64,
    /// Send this many at once
    #[arg(short = 'C', value_name = "NUMBER", default_value = "1", value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub concurrency: u64,
    /// Show the reply's headers too
    #[arg(short = 'D', long)]
    pub dump_headers: bool,
}

/// `emit`.
#[derive(Debug, clap::Args)]
pub struct Emit {
    /// The event's name
    #[arg(value_parser = event_name)]
    pub topic: String,
    /// What it says, as JSON; `-` reads it from standard input
    #[arg(value_name = "JSON", default_value = "{}")]
    pub body: String,
    /// Deliver it no earlier than this
    #[arg(long, value_name = "SECONDS", default_value = "0", allow_negative_numbers = true, value_parser = seconds)]
    pub delay: Duration,
    /// The trace that the event belongs to
    #[arg(long, value_name = "ID")]
    pub trace_id: Option<String>,
}

/// `subscribe`.
#[derive(Debug, clap::Args)]
pub struct Subscribe {
    /// Names of events; `*` stands for one word, `#` for any number
    #[arg(required = true, value_name = "TOPIC", value_parser = topic)]
    pub topics: Vec<String>,
    /// End after this many events
    #[arg(short = 'n', long, value_name = "NUMBER")]
    pub count: Option<u64>,
}

/// `discover`.
#[derive(Debug, clap::Args)]
pub struct Discover {
    /// One service instead of all; shows its instances
    pub name: Option<String>,
    /// Show instances
    #[arg(long)]
    pub instances: bool,
    /// Show each version apart
    #[arg(long)]
    pub versions: bool,
    /// Show everything that instances say of themselves
    #[arg(long)]
    pub full: bool,
    /// Show services without instances too
    #[arg(long)]
    pub all: bool,
}

/// `inspect`.
#[derive(Debug, clap::Args)]
pub struct Inspect {
    /// A service's name, with @VERSION if it matters, or an instance's endpoint
    #[arg(value_name = "NAME|ENDPOINT")]
    pub address: String,
}

/// `keygen`.
#[derive(Debug, clap::Args)]
pub struct Keygen {
    /// Where to write the secret key; nobody else will be able to read it
    pub file: PathBuf,
    /// Only show the public half of the key that is there
    #[arg(long)]
    pub public: bool,
}

/// `node`.
#[derive(Debug, clap::Args)]
pub struct Node {
    /// Where the hub listens, on loopback; the settings' hub or 127.0.0.1:4410 otherwise
    #[arg(long, value_name = "IP:PORT")]
    pub address: Option<SocketAddr>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map_err(|_| "give a number of seconds, as 0.5".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|_| match seconds {
        seconds if seconds < 0.0 => "a time cannot be negative".to_owned(),
        _ => "give a number of seconds, as 0.5".to_owned(),
    })
}

fn event_name(text: &str) -> Result<String, String> {
    let name = topic(text)?;
    if name.contains(['*', '#']) {
        return Err("an event has one name: wildcards are for `lymph subscribe`".to_owned());
    }
    Ok(name)
}

fn topic(text: &str) -> Result<String, String> {
    if text.split('.').any(str::is_empty) {
        return Err("words are joined by single dots, as user.moved".to_owned());
    }
    let mut words = text.split('.');
    if words.any(|word| !matches!(word, "*" | "#") && word.contains(['*', '#'])) {
        return Err("`*` and `#` stand for whole words, as user.*.deleted".to_owned());
    }
    Ok(text.to_owned())
}

fn endpoint(text: &str) -> Result<Endpoint, String> {
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("tcp://{text}") };
    let (_, address) = with_scheme.split_once("://").expect("it was just put there");
    match address.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok()) {
        Some(_) => Ok(Endpoint::new(with_scheme)),
        None => Err("give an endpoint as tcp://127.0.0.1:4080".to_owned()),
    }
}
