//! All subjects under all loads, again and again.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lymph_tests::process::Process;
use lymph_tests::{PythonEnv, eventually};

use crate::args::Plan;
use crate::payload::{PAYLOADS, Payload};
use crate::results::{Cell, Sample};
use crate::subject::{ON_ALL_CORES, Program, SUBJECTS, Subject};

/// How long a server may take to listen; Python's takes a second.
const START_WITHIN: Duration = Duration::from_secs(30);

/// How long a client may take beyond warm-up and sample.
const END_WITHIN: Duration = Duration::from_secs(30);

/// What runs on all cores as well.
const LOADS_ON_ALL_CORES: [(Payload, usize); 2] = [(Payload::Small, 64), (Payload::Order, 64)];

/// The same work for all subjects that take part in it.
struct Load {
    payload: Payload,
    in_flight: usize,
    /// Of the server, and clients of one thread that share what is in flight.
    threads: usize,
}

/// Measures every cell once per round. Within a round the subjects of one load follow each other, and each
/// round another one is the first, so that what changes on the machine meanwhile meets them all.
pub(crate) async fn run(plan: &Plan) -> Result<Vec<Cell>> {
    let subjects: Vec<_> = SUBJECTS.iter().filter(|subject| plan.wants(subject.name)).collect();
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let python = PythonEnv::get().await?;
    let loads = loads(plan);
    let mut cells: Vec<Cell> = Vec::new();
    for round in 0..plan.rounds {
        for (number, load) in loads.iter().enumerate() {
            let mut line = format!("round {}, {} x{}", round + 1, load.payload.name(), load.in_flight);
            if load.threads > 1 {
                line += &format!(" on {} threads", load.threads);
            }
            for turn in 0..subjects.len() {
                let subject = subjects[(turn + round + number) % subjects.len()];
                if load.threads > 1 && !ON_ALL_CORES.contains(&subject.name) {
                    continue;
                }
                let measured = sample(plan, subject, load, &python).await;
                let cell = cell(&mut cells, subject, load);
                match measured {
                    Ok(sample) => {
                        line += &format!(" | {} {:.0}/s", subject.name, sample.calls_per_second);
                        cell.samples.push(sample);
                    }
                    Err(error) => {
                        line += &format!(" | {} failed", subject.name);
                        cell.failures.push(format!("{error:#}"));
                    }
                }
            }
            eprintln!("{line}");
        }
    }
    cells.sort_by_key(|cell| (cell.threads, cell.payload, cell.in_flight, position(&cell.subject)));
    Ok(cells)
}

fn loads(plan: &Plan) -> Vec<Load> {
    let mut loads = Vec::new();
    for payload in PAYLOADS {
        loads.extend(plan.in_flight.iter().map(|&in_flight| Load { payload, in_flight, threads: 1 }));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let on_all_cores =
        LOADS_ON_ALL_CORES.map(|(payload, in_flight)| Load { payload, in_flight, threads: cores });
    if cores > 1 {
        loads.extend(on_all_cores.into_iter().filter(|load| plan.in_flight.contains(&load.in_flight)));
    }
    loads
}

fn position(subject: &str) -> Option<usize> {
    SUBJECTS.iter().position(|known| known.name == subject)
}

fn cell<'a>(cells: &'a mut Vec<Cell>, subject: &Subject, load: &Load) -> &'a mut Cell {
    let new = Cell {
        subject: subject.name.to_owned(),
        payload: load.payload,
        in_flight: load.in_flight,
        threads: load.threads,
        samples: Vec::new(),
        failures: Vec::new(),
    };
    let index = cells.iter().position(|cell| cell.is_of(&new)).unwrap_or_else(|| {
        cells.push(new);
        cells.len() - 1
    });
    &mut cells[index]
}

/// Starts a server and clients of its own; all end before the next ones start.
async fn sample(plan: &Plan, subject: &Subject, load: &Load, python: &PythonEnv) -> Result<Sample> {
    let folder = tempfile::Builder::new().prefix("lymph-bench-").tempdir()?;
    let mut serve = command(subject, python)?;
    match subject.program {
        Program::Own(_) => serve.args(["serve", subject.name, "--threads", &load.threads.to_string()]),
        Program::Python(_) => serve.arg("serve"),
    };
    let server = Process::start("server", folder.path(), &serve)?;
    let (address, pid) = ready(&server).await?;
    let mut call = command(subject, python)?;
    call.args(["call", subject.name, &address, &pid, "--payload", load.payload.name()]);
    let numbers = [
        ("--in-flight", (load.in_flight / load.threads) as u64),
        ("--warm-up-millis", plan.warm_up_millis),
        ("--sample-millis", plan.sample_millis),
    ];
    for (option, number) in numbers {
        call.args([option, &number.to_string()]);
    }
    let start = |number| Process::start(&format!("client-{number}"), folder.path(), &call);
    let clients: Vec<_> = (0..load.threads).map(start).collect::<Result<_>>()?;
    let mut samples = Vec::new();
    for client in &clients {
        client.ended(plan.warm_up() + plan.sample() + END_WITHIN).await?;
        ensure!(client.exit_code() == Some(0), "{}", client.tail());
        samples.push(serde_json::from_str(&client.stdout()).with_context(|| client.tail())?);
    }
    Ok(Sample::together(&samples))
}

fn command(subject: &Subject, python: &PythonEnv) -> Result<Command> {
    Ok(match subject.program {
        Program::Own(_) => Command::new(std::env::current_exe()?),
        Program::Python(script) => {
            let mut command = python.command("python");
            command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("python").join(script));
            command
        }
    })
}

/// Address and process id, once the server prints them.
async fn ready(server: &Process) -> Result<(String, String)> {
    let line = eventually(START_WITHIN, || async {
        let runs = server.is_running();
        match server.stdout().split_once('\n') {
            Some((line, _)) => Ok(Some(line.to_owned())),
            None if !runs => Ok(None),
            None => anyhow::bail!("it is not ready yet"),
        }
    });
    let line = line.await?.with_context(|| format!("it ended\n{}", server.tail()))?;
    let (address, pid) = line.split_once(' ').context("no process id behind the address")?;
    Ok((address.to_owned(), pid.to_owned()))
}
