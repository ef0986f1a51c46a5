//! Measures `lymph-idl diff` beside `buf breaking` on the same shapes:
//! `cargo run --release -p lymph-scale --example against_buf`, with a number for other than three rounds.
//!
//! Builds `lymph-idl`, installs buf from npm under `target/tools`, lets both take turns, and prints a table
//! of medians. The floor is a process that reads the bytes and does nothing with them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{array, env};

use lymph_scale::{lines_apart, proto, said_in_proto, schema};
use wait4::Wait4;

/// Types and methods.
const SIZES: [(usize, usize); 3] = [(5_000, 2_000), (20_000, 8_000), (50_000, 20_000)];

/// What `lymph-idl` is compared with.
const BUF: &str = "@bufbuild/buf@1.75.0";

/// In the order in which they take turns.
const NAMES: [&str; 3] = ["reading the bytes", "`lymph-idl diff`", "`buf breaking`"];

/// What is run in a process of its own: a child's memory is at least what its parent has ever held, so this
/// one must stay small.
const WRITE: &str = "write";
const READ: &str = "read";

fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [WRITE, folder, types, methods] => {
            let number = |word: &str| word.parse().expect("a number of declarations");
            write(Path::new(folder), number(types), number(methods))
        }
        [READ, ref folders @ ..] => read(folders).map(drop),
        [rounds] => measure(rounds.parse().expect("the number of rounds")),
        _ => measure(3),
    }
}

fn measure(rounds: usize) -> io::Result<()> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let idl = build(&target)?;
    let buf = install(&target)?;
    eprintln!("| types, methods | | time | processors | memory | findings | time per type |");
    eprintln!("|---|---|---|---|---|---|---|");
    for (types, methods) in SIZES {
        // Not below `target`, where git ignores them, and so does `lymph-idl`.
        let folder = env::temp_dir().join(format!("lymph-against-buf/{types}"));
        let wrote = command(&env::current_exe()?, &[WRITE, &text(&folder)])
            .args([types, methods].map(|count| count.to_string()))
            .status()?;
        assert!(wrote.success(), "the schemas were not written");
        let side = |name: &str| text(&folder.join(name));
        let [old, new] = ["old", "new"].map(side);
        let commands: [&dyn Fn() -> io::Result<Command>; 3] = [
            &|| Ok(command(&env::current_exe()?, &[READ, &old, &new])),
            &|| Ok(command(&idl, &["diff", &old, &new, "--format", "oneline"])),
            &|| Ok(command(&buf, &["breaking", &new, "--against", &old])),
        ];
        let mut runs: [Vec<Run>; 3] = Default::default();
        for round in 1..=rounds {
            for ((runs, command), name) in runs.iter_mut().zip(commands).zip(NAMES) {
                runs.push(run(command()?, &folder.join("said"))?);
                eprintln!("{types} types, round {round}: {name} took {:.2} s", runs[round - 1].seconds);
            }
        }
        let medians = runs.map(|runs| median(&runs));
        assert!(medians[1].findings > 0 && medians[2].findings > 0, "both find what differs");
        for (name, Run { seconds, busy, megabytes, findings }) in NAMES.iter().zip(medians) {
            let each = seconds / types as f64 * 1e6;
            eprintln!(
                "| {types}, {methods} | {name} | {seconds:.3} s | {busy:.3} s | {megabytes:.0} MB | {findings} | {each:.1} µs |"
            );
        }
    }
    Ok(())
}

/// What is in the schemas of some folders.
fn read(folders: &[&str]) -> io::Result<Vec<Vec<u8>>> {
    let entries = folders.iter().map(fs::read_dir).collect::<io::Result<Vec<_>>>()?;
    let paths = entries.into_iter().flatten().map(|entry| Ok(entry?.path()));
    let paths = paths.collect::<io::Result<Vec<PathBuf>>>()?;
    let schemas = paths.iter().filter(|path| path.extension().is_some_and(|it| it == "lymph"));
    schemas.map(fs::read).collect()
}

