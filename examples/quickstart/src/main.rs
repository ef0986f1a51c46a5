//! lymph in one command: a hub, two services as processes of their own, one call, one event.

mod services;
mod story;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => story::tell().await,
        ["serve", service, hub] => services::serve(service, hub).await,
        _ => Err(anyhow::anyhow!("run it without arguments: cargo run -p quickstart")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
