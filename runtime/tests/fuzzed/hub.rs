// What must hold of a hub and of its clients, whatever the other side says: a part of the crate, as these
// frames are for nobody else.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::frame::{SILENCE, frame};
use super::link::{Consuming, Link};
use super::protocol::{Answer, FromClient, FromHub, Hello, Request, VERSION, Welcome};
use super::server;
use crate::codec::{from_bytes, to_bytes};
use crate::events::queueing::{Broker, Declaration, Mode};
use crate::events::{Ladder, Outgoing};
use crate::registry::Registry;
use crate::registry::memory::MemoryRegistry;
use crate::{Decode, Encode, Headers};

/// What a client of ours has under way when its hub speaks.
const CONSUMER: u64 = 7;
const CONCURRENCY: u16 = 2;

/// Longer than a hub bears silence.
const PATIENCE: Duration = SILENCE.saturating_mul(3);

/// The first byte says who hears the others, and whether they come in frames of the right length.
pub(crate) fn check(input: &[u8]) {
    match input {
        [0, bytes @ ..] => document(bytes),
        [1, bytes @ ..] => in_time(serves(bytes.to_vec(), None)),
        [2, documents @ ..] => in_time(serves(framed(documents), Some(documents))),
        [_, documents @ ..] => in_time(hears(&framed(documents))),
        [] => {}
    }
}

fn in_time(checks: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("it needs nothing of the system").block_on(checks);
}

fn document(bytes: &[u8]) {
    comes_back::<Hello>(bytes);
    comes_back::<Welcome>(bytes);
    comes_back::<FromClient>(bytes);
    comes_back::<FromHub>(bytes);
}

/// What was read is written so that it is read as the same.
fn comes_back<T: Decode + Encode + Debug>(bytes: &[u8]) {
    let Ok(read) = from_bytes::<T>(bytes) else { return };
    let again = from_bytes::<T>(&to_bytes(&read)).expect("what we write can be read");
    assert_eq!(format!("{again:?}"), format!("{read:?}"));
}

/// Documents, each behind its length of one byte.
fn documents(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = bytes.split_first()?;
        let (document, rest) = rest.split_at(rest.len().min((*length).into()));
        bytes = rest;
        Some(document)
    })
}

/// The same as they travel.
fn framed(bytes: &[u8]) -> Vec<u8> {
    let mut framed = Vec::new();
    for document in documents(bytes) {
        framed.extend(u32::try_from(document.len()).expect("it is short").to_be_bytes());
        framed.extend_from_slice(document);
    }
    framed
}

/// A hub lets a client go in time, has answered what it was asked, once each, and keeps nothing of it; others
/// are served then.
async fn serves(said: Vec<u8>, requests: Option<&[u8]>) {
    let broker = Arc::new(Broker::new(Ladder::default()));
    let registry = MemoryRegistry::new();
    let (hub, client) = tokio::io::duplex(64 << 10);
    let (reader, writer) = tokio::io::split(hub);
    let serving = tokio::spawn(server::serve(reader, writer, broker.clone(), registry.clone()));
    let (mut reader, mut writer) = tokio::io::split(client);
    let talks = async {
        if requests.is_some() {
            // Nobody reads any more where something was wrong.
            _ = writer.write_all(&frame(&Hello::Hello { version: VERSION })).await;
        }
        _ = writer.write_all(&said).await;
        // The hub hears nothing more, and has to end it.
        std::future::pending::<()>().await;
    };
    let mut heard = Vec::new();
    let hears = async { reader.read_to_end(&mut heard).await.expect("a pipe does not break") };
    tokio::select! {
        () = talks => {}
        ended = tokio::time::timeout(PATIENCE, hears) => drop(ended.expect("the hub never lets go")),
    }
    let ended = tokio::time::timeout(PATIENCE, serving).await.expect("the hub never ends");
    drop(ended.expect("it does not panic"));
    if let Some(requests) = requests {
        is_answered(&heard, requests);
    }
    for interface in registry.interfaces().await.expect("it is in memory") {
        let instances = registry.watch(&interface).await.expect("it is in memory");
        assert!(instances.borrow().is_empty(), "`{interface}` is served by nobody");
    }
    let (queue, topics) = ("well".to_owned(), vec!["well".to_owned()]);
    let declaration = Declaration { queue, topics, mode: Mode::Broadcast, retries: 0 };
    let consumption = Arc::new(broker.subscribe(declaration).expect("there is room"));
    let event = Outgoing {
        topic: "well".to_owned(),
        id: "1".to_owned(),
        headers: Headers::new(),
        body: Bytes::from_static(b"\xc0"),
        source: String::new(),
        delay: Duration::ZERO,
        ttl: None,
    };
    assert_eq!(broker.publish(event), Ok(true));
    let next = tokio::time::timeout(PATIENCE, consumption.next()).await;
    drop(next.expect("others get no events"));
}

