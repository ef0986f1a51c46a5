//! The command line of a service's own binary.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::Role;

const EXAMPLE: &str = "\
Example:
  LYMPH_NODE_CONFIG=conf/cluster.yml greeting instance --config conf/greeting.yml";

/// Serves the interfaces compiled into this program.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLE)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answers calls and handles events.
    #[command(after_help = EXAMPLE)]
    Instance(Options),
    /// Runs tasks only, registered as NAME.worker.
    Worker(Options),
}

/// What both roles take.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Settings of this service; what all services share comes from LYMPH_NODE_CONFIG.
    #[arg(short, long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Values for $(var.NAME) in the settings.
    #[arg(long, value_name = "FILE")]
    pub(super) vars: Option<PathBuf>,
    /// The address to bind, in place of `container.ip`.
    #[arg(long, value_name = "ADDRESS")]
    pub(super) ip: Option<IpAddr>,
    /// The port to bind, in place of `container.port`; any free one otherwise.
    #[arg(long)]
    pub(super) port: Option<u16>,
    /// Log more.
    #[arg(long)]
    pub(super) debug: bool,
}

impl Args {
    /// Those of this process; ends it with a usage message when they are wrong.
    pub(super) fn of_process() -> (Role, Options) {
        match Self::parse().command {
            Command::Instance(options) => (Role::Instance, options),
            Command::Worker(options) => (Role::Worker, options),
        }
    }
}
