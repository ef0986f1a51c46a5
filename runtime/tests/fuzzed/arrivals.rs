// What must hold of a process, whatever its peers send it, and whoever they claim to be.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lymph::client::Calling;
use lymph::container::Settings;
use lymph::error::NotSent;
use lymph::registry::memory::MemoryRegistry;
use lymph::transport::{Connection, Loss, Peer, Receiver, Transport, Turn};
use lymph::{
    CallError, Client, Container, Decoder, Endpoint, Fault, Headers, MessageType, MessageView, Parts,
    Running, Value, codec,
};
use tokio::time::{Instant, sleep};

use super::input::Input;
use super::service::{ECHO, Echo, SAY, SAY_AGAIN, Say};

/// Who sends, and who is asked. The second reads answers where it asks; the last goes by a name, so that it
/// may answer under another.
const PEERS: [&str; 3] = ["memory://a", "memory://b", "tcp://localhost:1"];
const BEHIND: usize = 1;
const NAMED: usize = 2;

/// Of what a peer is asked, its answers come first.
const KINDS: [MessageType; 6] = [
    MessageType::Rep,
    MessageType::Ack,
    MessageType::Nack,
    MessageType::Error,
    MessageType::Req,
    MessageType::Cancel,
];

/// How long our calls wait, by the description of their methods.
const PATIENCE: Duration = Duration::from_secs(1);

/// Longer than any caller may make a handler wait.
const A_DAY: Duration = Duration::from_secs(25 * 60 * 60);

/// One step after the other: what happens, to whom, and with what.
pub(crate) fn check(input: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("it needs nothing of the system").block_on(async {
        let mut process = Process::start().await;
        let mut input = Input(input);
        while let Some(what) = input.byte() {
            process.step(what, &mut input).await;
        }
        process.end().await;
    });
}

impl Input<'_> {
    /// The id of one of our requests, or any bytes.
    fn id(&mut self, calls: &[Call]) -> Vec<u8> {
        match self.0 {
            [0xff, which, rest @ ..] if !calls.is_empty() => {
                self.0 = rest;
                calls[usize::from(*which) % calls.len()].id.clone()
            }
            _ => self.bytes().to_vec(),
        }
    }
}

/// A process that serves, calls, and hears what the input says.
struct Process {
    wire: Arc<Wire>,
    running: Running,
    client: Client,
    calls: Vec<Call>,
    /// Requests by who sent them and their ids: how many there were, and how many of them must be answered.
    requests: BTreeMap<(Endpoint, Vec<u8>), (usize, usize)>,
}

/// One of ours.
struct Call {
    /// `None` once it has its outcome.
    calling: Option<Calling<String>>,
    asked: usize,
    idempotent: bool,
    begun: Instant,
    /// Of the latest request; empty while it waits to try again.
    id: Vec<u8>,
}

