//! Handlers that run where their request arrives, and what happens when they do not end there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lymph::error::{CallError, Unanswered};
use lymph::registry::{Instance, Registry};
use lymph::testing::{Cluster, Inbox};
use lymph::transport::{Loss, Pace, Peer, Receiver, TURN_MESSAGES, Transport, Turn};
use lymph::{Client, Context, Fault, Headers, Message, MessageType, MessageView, Running, codec, new_id};
use tokio::task::{Id, yield_now};

use crate::service::{ECHO, Echo, SAY, Say};

async fn start<F, Fut>(cluster: &Cluster, say: F) -> (Running, Running, Client)
where
    F: Fn(Context, Say) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<String, Fault>> + Send + 'static,
{
    let server = cluster.container("server").serve(Echo::new(&ECHO, say)).start().await.expect("starts");
    let running = cluster.container("caller").start().await.expect("starts");
    let client = Client::from(&running);
    (server, running, client)
}

fn task() -> String {
    tokio::task::try_id().as_ref().map_or("none".to_owned(), Id::to_string)
}

#[tokio::test(start_paused = true)]
async fn what_is_done_at_once_needs_no_task() {
    let (_server, _running, client) = start(&Cluster::new(), |_, _| async { Ok(task()) }).await;
    let first = client.call(&SAY, &Say::new("")).await.expect("answers");
    let second = client.call(&SAY, &Say::new("")).await.expect("answers");
    assert_eq!(first, second, "the connection's task");
}

