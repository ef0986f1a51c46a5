//! A connection that comes back.
//!
//! lapin's own recovery hung in a quarter of the resets it was tried with, so it stays off: a
//! connection that failed is thrown away, and whoever used it starts over on the next one.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use lapin::{Connection, ConnectionProperties, Event};
use tokio::sync::{Mutex, Notify, watch};
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::broker::Broker;

/// How long one attempt to connect may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// How long the broker may take over a connection's end.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// First and longest pause between attempts.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Pauses between attempts, each about twice the one before.
#[derive(Debug)]
pub(super) struct Backoff(Duration);

impl Backoff {
    pub(super) fn new() -> Self {
        Self(BACKOFF.0)
    }

    /// The last attempt went well.
    pub(super) fn reset(&mut self) {
        self.0 = BACKOFF.0;
    }

    /// Whole clusters lose their broker at once; they should not come back at once.
    pub(super) async fn pause(&mut self) {
        tokio::time::sleep(self.0.mul_f64(rand::random_range(0.5..1.0))).await;
        self.0 = (self.0 * 2).min(BACKOFF.1);
    }
}

/// How often a connection is looked at that says nothing.
const LOOK: Duration = Duration::from_millis(250);

/// A connection and the task that keeps it.
#[derive(Debug)]
pub(super) struct Link {
    current: watch::Receiver<Option<Arc<Connection>>>,
    /// What the last attempt failed with.
    failure: watch::Receiver<String>,
    suspected: Arc<Notify>,
    stop: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
    abort: AbortHandle,
}

impl Link {
    /// Connects and stays connected; `name` is shown by the broker.
    pub(super) fn keep(broker: Broker, name: &str) -> Self {
        let (sender, current) = watch::channel(None);
        let (failed, failure) = watch::channel("not tried yet".to_owned());
        let (suspected, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let keeper = Keeper {
            broker,
            name: name.to_owned(),
            sender,
            failed,
            suspected: Arc::clone(&suspected),
            stop: stop.clone(),
        };
        let task = tokio::spawn(keeper.run());
        let abort = task.abort_handle();
        Self { current, failure, suspected, stop, task: Mutex::new(Some(task)), abort }
    }

    /// The connection, as soon as there is one.
    pub(super) async fn connection(&self) -> Arc<Connection> {
        let mut current = self.current.clone();
        let found = current.wait_for(Option::is_some).await.ok().and_then(|found| found.clone());
        match found {
            Some(connection) => connection,
            // Closed; so is, or will be, whoever asks.
            None => std::future::pending().await,
        }
    }

    /// Why there is none.
    pub(super) fn failure(&self) -> String {
        self.failure.borrow().clone()
    }

    /// Throws the connection away when it is still the one in use. A broker that is short of memory
    /// or disk stops reading and says so; another connection would fare no better.
    pub(super) fn suspect(&self, connection: &Arc<Connection>) {
        if connection.status().blocked() {
            return;
        }
        if self.current.borrow().as_ref().is_some_and(|current| Arc::ptr_eq(current, connection)) {
            self.suspected.notify_one();
        }
    }

    /// Closes the connection and keeps none.
    pub(super) async fn close(&self) {
        self.stop.cancel();
        let mut task = self.task.lock().await;
        if let Some(running) = &mut *task {
            // Cut off, or ended by a panic that its hook has told of.
            drop(running.await);
        }
        *task = None;
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.abort.abort();
    }
}

struct Keeper {
    broker: Broker,
    name: String,
    sender: watch::Sender<Option<Arc<Connection>>>,
    failed: watch::Sender<String>,
    suspected: Arc<Notify>,
    stop: CancellationToken,
}

impl Keeper {
    async fn run(self) {
        let mut backoff = Backoff::new();
        let mut hung = false;
        loop {
            let started = Instant::now();
            let Some(connected) = self.stop.run_until_cancelled(self.connect(hung)).await else { return };
            hung = connected.as_ref().is_err_and(|failure| failure.hung);
            match connected {
                Ok(connection) => {
                    tracing::debug!(connection = self.name, "connected to the broker");
                    self.hold(connection).await;
                    if self.stop.is_cancelled() {
                        return;
                    }
                    if started.elapsed() > BACKOFF.1 {
                        backoff.reset();
                    }
                    tracing::warn!(connection = self.name, "lost the broker");
                }
                Err(failure) => {
                    tracing::warn!(connection = self.name, error = failure.reason, "cannot reach the broker");
                    self.failed.send_replace(failure.reason);
                }
            }
            if self.stop.run_until_cancelled(backoff.pause()).await.is_none() {
                return;
            }
        }
    }

    /// lapin waits for a broker that accepts and says nothing in a thread that nobody can end;
    /// after one such attempt we look for ourselves first whether it speaks.
    async fn connect(&self, probe_first: bool) -> Result<Connection, Failure> {
        let attempt = async {
            if probe_first {
                self.broker.probe().await?;
            }
            let name = self.name.as_str().into();
            let properties = ConnectionProperties::default().with_connection_name(name);
            self.broker.connect(properties).await
        };
        match tokio::time::timeout(CONNECT_WITHIN, attempt).await {
            Ok(connected) => connected.map_err(|reason| Failure { reason, hung: probe_first }),
            Err(_) => Err(Failure { reason: "no answer".to_owned(), hung: true }),
        }
    }

    /// Hands the connection out until it fails, is suspected, or everything is stopped.
    async fn hold(&self, connection: Connection) {
        let connection = Arc::new(connection);
        let mut events = std::pin::pin!(connection.events_listener());
        let mut looks = tokio::time::interval(LOOK);
        self.sender.send_replace(Some(Arc::clone(&connection)));
        let stopped = loop {
            tokio::select! {
                () = self.stop.cancelled() => break true,
                () = self.suspected.notified() => break false,
                event = events.next() => match event {
                    Some(Event::Error(_)) | None => break false,
                    Some(Event::ConnectionBlocked(reason)) => {
                        tracing::warn!(connection = self.name, reason, "the broker takes nothing for now");
                    }
                    Some(_) => {}
                },
                _ = looks.tick() => {
                    if !connection.status().connected() {
                        break false;
                    }
                }
            }
        };
        self.sender.send_replace(None);
        let closing = connection.close(200, "OK".into());
        if stopped && tokio::time::timeout(CLOSE_WITHIN, closing).await.is_err() {
            tracing::debug!(connection = self.name, "the broker did not confirm the end");
        }
    }
}

struct Failure {
    reason: String,
    /// The broker accepted and said nothing.
    hung: bool,
}
