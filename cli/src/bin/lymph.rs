//! Looks into a cluster and talks to it; see `lymph --help`.

use std::process::ExitCode;

use clap::Parser;
use lymph_cli::ops::{self, args::Args};
use lymph_cli::output::{Terminal, finish};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    let mut terminal = Terminal::stdout(args.color, args.json);
    let ended = ops::run(&args, &mut terminal).await;
    finish(ended, args.color)
}
