//! A service on a TCP port, and peers that mean harm: whoever behaves is answered all the while, and
//! when they are gone, so is what they took.
//!
//! `LYMPH_SIEGE=full` lets as many come as one machine can send. One test after the other, since memory
//! and files are those of the process.
#![cfg(all(feature = "zmtp", target_os = "linux"))]

mod raw;
#[path = "../calls/service.rs"]
#[allow(dead_code, reason = "others call it in more ways")]
mod service;
mod siege;
mod visitors;

use std::io;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::raw::Raw;
use crate::siege::{MEMORY, PATIENCE, Siege};
use crate::visitors::Visitors;

/// Peers that do the same at once.
const EACH: usize = 50;

/// `few` in ordinary runs, `many` in full ones.
fn count(few: usize, many: usize) -> usize {
    if std::env::var("LYMPH_SIEGE").is_ok_and(|value| value == "full") { many } else { few }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_behaves_is_answered_all_the_while() {
    let siege = Siege::start().await;
    siege.during("nothing else happens", siege.answers(10)).await;
    attack(&siege).await;
    // What is only made once is there now.
    let before = siege.cost().await;
    attack(&siege).await;
    siege.is_as_before(before).await;
}

/// All attacks, one after the other.
async fn attack(siege: &Siege) {
    siege.during("idle connections are held", hold(siege, count(2000, 10_000))).await;
    siege.during("connections call and go", call_and_go(siege, count(2000, 40_000))).await;
    let begun = Instant::now();
    let connects = count(3000, 100_000);
    siege.during("connections come and go", come_and_go(siege, connects)).await;
    let each_second = connects as f64 / begun.elapsed().as_secs_f64();
    eprintln!("{connects} connections came and went, {each_second:.0} each second");
    siege.during("half a message was sent", stop_in_the_middle(siege, count(20, 200))).await;
    siege.during("memory is used up", use_up_memory(siege)).await;
    siege.during("nothing can be read", send_nonsense(siege)).await;
    siege.during("answers come that nobody waits for", answer_unasked(siege)).await;
    siege.during("requests come without pause", ask_without_pause(siege)).await;
    siege.during("answers are never read", never_read(siege)).await;
    siege.during("somebody names another host", name_another_host(siege)).await;
}

/// Connections that say nothing after their handshake.
async fn hold(siege: &Siege, connections: usize) {
    let (address, before) = (siege.address, siege.cost().await);
    let come = spawn_blocking(move || Visitors::come(address, connections));
    let visitors = come.await.expect("they come");
    let now = siege.cost().await;
    let bytes = now.bytes.saturating_sub(before.bytes) / connections;
    eprintln!("each of {connections} idle connections takes {bytes} bytes");
    assert!(now.sockets >= before.sockets + connections, "they are not there: {before:?}, {now:?}");
    assert!(bytes < 4 << 10, "{bytes} bytes for each idle connection");
    spawn_blocking(|| drop(visitors)).await.expect("they go");
}

/// Connections that do what they should, each once. What they take must not grow with their number.
async fn call_and_go(siege: &Siege, connections: usize) {
    let mut after = Vec::new();
    for quarter in 0..4_u8 {
        let come = async |index: usize| {
            let from = [127, 0, 1 + quarter, u8::try_from(1 + index).expect("there are few")];
            for _ in 0..connections / 4 / EACH {
                let mut raw = Raw::ours_from(from, siege.address).await?;
                raw.send_request("hello").await?;
                raw.message().await?;
            }
            io::Result::Ok(())
        };
        let ends = timeout(PATIENCE * 4, join_all((0..EACH).map(come))).await.expect("nobody answers");
        ends.into_iter().collect::<io::Result<()>>().expect("they are welcome");
        after.push(siege.cost().await.bytes >> 10);
    }
    eprintln!("after each quarter of {connections} connections that called, there were {after:?} KiB");
    assert!(after[3] < after[0] + 256, "memory grows: {after:?} KiB");
}

/// Connections that end at every step, most of them without a word.
async fn come_and_go(siege: &Siege, connections: usize) {
    let come = async |index: usize| {
        for step in (0..connections).skip(index).step_by(EACH) {
            // One that is turned away, or has no port to come from, comes again later.
            let came: io::Result<()> = match step % 4 {
                0 => Raw::open(siege.address).await.map(drop),
                1 => Raw::greeted(siege.address).await.map(drop),
                2 => Raw::ours(siege.address).await.map(drop),
                _ => async { Raw::ours(siege.address).await?.send_request("gone").await }.await,
            };
            if came.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    };
    join_all((0..EACH).map(come)).await;
}

/// Peers that begin a message, and neither go on nor go.
async fn stop_in_the_middle(siege: &Siege, peers: usize) {
    let mut stuck = Vec::new();
    for _ in 0..peers {
        let mut raw = Raw::ours(siege.address).await.expect("there is room");
        let header = [&b"\x01\x02id\x02"[..], &(4_u64 << 20).to_be_bytes()].concat();
        raw.write(&header).await.expect("it is read");
        raw.write(&vec![7; 100 << 10]).await.expect("it is read");
        stuck.push(raw);
    }
    siege.answers(20).await;
}

/// Peers that begin messages which take all memory there is for such, and do not go on. A large message
/// of somebody who behaves is read all the same.
async fn use_up_memory(siege: &Siege) {
    let before = siege.cost().await;
    let announced = 4 << 20;
    let mut stuck = Vec::new();
    for _ in 0..5 * MEMORY / announced {
        let mut raw = Raw::ours(siege.address).await.expect("there is room");
        let header = [&b"\x01\x02id\x02"[..], &(announced as u64).to_be_bytes()].concat();
        raw.write(&header).await.expect("it is read");
        // Those that find no memory are not read.
        _ = timeout(Duration::from_millis(50), raw.write(&vec![7; announced - 1])).await;
        stuck.push(raw);
    }
    let bytes = siege.cost().await.bytes.saturating_sub(before.bytes);
    eprintln!("{} messages of {announced} bytes that are never whole hold {bytes} bytes", stuck.len());
    let own = stuck.len() * (16 << 10);
    assert!(bytes < MEMORY + own, "{bytes} bytes are held for messages that are never whole");
    let begun = Instant::now();
    let large = "x".repeat(1 << 20);
    let answer = siege.ask(&large, PATIENCE).await.expect("it is answered");
    eprintln!("a message of 1 MiB was answered after {:?}", begun.elapsed());
    assert_eq!(answer.len(), large.len());
}

/// Messages of the wrong shape, and connections that break the protocol.
async fn send_nonsense(siege: &Siege) {
    let mut raw = Raw::ours(siege.address).await.expect("there is room");
    let headers: &[u8] = b"\x80";
    for index in 0..5000_u32 {
        let junk = index.wrapping_mul(2_654_435_761).to_be_bytes();
        let deep = [&[0x91; 4000][..], b"\xc0"].concat();
        let frames: [&[&[u8]]; 9] = [
            &[b""],
            &[b"id", b"REQ", b"echo.say", headers],
            &[b"id", b"REQ", b"echo.say", headers, b"\x80", b"more"],
            &[b"\xff\xfe", b"REQ", b"echo.say", headers, b"\x80"],
            &[b"id", b"WHAT", b"echo.say", headers, b"\x80"],
            &[b"id", b"REQ", b"\xff", headers, b"\x80"],
            &[b"id", b"REQ", b"echo.say", &junk, b"\x80"],
            &[b"id", b"REQ", b"echo.say", headers, &junk],
            &[b"id", b"REQ", b"echo.say", &deep, &deep],
        ];
        raw.send(frames[index as usize % frames.len()]).await.expect("it is read");
        raw.hear_some();
    }
    for rude in [&b"\x02\xff\xff\xff\xff\xff\xff\xff\xff"[..], b"\x08\0", b"\x04\x01\0", b"\x04\x00"] {
        let mut raw = Raw::ours(siege.address).await.expect("there is room");
        raw.write(rude).await.expect("it is read");
        timeout(PATIENCE, raw.end()).await.expect("it was not closed");
    }
}

/// Answers, refusals and cancellations of calls that were never made.
async fn answer_unasked(siege: &Siege) {
    let mut raw = Raw::ours(siege.address).await.expect("there is room");
    for index in 0..20_000 {
        let id = format!("{index:032x}");
        let kind = ["REP", "ACK", "NACK", "ERROR", "CANCEL"][index % 5];
        raw.send(&[id.as_bytes(), kind.as_bytes(), id.as_bytes(), b"\x80", b"\xc0"])
            .await
            .expect("it is read");
    }
}

/// Far more requests than may run or wait, to a method that takes its time: most are refused at once.
async fn ask_without_pause(siege: &Siege) {
    let asking = async |_| {
        let mut raw = Raw::ours(siege.address).await.expect("there is room");
        for _ in 0..500 {
            raw.send_request("slow").await.expect("it is read");
        }
        let (mut answered, mut refused) = (0, 0);
        while answered + refused < 500 {
            let frames =
                timeout(PATIENCE, raw.message()).await.expect("nobody answers").expect("it is there");
            if frames[1] == b"REP" {
                answered += 1;
            } else {
                refused += 1;
            }
        }
        (answered, refused)
    };
    let ends: Vec<(usize, usize)> = join_all((0..4).map(asking)).await;
    let refused: usize = ends.iter().map(|(_, refused)| refused).sum();
    eprintln!("of 2000 requests that take their time, {refused} were refused");
    assert!(refused > 1000, "only {refused} of 2000 were refused");
}

/// Requests whose answers stay with us.
async fn never_read(siege: &Siege) {
    let before = siege.cost().await;
    let mut stuck = Vec::new();
    for _ in 0..4 {
        let mut raw = Raw::ours(siege.address).await.expect("there is room");
        // Until it is not read from any more.
        for _ in 0..3000 {
            if timeout(Duration::from_millis(500), raw.send_request(&"x".repeat(10_000))).await.is_err() {
                break;
            }
        }
        stuck.push(raw);
    }
    let bytes = siege.cost().await.bytes.saturating_sub(before.bytes) / stuck.len();
    eprintln!("a peer that never reads holds {bytes} bytes");
    assert!(bytes < 2 << 20, "{bytes} bytes are held for each that never reads");
}

/// A peer that wants its answers sent to somebody else.
async fn name_another_host(siege: &Siege) {
    // Nobody is there, and nobody may even ask (RFC 5737).
    let elsewhere = b"tcp://192.0.2.1:4400";
    let mut raw = Raw::named(siege.address, elsewhere, false).await.expect("there is room");
    let said = timeout(PATIENCE, raw.end()).await.expect("it was not closed");
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(said.contains("is not answered at `tcp://192.0.2.1:4400`"), "{said}");
    // Who reads answers where it asks is answered there, whatever it calls itself.
    let mut raw = Raw::named(siege.address, elsewhere, true).await.expect("there is room");
    raw.send_request("hi").await.expect("it is read");
    let frames = timeout(PATIENCE, raw.message()).await.expect("nobody answers").expect("it is there");
    assert_eq!(frames[1], b"REP");
    let connections = std::fs::read_to_string("/proc/self/net/tcp").expect("it is Linux");
    assert!(!connections.contains("010200C0:1130"), "it was connected to: {connections}");
}
