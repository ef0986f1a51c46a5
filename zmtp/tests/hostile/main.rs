//! What hostile peers do, as files (`cases/*.txt`), and what becomes of them: each plays in virtual time
//! against a socket, beside a peer as it should be, which must be answered after everything.
//!
//! `BLESS=1 cargo test` rewrites what is expected; [`script`] says how a case is written.

mod live;
mod script;
mod spoken;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lymph_zmtp::{Config, Connection, Event, Limits, ProtocolError, Security, SocketType};

use crate::live::Live;
use crate::script::{Script, Step};

/// Between what a peer does and what becomes of it.
const SEPARATOR: &str = "---\n";

#[tokio::test(start_paused = true)]
async fn hostile_peers_harm_only_themselves() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/cases");
    let entries = fs::read_dir(&folder).expect("the cases are there");
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    cases.sort();
    assert!(cases.len() > 30, "{} cases in {}", cases.len(), folder.display());
    let mut wrong = Vec::new();
    for case in &cases {
        if !check(case).await {
            wrong.push(case.file_name().unwrap_or_default());
        }
    }
    assert!(wrong.is_empty(), "{wrong:?} went otherwise; see above, or run with BLESS=1");
}

/// Whether a case goes as its file expects; prints what did not.
async fn check(case: &Path) -> bool {
    let text = fs::read_to_string(case).expect("it is text");
    let (script, expected) = text.split_once(SEPARATOR).unwrap_or((&text, ""));
    let happened = play(&Script::parse(case, script)).await;
    if happened == expected {
        return true;
    }
    if std::env::var_os("BLESS").is_some() {
        fs::write(case, format!("{}\n{SEPARATOR}{happened}", script.trim_end())).expect("it can be written");
        return true;
    }
    eprintln!("{}:\n{happened}instead of\n{expected}", case.display());
    false
}

/// Plays a script against a socket for what can be seen of it, and against a bare connection for the
/// reason.
async fn play(script: &Script) -> String {
    let mut live = Live::start(script.security(), script.memory_bytes).await;
    let mut bare = vec![Bare::new(script.security())];
    let mut names = vec![script::FIRST.to_owned()];
    let mut at = 0;
    live.open(script::FIRST).await;
    for step in &script.steps {
        match step {
            Step::As(name) => {
                at = names.iter().position(|it| it == name).unwrap_or(names.len());
                if at == names.len() {
                    names.push(name.clone());
                    bare.push(Bare::new(script.security()));
                    live.open(name).await;
                }
            }
            Step::Send { bytes, piece, pause } => {
                for piece in bytes.chunks(*piece) {
                    bare[at].take(piece);
                    live.send(&names[at], piece).await;
                    live.wait(*pause).await;
                }
            }
            Step::Deaf => live.deafen(&names[at]),
            Step::Wait(pause) => live.wait(*pause).await,
        }
    }
    let fates = live.end().await;
    let mut happened = String::new();
    for ((name, bare), fate) in names.iter().zip(&bare).zip(fates) {
        if names.len() > 1 {
            writeln!(happened, "{name}").expect("it is a text");
        }
        happened.push_str(&fate.said);
        let line = match (&bare.mistake, fate.closed_after) {
            (Some(mistake), Some(_)) => format!("closed: {mistake}"),
            (None, Some(after)) => format!("closed after {} s", after.as_secs()),
            (None, None) => "open".to_owned(),
            (Some(mistake), None) => format!("OPEN IN SPITE OF: {mistake}"),
        };
        writeln!(happened, "{line}").expect("it is a text");
    }
    happened
}

/// A connection that is fed by hand, and tells why it takes no more.
struct Bare {
    connection: Connection,
    mistake: Option<ProtocolError>,
}

impl Bare {
    fn new(security: Security) -> Self {
        let config = Arc::new(Config::new(SocketType::Router, ""));
        Self { connection: Connection::with_security(config, security), mistake: None }
    }

    fn take(&mut self, bytes: &[u8]) {
        // As much as a socket reads at once.
        for piece in bytes.chunks(64 << 10) {
            if self.mistake.is_some() {
                return;
            }
            self.connection.input().extend_from_slice(piece);
            loop {
                match self.connection.poll() {
                    Ok(None) => break,
                    Ok(Some(Event::Ready(_) | Event::Message(_))) => {}
                    Err(mistake) => {
                        self.mistake = Some(mistake);
                        break;
                    }
                }
            }
            let (input, output) = (self.connection.input().len(), self.connection.output().len());
            assert!(input <= Limits::default().message_bytes + (64 << 10), "{input} bytes are kept");
            assert!(output < 1024, "{output} bytes are to be said");
        }
    }
}