/// What one run took and said.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// On the wall.
    seconds: f64,
    /// Seconds of all processors.
    busy: f64,
    /// The most it held.
    megabytes: f64,
    /// Lines that it wrote.
    findings: usize,
}

fn run(mut command: Command, said: &Path) -> io::Result<Run> {
    command.stdout(File::create(said)?);
    let start = Instant::now();
    let used = command.spawn()?.wait4()?;
    let seconds = start.elapsed().as_secs_f64();
    // Neither ends with 0, as there are findings; what it ends with else means that it failed.
    let is_done = matches!(used.status.code(), Some(0 | 1 | 100));
    assert!(is_done, "{command:?} ended with {}", used.status);
    let findings = fs::read_to_string(said)?.lines().count();
    let busy = (used.rusage.utime + used.rusage.stime).as_secs_f64();
    Ok(Run { seconds, busy, megabytes: used.rusage.maxrss as f64 / 1e6, findings })
}

/// Of each figure its own.
fn median(runs: &[Run]) -> Run {
    let middle = |figure: fn(&Run) -> f64| {
        let mut figures: Vec<f64> = runs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    Run {
        seconds: middle(|run| run.seconds),
        busy: middle(|run| run.busy),
        megabytes: middle(|run| run.megabytes),
        findings: runs[0].findings,
    }
}

fn command(program: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null());
    command
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Both sides for both tools: packages of the smallest size, as nobody has larger ones.
fn write(folder: &Path, types: usize, methods: usize) -> io::Result<()> {
    let (most, _) = SIZES[0];
    let count = types.div_ceil(most);
    let sides = ["old", "new"].map(|side| folder.join(side));
    for side in &sides {
        fs::create_dir_all(side)?;
        fs::write(side.join("buf.yaml"), "version: v2\n")?;
    }
    let (mut lymph_apart, mut proto_apart) = (0, 0);
    for part in 0..count {
        let lymph: [String; 2] = array::from_fn(|side| {
            let seed = (2 * part + side) as u64 + 1;
            let text = schema(types / count, methods / count, seed);
            // What travels by name has another in each package.
            text.replacen("package large", &format!("package large{part}"), 1)
                .replace(".changed", &format!(".changed{part}"))
                .replace("interface Service", &format!("interface Part{part}Service"))
        });
        let protos = lymph.each_ref().map(|text| {
            proto(&lymph_idl::parse_str("large.lymph", text.as_str()).expect("tests say that it is right"))
        });
        lymph_apart += lines_apart(&lymph[0], &lymph[1]);
        let apart = lines_apart(&protos[0], &protos[1]);
        let said = lymph.each_ref().map(|text| said_in_proto(text));
        assert_eq!(lines_apart(&said[0], &said[1]), apart, "protobuf is to tell as much");
        proto_apart += apart;
        for ((side, lymph), proto) in sides.iter().zip(lymph).zip(protos) {
            fs::write(side.join(format!("large{part}.lymph")), lymph)?;
            fs::write(side.join(format!("large{part}.proto")), proto)?;
        }
    }
    eprintln!("{types} types, {methods} methods: {lymph_apart} details differ, {proto_apart} in protobuf");
    Ok(())
}

fn build(target: &Path) -> io::Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    let built = cargo.args(["build", "--release", "-p", "lymph-cli", "--bin", "lymph-idl"]).status()?;
    assert!(built.success(), "`lymph-idl` does not build");
    Ok(target.join("release/lymph-idl"))
}

fn install(target: &Path) -> io::Result<PathBuf> {
    let folder = target.join("tools/buf");
    let machine = if cfg!(target_arch = "aarch64") { "aarch64" } else { "x64" };
    let program = folder.join(format!("node_modules/@bufbuild/buf-linux-{machine}/bin/buf"));
    if !program.exists() {
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(&folder);
        assert!(npm.arg(BUF).status()?.success(), "npm cannot install {BUF}");
    }
    Ok(program)
}