#[tokio::test(start_paused = true)]
async fn what_waits_goes_on_in_a_task_of_its_own() {
    let waits = |_, say: Say| async move {
        let before = task();
        match &*say.text {
            "sleeps" => tokio::time::sleep(Duration::from_millis(10)).await,
            _ => yield_now().await,
        }
        Ok(format!("{before} {}", task()))
    };
    let (_server, _running, client) = start(&Cluster::new(), waits).await;
    for how in ["sleeps", "yields"] {
        let tasks = client.call(&SAY, &Say::new(how)).await.expect("answers");
        let (before, behind) = tasks.split_once(' ').expect("two tasks");
        assert_ne!(before, behind, "{how}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_waits_delays_nobody_behind_it() {
    let sleeps = |_, say: Say| async move {
        if say.text == "slow" {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Ok(say.text)
    };
    let (_server, _running, client) = start(&Cluster::new(), sleeps).await;
    let slow = client.call(&SAY, &Say::new("slow")).defer();
    yield_now().await;
    let before = tokio::time::Instant::now();
    assert_eq!(client.call(&SAY, &Say::new("quick")).await, Ok("quick".to_owned()));
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(slow.await, Ok("slow".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn panics_cost_only_their_caller_wherever_they_come() {
    let panics = |_, say: Say| async move {
        match &*say.text {
            "now" => panic!("told to"),
            "later" => {
                yield_now().await;
                panic!("told to")
            }
            _ => Ok(say.text),
        }
    };
    let (server, _running, client) = start(&Cluster::new(), panics).await;
    for when in ["now", "later"] {
        let (boom, fine) =
            tokio::join!(client.call(&SAY, &Say::new(when)), client.call(&SAY, &Say::new("fine")));
        assert_eq!(boom, Err(CallError::Unknown(Unanswered::Nack)), "{when}");
        assert_eq!(fine, Ok("fine".to_owned()), "{when}");
    }
    server.drain().await.expect("nothing is left");
}

/// A handler that keeps its thread is not started where the next ones of its connection wait behind it.
#[tokio::test]
async fn what_takes_long_moves_out_of_the_way() {
    let computes = |_, say: Say| async move {
        if say.text == "long" {
            let begun = std::time::Instant::now();
            while begun.elapsed() < Duration::from_millis(5) {
                std::hint::spin_loop();
            }
        }
        Ok(task())
    };
    let (_server, _running, client) = start(&Cluster::new(), computes).await;
    let say = async || client.call(&SAY, &Say::new("long")).timeout(Duration::from_secs(60)).await;
    let first = say().await.expect("answers");
    let second = say().await.expect("answers");
    assert_eq!(first, second, "the connection's task: once may be an accident");
    let third = say().await.expect("answers");
    assert_ne!(first, third, "one of its own");
}

/// Counts what it gets, and what others got done meanwhile.
struct Counts {
    received: AtomicUsize,
    pace: Pace,
}

impl Receiver for Counts {
    fn received(&self, _: &Peer, _: MessageView<'_>, _: &mut Turn) -> Pace {
        self.received.fetch_add(1, Ordering::Relaxed);
        self.pace
    }

    fn lost(&self, _: Loss<'_>) {}
}

#[tokio::test]
async fn a_peer_with_much_to_say_lets_others_have_their_turn() {
    for (pace, most) in [(Pace::Steady, TURN_MESSAGES), (Pace::Rest, 1)] {
        let network = lymph::transport::memory::Network::new();
        let (a, b) = (network.bind("a"), network.bind("b"));
        for _ in 0..1000 {
            a.send_message(b.endpoint(), &message(MessageType::Req, "echo.say")).expect("there is room");
        }
        let counts = Arc::new(Counts { received: AtomicUsize::new(0), pace });
        b.start(Arc::clone(&counts) as Arc<dyn Receiver>);
        let mut seen = 0;
        while seen < 1000 {
            yield_now().await;
            let received = counts.received.load(Ordering::Relaxed);
            assert!(received - seen <= most, "{} in a row", received - seen);
            seen = received;
        }
    }
}

fn message(kind: MessageType, subject: &str) -> Message {
    let body = codec::to_bytes("hi");
    Message { id: new_id(), kind, subject: subject.into(), headers: Headers::new(), body }
}

#[tokio::test(start_paused = true)]
async fn only_who_was_asked_may_answer() {
    let cluster = Cluster::new();
    let running = cluster.container("caller").start().await.expect("starts");
    let (asked, thief) = (cluster.network().bind("memory://asked"), cluster.network().bind("memory://thief"));
    let mut inbox = Inbox::of(&asked);
    let instance = Instance::new("echo", Some(ECHO.version), asked.endpoint());
    cluster.registry().register("echo", instance).await.expect("a name");
    let client = Client::from(&running);
    let mut call = client.call(&SAY, &Say::new("")).into_future();
    let request = tokio::select! {
        request = inbox.recv() => request.expect("it goes on"),
        outcome = &mut call => panic!("{outcome:?}"),
    };
    let caller = request.peer.endpoint();
    let forged = message(MessageType::Nack, &request.message.id);
    thief.send_message(caller, &forged).expect("it listens");
    asked.send_message(caller, &message(MessageType::Rep, "something else")).expect("it listens");
    for _ in 0..10 {
        yield_now().await;
        assert!(futures_util::poll!(&mut call).is_pending(), "believed a forged reply");
    }
    asked.send_message(caller, &message(MessageType::Rep, &request.message.id)).expect("it listens");
    assert_eq!(call.await, Ok("hi".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn calls_end_when_their_process_does() {
    let cluster = Cluster::new();
    let running = cluster.container("caller").start().await.expect("starts");
    let _silent = cluster.network().bind("memory://silent");
    let client = Client::from(&running);
    let call = client.call(&SAY, &Say::new("")).at(lymph::Endpoint::new("memory://silent"));
    let mut call = call.timeout(Duration::from_secs(3600)).into_future();
    assert!(futures_util::poll!(&mut call).is_pending(), "sent");
    drop(running);
    let before = tokio::time::Instant::now();
    assert_eq!(call.await, Err(CallError::Unknown(Unanswered::PeerLost)));
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn every_call_ends_at_its_own_deadline() {
    let cluster = Cluster::new();
    let running = cluster.container("caller").start().await.expect("starts");
    let _silent = cluster.network().bind("memory://silent");
    let client = Client::from(&running);
    let began = tokio::time::Instant::now();
    let calls = [300_u64, 5, 70, 70, 1000, 6].map(|millis| {
        let call = client.call(&SAY, &Say::new("")).at(lymph::Endpoint::new("memory://silent"));
        let call = call.timeout(Duration::from_millis(millis)).into_future();
        async move {
            assert_eq!(call.await, Err(CallError::Unknown(Unanswered::TimedOut)));
            let late = began.elapsed() - Duration::from_millis(millis);
            assert!(late <= Duration::from_millis(2), "{late:?} after {millis} ms");
        }
    });
    futures_util::future::join_all(calls).await;
}
