//! `lymph`: look into a cluster and talk to it.

pub mod args;
mod bench;
mod connect;
mod discover;
mod emit;
mod failure;
mod input;
mod inspect;
mod keygen;
mod node;
mod request;
mod subscribe;

use std::io::Write;

use clap::CommandFactory;
use lymph::Handle;

use crate::output::{Ended, Terminal};

use args::{Args, Command};
pub use connect::connect;

/// Connects to the cluster and runs the command that `args` ask for.
///
/// # Errors
///
/// [`Trouble`](crate::output::Trouble) when the command could not do its work.
pub async fn run<W: Write>(args: &Args, terminal: &mut Terminal<W>) -> Ended {
    match &args.command {
        Command::Node(node) => return node::run(&args.cluster, node, terminal).await,
        Command::Keygen(args) => return keygen::run(args, terminal),
        Command::Completions(completions) => return completions.run(Args::command(), terminal),
        Command::Man(manual) => return manual.run(Args::command(), terminal),
        _ => {}
    }
    let running = connect(&args.cluster, args.command.needs_events()).await?;
    let ended = run_in(&running.handle(), &args.command, terminal).await;
    let flushed = terminal.flush();
    // Whatever is lost now is lost to a cluster that this process leaves anyway.
    let _ = running.drain().await;
    flushed.and(ended)
}

/// Runs `command` in the cluster that `handle` leads to.
///
/// # Errors
///
/// [`Trouble`](crate::output::Trouble) when the command could not do its work.
pub async fn run_in<W: Write>(handle: &Handle, command: &Command, terminal: &mut Terminal<W>) -> Ended {
    match command {
        Command::Request(args) => request::run(handle, args, terminal).await,
        Command::Emit(args) => emit::run(handle, args, terminal).await,
        Command::Subscribe(args) => subscribe::run(handle, args, terminal).await,
        Command::Discover(args) => discover::run(handle, args, terminal).await,
        Command::Inspect(args) => inspect::run(handle, args, terminal).await,
        Command::Node(args) => node::run(&args::Cluster::default(), args, terminal).await,
        Command::Keygen(args) => keygen::run(args, terminal),
        Command::Completions(completions) => completions.run(Args::command(), terminal),
        Command::Man(manual) => manual.run(Args::command(), terminal),
    }
}
