//! A process that may open few files, and lacks them now and then.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use lymph_zmtp::{Endpoint, Options};
use tokio::time::timeout;

use crate::raw::Raw;
use crate::{Node, PATIENCE, Told, frames, send};

/// Files that it may open.
const FILES: usize = 64;

/// What is said before the endpoint of the other process.
const AT: &str = "listens at ";

/// A process that runs [`few_files`] until it is dropped.
struct Other {
    process: Child,
    endpoint: Endpoint,
}

impl Other {
    fn start() -> io::Result<Self> {
        let mut process = Command::new("sh")
            .args(["-c", &format!("ulimit -n {FILES}; exec \"$0\" \"$@\"")])
            .arg(std::env::current_exe()?)
            .args(["files::few_files", "--exact", "--ignored", "--nocapture"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let lines = BufReader::new(process.stdout.take().expect("it was asked for")).lines();
        let mut words = lines.map_while(Result::ok);
        let endpoint = words.find_map(|line| line.strip_prefix(AT)?.parse().ok());
        Ok(Self { process, endpoint: endpoint.expect("it says where it listens") })
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// Takes and gives back all files that are left, as it is told, until it is killed.
#[tokio::test]
#[ignore = "it is the other process of the test below"]
async fn few_files() {
    let mut node = Node::with(Options::default());
    // As one piece, which the words of the harness cannot come into.
    io::stdout().write_all(format!("\n{AT}{}\n", node.endpoint).as_bytes()).expect("somebody listens");
    let mut taken = Vec::new();
    loop {
        let told = node.told.recv().await.expect("the handler is there");
        let Told::Message(peer, message) = told else { continue };
        match &frames(&message)[0][..] {
            b"take" => {
                while let Ok(file) = File::open("/dev/null") {
                    taken.push(file);
                }
            }
            _ => taken.clear(),
        }
        send(&peer, &[format!("{}", taken.len()).as_bytes()]);
    }
}

/// Says `what`, and returns how many files are taken then.
async fn tell(raw: &mut Raw, what: &[u8]) -> io::Result<usize> {
    raw.send(&[what]).await?;
    let (_, answer) = timeout(PATIENCE, raw.frame()).await??;
    Ok(String::from_utf8_lossy(&answer).parse().expect("it is a number"))
}

#[tokio::test]
async fn connections_leave_files_for_others_and_wait_while_there_are_none() -> io::Result<()> {
    let other = Other::start()?;
    let mut first = Raw::dealer(&other.endpoint, b"first", 1).await?;
    let (mut others, mut refused) = (Vec::new(), 0);
    for _ in 0..FILES {
        match timeout(PATIENCE, Raw::dealer(&other.endpoint, b"other", 1)).await? {
            Ok(raw) => others.push(raw),
            Err(_) => refused += 1,
        }
    }
    assert_eq!(others.len() + 1, FILES * 3 / 4, "a quarter is for others");
    assert_eq!(refused, FILES / 4 + 1);
    let taken = tell(&mut first, b"take").await?;
    assert!(taken > 0, "none was left");

    // No file is left, so the next connection waits, and disturbs nobody.
    drop(others);
    let taken = loop {
        let more = tell(&mut first, b"take").await?;
        if more >= taken + FILES * 3 / 4 - 1 {
            break more;
        }
    };
    let mut late = Raw::open(&other.endpoint).await?;
    assert_eq!(tell(&mut first, b"take").await?, taken);
    assert_eq!(tell(&mut first, b"give back").await?, 0);
    timeout(PATIENCE, late.greet(b"DEALER", b"late", 1)).await??;
    assert_eq!(tell(&mut late, b"give back").await?, 0);
    Ok(())
}
