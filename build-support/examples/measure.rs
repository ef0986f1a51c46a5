//! Measures what generated code costs its users: `cargo run --release -p lymph-build --example measure`.
//!
//! First the generator by itself, on 5,000 types and 2,000 methods; then a crate with 1,000 types and 400
//! methods, as Cargo checks it. Takes minutes, because it builds the runtime first.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    generator(5_000, 2_000)?;
    if env::args().nth(1).as_deref() != Some("generate") {
        checks(1_000, 400)?;
    }
    Ok(())
}

/// Text to text, in this process.
fn generator(types: usize, methods: usize) -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::temp_dir().join("lymph-measure");
    fs::create_dir_all(&folder)?;
    let path = folder.join("large.lymph");
    fs::write(&path, schema(types, methods))?;
    let mut limits = lymph_idl::Limits::default();
    limits.file_bytes = 16 << 20;
    let options = lymph_idl::Options::new().limits(limits);
    let loading = Clock::start();
    let schema = lymph_idl::load([&path], &options)?;
    loading.report("schema text to model");
    let generating = Clock::start();
    let files = lymph_codegen::generate(&schema, &lymph_codegen::Options::default())
        .map_err(|problems| problems[0].clone())?;
    generating.report("model to Rust text");
    let lines: usize = files.iter().map(|file| file.text.lines().count()).sum();
    eprintln!("{types} types, {methods} methods: {lines} lines, {}", peak_memory());
    Ok(())
}

/// What a user waits for.
fn checks(types: usize, methods: usize) -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let user = env::temp_dir().join("lymph-measure/user");
    let write = |name: &str, text: &str| {
        let path = user.join(name);
        fs::create_dir_all(path.parent().expect("below the crate"))?;
        fs::write(path, text)
    };
    let manifest = format!(
        "[package]\nname = \"user\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n\
         [dependencies]\nlymph = {{ path = {:?}, default-features = false }}\n\
         [build-dependencies]\nlymph-build = {{ path = {:?} }}\n",
        root.join("runtime"),
        root.join("build-support"),
    );
    write("Cargo.toml", &manifest)?;
    write("Cargo.lock", &fs::read_to_string(root.join("Cargo.lock"))?)?;
    write("schemas/large.lymph", &schema(types, methods))?;
    write("build.rs", "fn main() { lymph_build::compile([\"schemas/large.lymph\"]); }\n")?;
    let lib = "lymph::include_schema!(\"large\");\n";
    write("src/lib.rs", lib)?;
    let check = |what: &str| {
        let clock = Clock::start();
        let mut cargo = Command::new(env!("CARGO"));
        let done =
            cargo.args(["check", "--quiet", "--offline"]).current_dir(&user).env_remove("RUSTFLAGS").status();
        clock.report(what);
        match done {
            Ok(status) if status.success() => Ok(()),
            _ => Err(format!("{what} failed")),
        }
    };
    check("first check, dependencies included")?;
    check("nothing changed")?;
    write("src/lib.rs", &format!("{lib}pub fn beside() {{}}\n"))?;
    check("after an edit beside the generated code")?;
    write("schemas/large.lymph", &schema(types + 1, methods))?;
    check("after an edit of the schema")?;
    // Without what an earlier check left behind.
    fs::remove_dir_all(user.join("target/debug/incremental"))?;
    write("src/lib.rs", &format!("{lib}pub fn other() {{}}\n"))?;
    check("from scratch, dependencies there")?;
    Ok(())
}

/// Time on the wall, and of processors: the latter is the one to compare on a busy machine.
struct Clock {
    wall: Instant,
    busy: f64,
}

impl Clock {
    fn start() -> Self {
        Self { wall: Instant::now(), busy: busy_seconds() }
    }

    fn report(&self, what: &str) {
        let (wall, busy) = (self.wall.elapsed().as_secs_f64(), busy_seconds() - self.busy);
        eprintln!("{wall:>8.2} s on the wall, {busy:>6.2} s of processors  {what}");
    }
}

/// Seconds that this process and those it waited for have computed, as Linux tells it.
fn busy_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    // From the third field on: utime, stime, cutime and cstime are the 14th to 17th, in hundredths.
    let ticks: u64 = fields.skip(11).take(4).filter_map(|field| field.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}

/// As Linux tells it.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "peak memory unknown".to_owned(), |peak| format!("at most {}", peak.trim()))
}

/// Structs of six fields, every fifth type an enum, every tenth a union; interfaces of 40 methods.
fn schema(types: usize, methods: usize) -> String {
    let mut out = String::from("package large @ 1.0.0;\n");
    for n in 0..types {
        let other = n.saturating_sub(1) / 10 * 10 + 1;
        let declaration = match n % 10 {
            5 => format!("union Type{n} {{ one: Type{other}, two: list<string>, three: u64 }}"),
            0 => format!("enum Type{n} {{ red, green, blue, yellow }}"),
            4 => format!("closed enum Type{n} {{ north, south }}"),
            _ => format!(
                "/// A record.\nstruct Type{n} {{\n    id: u64,\n    /// For people.\n    name: string,\n    \
                 tags: list<string> = [],\n    parent: Type{other}?,\n    at: datetime?,\n    weight: f64 = 1.5,\n}}"
            ),
        };
        writeln!(out, "{declaration}").expect("a String takes everything");
    }
    for n in 0..methods {
        if n % 40 == 0 {
            writeln!(out, "{}interface Service{} {{", if n > 0 { "}\n" } else { "" }, n / 40)
                .expect("a String takes everything");
        }
        let ty = (n * 7 + 1) % types / 10 * 10 + 1;
        writeln!(
            out,
            "    /// Does something.\n    rpc method{n}(name: string(1..=80), value: Type{ty}, limit: u16 = 10) \
             -> list<Type{ty}> raises Failed;"
        )
        .expect("a String takes everything");
    }
    out.push_str("}\nerror Failed { code: u32 }\n");
    out
}