/// Why a call may end.
enum Reason<'a> {
    Answer(usize, MessageView<'a>),
    Gone(usize),
    Unsent(&'a [u8]),
    Time,
}

impl Process {
    async fn start() -> Self {
        let wire = Arc::new(Wire {
            endpoint: Endpoint::new("memory://us"),
            receiver: OnceLock::new(),
            request: Mutex::default(),
            answers: Mutex::default(),
        });
        let parts = Parts { transport: wire.clone(), registry: Arc::new(MemoryRegistry::new()), bus: None };
        let mut container =
            Container::with_parts(Settings::default(), move || async { Ok(parts) }).serve(echo());
        container.settings().concurrency = 2;
        container.settings().queue = 4;
        let running = container.start().await.expect("nothing is in its way");
        tokio::task::yield_now().await;
        let client = Client::from(&running);
        Self { wire, running, client, calls: Vec::new(), requests: BTreeMap::new() }
    }

    async fn step(&mut self, what: u8, input: &mut Input<'_>) {
        match what % 6 {
            0 | 1 => {
                let (source, kind) = (input.index(PEERS.len()), KINDS[input.index(KINDS.len())]);
                let (id, subject) = (input.id(&self.calls), input.id(&self.calls));
                let (headers, body) = (input.bytes(), input.bytes());
                let frames = [&id[..], kind.as_str().as_bytes(), &subject, headers, body];
                let Ok(message) = MessageView::from_frames(frames) else { return };
                assert_eq!(message.frames(), frames);
                self.hear(source, message);
                tokio::task::yield_now().await;
                self.poll(&Reason::Answer(source, message));
            }
            2 if self.calls.len() < 32 => {
                let (asked, idempotent) = (input.index(PEERS.len()), what & 0x80 != 0);
                self.call(asked, idempotent);
            }
            2 | 3 => {
                let which = input.index(self.calls.len());
                if let Some(call) = self.calls.get_mut(which) {
                    call.calling = None;
                }
            }
            4 => {
                let (peer, id) = (input.index(PEERS.len()), input.id(&self.calls));
                let Ok(id) = std::str::from_utf8(&id) else { return };
                let endpoint = &Endpoint::new(PEERS[peer]);
                if id.is_empty() {
                    self.wire.receiver().lost(Loss::PeerGone(endpoint));
                    self.poll(&Reason::Gone(peer));
                } else {
                    self.wire.receiver().lost(Loss::Unsent { peer: endpoint, id, reason: "it is far" });
                    self.poll(&Reason::Unsent(id.as_bytes()));
                }
            }
            _ => {
                let millis = 20 * u64::from(input.byte().unwrap_or_default());
                self.wait(Duration::from_millis(millis)).await;
            }
        }
    }

    async fn wait(&mut self, time: Duration) {
        sleep(time).await;
        // Whatever else was to happen by then happens first.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        self.poll(&Reason::Time);
    }

    /// Hands over what `source` sends.
    fn hear(&mut self, source: usize, message: MessageView<'_>) {
        let (is_behind, source) = (source == BEHIND, Endpoint::new(PEERS[source]));
        if message.kind == MessageType::Req {
            let headers = codec::from_bytes::<Headers>(message.headers);
            // Who says how long it waits needs no answer after that.
            let waits = headers.is_ok_and(|headers| headers.get("timeout_millis").is_none());
            let (all, waiting) = self.requests.entry((source.clone(), message.id.to_vec())).or_default();
            *all += 1;
            *waiting += usize::from(waits);
        }
        let back = || Arc::new(Back { wire: self.wire.clone(), peer: source.clone() });
        let peer = if is_behind { Peer::behind(source.clone(), back()) } else { Peer::at(source.clone()) };
        _ = self.wire.receiver().received(&peer, message, &mut Turn::default());
    }

    fn call(&mut self, asked: usize, idempotent: bool) {
        let method = if idempotent { &SAY_AGAIN } else { &SAY };
        let call = self.client.call(method, &Say::new("")).at(Endpoint::new(PEERS[asked]));
        let calling = Some(call.into_future());
        self.calls.push(Call { calling, asked, idempotent, begun: Instant::now(), id: Vec::new() });
        self.poll(&Reason::Time);
    }

    /// Asks every call for its outcome, which must come for a reason, and with that.
    fn poll(&mut self, reason: &Reason<'_>) {
        for call in &mut self.calls {
            let Some(calling) = &mut call.calling else { continue };
            let outcome = calling.poll_unpin(&mut Context::from_waker(Waker::noop()));
            match &outcome {
                Poll::Ready(outcome) => call.check_outcome(reason, outcome),
                Poll::Pending => call.check_waiting(reason),
            }
            if outcome.is_ready() {
                call.calling = None;
            }
            if let Some((peer, id)) = self.wire.request() {
                assert_eq!(peer, Endpoint::new(PEERS[call.asked]), "somebody else is asked");
                call.id = id;
            } else if call.is_settled_by(reason) {
                call.id.clear();
            }
        }
    }

    /// When there is nothing more to come, nothing is left.
    async fn end(mut self) {
        self.wait(A_DAY).await;
        assert!(self.calls.iter().all(|call| call.calling.is_none()), "a call never ends");
        let mut answers = BTreeMap::<_, usize>::new();
        for answered in self.wire.answers.lock().expect("nothing panics").drain(..) {
            *answers.entry(answered).or_default() += 1;
        }
        for (request, (all, waiting)) in &self.requests {
            let count = answers.remove(request).unwrap_or_default();
            assert!(count >= *waiting && count <= *all, "{count} answers to {all} requests {request:?}");
        }
        assert!(answers.is_empty(), "nobody asked for {answers:?}");
        self.running.drain().await.expect("nothing is under way");
    }
}

impl Call {
    /// Whether it ends its latest try, unless time did so before.
    fn is_settled_by(&self, reason: &Reason<'_>) -> bool {
        let is_sent = !self.id.is_empty();
        is_sent
            && match reason {
                Reason::Answer(source, message) => {
                    let is_answer = !matches!(message.kind, MessageType::Req | MessageType::Cancel);
                    let is_believed = *source == self.asked || self.asked == NAMED;
                    is_answer && is_believed && message.subject == self.id
                }
                Reason::Gone(peer) => *peer == self.asked && *peer != NAMED,
                Reason::Unsent(id) => *id == self.id,
                Reason::Time => false,
            }
    }

    /// Whether a try may have ended without any other reason: the first of several has half the time.
    fn is_due(&self) -> bool {
        let tries = if self.idempotent { 2 } else { 1 };
        self.begun.elapsed() >= PATIENCE / tries
    }

    fn check_outcome(&self, reason: &Reason<'_>, outcome: &Result<String, CallError>) {
        let is_settled = self.is_settled_by(reason);
        assert!(is_settled || self.is_due(), "{outcome:?} for no reason");
        let result = match reason {
            Reason::Answer(_, MessageView { kind: MessageType::Rep | MessageType::Ack, body, .. })
                if is_settled =>
            {
                codec::from_bytes::<String>(body).ok()
            }
            _ => None,
        };
        let is_too_late = self.is_due() && outcome.is_err();
        assert!(outcome.as_ref().ok() == result.as_ref() || is_too_late, "{outcome:?}, not {result:?}");
    }

    fn check_waiting(&self, reason: &Reason<'_>) {
        let may_try_again = match reason {
            // It says that it did nothing.
            Reason::Answer(_, message) => {
                message.kind == MessageType::Error || self.idempotent && message.kind == MessageType::Nack
            }
            Reason::Gone(_) => self.idempotent,
            Reason::Unsent(_) | Reason::Time => true,
        };
        assert!(may_try_again || self.is_due() || !self.is_settled_by(reason), "an answer is lost");
        // Deadlines that are close to each other are looked after together.
        assert!(self.begun.elapsed() < PATIENCE + Duration::from_millis(10), "it waits too long");
    }
}

/// Says what it is told: at once, after a second, or never.
fn echo() -> impl lymph::Service {
    Echo::new(&ECHO, |_, say: Say| async move {
        match say.text.as_bytes() {
            [b'n', ..] => std::future::pending().await,
            [b's', ..] => sleep(Duration::from_secs(1)).await,
            _ => {}
        }
        Ok::<_, Fault>(say.text)
    })
}

/// Keeps what is sent, as far as somebody wants to know.
struct Wire {
    endpoint: Endpoint,
    receiver: OnceLock<Arc<dyn Receiver>>,
    /// The request that was sent last, until it is looked at.
    request: Mutex<Option<(Endpoint, Vec<u8>)>>,
    /// Whom they went to, and which request they answer.
    answers: Mutex<Vec<(Endpoint, Vec<u8>)>>,
}

impl Wire {
    fn receiver(&self) -> &dyn Receiver {
        &**self.receiver.get().expect("it was started")
    }

    fn request(&self) -> Option<(Endpoint, Vec<u8>)> {
        self.request.lock().expect("nothing panics").take()
    }

    fn answered(&self, peer: &Endpoint, message: MessageView<'_>) {
        let mut headers = Decoder::new(message.headers);
        // They may hold what a peer wants to have back, whatever that is.
        headers.skip().and_then(|()| headers.finish()).expect("our headers are a document");
        codec::from_bytes::<Value>(message.body).expect("our bodies can be read");
        self.answers.lock().expect("nothing panics").push((peer.clone(), message.subject.into()));
    }
}

/// The way back to a peer that reads answers where it asks.
struct Back {
    wire: Arc<Wire>,
    peer: Endpoint,
}

impl Connection for Back {
    fn send(&self, message: MessageView<'_>) -> Result<(), NotSent> {
        self.wire.answered(&self.peer, message);
        Ok(())
    }
}

impl Transport for Wire {
    fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn start(&self, receiver: Arc<dyn Receiver>) {
        assert!(self.receiver.set(receiver).is_ok(), "it is started once");
    }

    fn send(&self, peer: &Endpoint, message: MessageView<'_>) -> Result<(), NotSent> {
        match message.kind {
            MessageType::Req => {
                let request = (peer.clone(), message.id.to_vec());
                let before = self.request.lock().expect("nothing panics").replace(request);
                assert_eq!(before, None, "one poll sends one request");
            }
            MessageType::Cancel => {}
            MessageType::Rep | MessageType::Ack | MessageType::Nack | MessageType::Error => {
                assert_ne!(peer.as_str(), PEERS[BEHIND], "it reads answers where it asks");
                self.answered(peer, message);
            }
        }
        Ok(())
    }

    fn close(&self, _: Duration) -> BoxFuture<'_, ()> {
        std::future::ready(()).boxed()
    }
}
