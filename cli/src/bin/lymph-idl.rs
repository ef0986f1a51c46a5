//! Works on schemas; see `lymph-idl --help`.

use std::process::ExitCode;

use clap::Parser;
use lymph_cli::idl::{self, args::Args};
use lymph_cli::output::{Terminal, finish};

fn main() -> ExitCode {
    let args = Args::parse();
    let mut terminal = Terminal::stdout(args.color, args.wants_json());
    let ended = idl::run(&args, &mut terminal);
    let ended = terminal.flush().and(ended);
    finish(ended, args.color)
}