/// What a hub said are frames of its own, and answers to what it was asked.
fn is_answered(mut heard: &[u8], asked: &[u8]) {
    let mut requests = BTreeMap::<u64, (usize, usize)>::new();
    let mut is_cut_off = false;
    for document in documents(asked) {
        match from_bytes(document) {
            Ok(FromClient::Request { number, request }) => {
                let (all, sure) = requests.entry(number).or_default();
                *all += 1;
                // That one waits for what is under way.
                *sure += usize::from(!matches!(request, Request::Stop { .. }));
            }
            Ok(_) => {}
            Err(_) => {
                is_cut_off = true;
                break;
            }
        }
    }
    let mut next = |is_first: bool| {
        let (length, rest) = heard.split_first_chunk::<4>()?;
        let (document, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        heard = rest;
        if is_first {
            from_bytes::<Welcome>(document).expect("it is a welcome");
            return Some(FromHub::Pong {});
        }
        Some(from_bytes::<FromHub>(document).expect("it is a frame of a hub"))
    };
    let mut answers = BTreeMap::<u64, usize>::new();
    let mut is_first = true;
    while let Some(said) = next(std::mem::take(&mut is_first)) {
        if let FromHub::Answer { number, .. } = said {
            *answers.entry(number).or_default() += 1;
        }
    }
    for (number, (all, sure)) in requests {
        let count = answers.remove(&number).unwrap_or_default();
        assert!(count <= all && (is_cut_off || count >= sure), "{count} answers to {all} of {number}");
    }
    assert!(answers.is_empty(), "nobody asked for {answers:?}");
}

/// A client believes only answers to what it asked, and takes no more than was agreed.
async fn hears(said: &[u8]) {
    let link = Link::new(SocketAddr::from((Ipv4Addr::LOCALHOST, 1)));
    link.state().watches.insert("echo".to_owned(), Default::default());
    let (queue, topics) = ("echo".to_owned(), vec!["#".to_owned()]);
    let declaration = Declaration { queue, topics, mode: Mode::Shared, retries: 0 };
    let (deliveries, came) = Default::default();
    let consuming = Consuming { declaration, concurrency: CONCURRENCY, deliveries, came };
    link.state().consumers.insert(CONSUMER, consuming);
    let mut asking = Box::pin(link.request(Request::Interfaces {}, PATIENCE));
    assert!((&mut asking).now_or_never().is_none(), "nobody has answered");
    let (mut expected, mut rest, mut taken) = (None, said, 0);
    while let Some((length, document)) = rest.split_first_chunk::<4>() {
        let (document, others) = document.split_at(u32::from_be_bytes(*length) as usize);
        rest = others;
        match from_bytes(document) {
            // The first request has this number.
            Ok(FromHub::Answer { number: 1, answer }) => expected = expected.or(Some(answer)),
            Ok(FromHub::Delivery { consumer: CONSUMER, .. }) if taken == CONCURRENCY => break,
            Ok(FromHub::Delivery { consumer: CONSUMER, .. }) => taken += 1,
            Ok(_) => {}
            Err(_) => break,
        }
    }
    let Err(_) = link.read::<std::convert::Infallible>(said).await;
    assert_eq!(link.state().consumers[&CONSUMER].deliveries.len(), usize::from(taken));
    let outcome = match expected {
        Some(Answer::Refused { reason }) => {
            format!("{:?}", Err::<Answer, _>(super::link::Failure::Refused(reason)))
        }
        Some(answer) => format!("{:?}", Ok::<_, super::link::Failure>(answer)),
        None => format!("{:?}", Err::<Answer, _>(super::link::Failure::Unreachable)),
    };
    assert_eq!(format!("{:?}", asking.await), outcome);
}

#[cfg(test)]
#[test]
fn hubs() {
    crate::mutation::each("hub", 20, check);
}
