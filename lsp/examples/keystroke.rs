//! How long an editor waits after a key, in a schema of 5,000 types and 2,000 methods:
//! `cargo run --release -p lymph-lsp --example keystroke`.
//!
//! On Linux also how long the server computes, which does not depend on what else the machine does.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, PipeReader, Read, Write, pipe};
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const KEYS: usize = 50;
const TYPES: usize = 5_000;
const INTERFACES: usize = 200;
const METHODS: usize = 10;

#[expect(clippy::print_stdout, reason = "that is what it is for")]
fn main() {
    let text = schema();
    let (server_input, mut input) = pipe().expect("a pipe");
    let (output, server_output) = pipe().expect("a pipe");
    let (tell_clock, clock) = sync_channel(1);
    thread::spawn(move || {
        // A link to the folder of the thread that reads it.
        tell_clock.send(fs::canonicalize("/proc/thread-self").ok()).expect("somebody waits for it");
        lymph_lsp::serve(server_input, server_output)
    });
    let clock = clock.recv().expect("the server starts");
    let computed = || clock.as_deref().and_then(computed).unwrap_or_default();
    let mut output = BufReader::new(output);

    let uri = "file:///nowhere/large.lymph";
    let folders = json!([{ "uri": "file:///nowhere", "name": "" }]);
    let params = json!({ "capabilities": {}, "workspaceFolders": folders });
    send(&mut input, &json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }));
    receive(&mut output);
    send(&mut input, &json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));
    let document = json!({ "uri": uri, "languageId": "lymph", "version": 0, "text": text });
    let opened = Instant::now();
    tell(&mut input, "textDocument/didOpen", json!({ "textDocument": document }));
    wait_for(&mut output, 0);
    println!("{} bytes, opened in {:?}", text.len(), opened.elapsed());

    // A letter in front of a type's name in the middle of the file, and away again.
    let middle = text.lines().position(|line| line.contains("middle")).expect("there is a middle") + 1;
    let mut version = 0;
    let mut key = |input: &mut _, insert: bool| {
        version += 1;
        let start = json!({ "line": middle, "character": 11 });
        let end = json!({ "line": middle, "character": if insert { 11 } else { 12 } });
        let text = if insert { "x" } else { "" };
        let change = json!({ "range": { "start": start, "end": end }, "text": text });
        let document = json!({ "uri": uri, "version": version });
        let params = json!({ "textDocument": document, "contentChanges": [change] });
        tell(input, "textDocument/didChange", params);
        version
    };
    let (mut keys, mut lints, mut of_server) = (Vec::new(), Vec::new(), Vec::new());
    for index in 0..KEYS {
        let breaks = index % 2 == 0;
        let (start, computed_before) = (Instant::now(), computed());
        let version = key(&mut input, breaks);
        let wrong = wait_for(&mut output, version);
        keys.push(start.elapsed());
        of_server.push(computed() - computed_before);
        assert_eq!(wrong, usize::from(breaks), "one mistake more or less");
        if !breaks {
            // Lints come when nobody waits.
            wait_for(&mut output, version);
            lints.push(start.elapsed());
        }
        rest(&mut input, &mut output);
    }
    let all =
        [("one key", &mut keys), ("computed for it", &mut of_server), ("one key, with lints", &mut lints)];
    for (what, times) in all {
        times.sort();
        println!("{what}: median {:?}, p99 {:?}", times[times.len() / 2], times[times.len() * 99 / 100]);
    }

    let start = Instant::now();
    let last = (0..KEYS).map(|index| key(&mut input, index % 2 == 0)).last().expect("there are keys");
    wait_for(&mut output, last);
    println!("a burst of {KEYS} keys: {:?}", start.elapsed());
}

/// How long a thread has run so far; nothing where the system does not tell.
fn computed(thread: &Path) -> Option<Duration> {
    let times = fs::read_to_string(thread.join("schedstat")).ok()?;
    times.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn schema() -> String {
    let mut text = "//! Large.\npackage large @ 1.4.0;\n".to_owned();
    for interface in 0..INTERFACES {
        write!(text, "\n/// Interface {interface}.\ninterface Service{interface} {{\n").expect("a string");
        for method in 0..METHODS {
            let ty = (interface * METHODS + method) * 2;
            write!(
                text,
                "    /// Method {method}.\n    @idempotent @timeout(2s)\n    rpc method{method}(a: Thing{ty}, \
                 @since(1.2) b: string(1..=500)?, c: u16 = 10) -> list<Thing{}> raises Failure{};\n",
                (ty + 1) % TYPES,
                ty % 50
            )
            .expect("a string");
        }
        text.push_str("}\n");
    }
    for error in 0..50 {
        writeln!(text, "\n/// Failure {error}.\nerror Failure{error} {{ why: string(..=80) }}")
            .expect("a string");
    }
    for ty in 0..TYPES {
        let (name, other) = (if ty == TYPES / 2 { "middle" } else { "name" }, (ty * 7 + 1) % TYPES);
        let body = if ty % 5 == 4 {
            format!("enum Thing{ty} {{ a, b, c, @since(1.2) d }}")
        } else {
            format!(
                "struct Thing{ty} {{\n    id: uuid,\n    {name}: string(..=80),\n    other: Thing{other}?,\n    \
                 tags: set<string> = [],\n}}"
            )
        };
        writeln!(text, "\n/// Thing {ty}.\n{body}").expect("a string");
    }
    text
}

/// Waits until the server has nothing left to do: people do not type without a pause.
fn rest(input: &mut impl Write, output: &mut BufReader<PipeReader>) {
    let nowhere = json!({ "line": 0, "character": 0 });
    let params = json!({
        "textDocument": { "uri": "untitled:nothing" },
        "range": { "start": nowhere, "end": nowhere },
        "context": { "diagnostics": [] },
    });
    send(input, &json!({ "jsonrpc": "2.0", "id": 2, "method": "textDocument/codeAction", "params": params }));
    while receive(output)["id"] != 2 {}
}

fn tell(input: &mut impl Write, method: &str, params: Value) {
    send(input, &json!({ "jsonrpc": "2.0", "method": method, "params": params }));
}

fn send(input: &mut impl Write, message: &Value) {
    let text = message.to_string();
    write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).expect("the server listens");
}

/// Waits until it is told what is wrong in a version; how much that is.
fn wait_for(output: &mut BufReader<PipeReader>, version: usize) -> usize {
    loop {
        let message = receive(output);
        let params = &message["params"];
        if params["version"] == version {
            return params["diagnostics"].as_array().expect("a list").len();
        }
    }
}

fn receive(output: &mut BufReader<PipeReader>) -> Value {
    let mut header = String::new();
    output.read_line(&mut header).expect("the server speaks");
    let length = header.trim_end().strip_prefix("Content-Length: ").expect("a header");
    let length: usize = length.parse().expect("a number");
    let mut rest = vec![0; length + 2];
    output.read_exact(&mut rest).expect("the server speaks");
    serde_json::from_slice(&rest[2..]).expect("the server writes JSON")
}
