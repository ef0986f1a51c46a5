//! Stopping in order, and what is said when there is no time for it.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use super::Running;
use crate::Error;

/// How long the registry may take to forget one interface.
const DEREGISTER_TIMEOUT: Duration = Duration::from_secs(2);

/// SIGTERM and SIGINT.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(super) fn listen() -> Result<Self, Error> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Drains `running`, but no longer than until the next signal.
pub(super) async fn until(running: Running, mut signals: Signals) -> Result<(), Error> {
    let (node, server) = (running.node.clone(), running.server.clone());
    tokio::select! {
        drained = running.drain() => drained,
        () = signals.next() => Err(unfinished(server.requests_under_way(), node.calls_under_way())),
    }
}

fn unfinished(requests: usize, calls: usize) -> Error {
    Error::Unfinished(format!("{requests} requests not answered, {calls} calls without a reply"))
}

impl Running {
    /// Leaves the cluster without losing what it accepted: deregisters, serves callers that have
    /// not heard of it a little longer, refuses what is new, finishes what runs, flushes, closes.
    ///
    /// # Errors
    ///
    /// [`Error::Unfinished`] when handlers took longer than [`Settings::finish`](super::Settings).
    pub async fn drain(mut self) -> Result<(), Error> {
        let subscriptions = std::mem::take(&mut self.subscriptions);
        let consuming = join_all(subscriptions.iter().map(|subscribed| subscribed.stop()));
        let serving = async {
            self.deregister().await;
            if !self.registered.is_empty() {
                tokio::time::sleep(self.settings.linger).await;
            }
            self.server.drain();
            self.server.idle().await;
        };
        let patience = self.settings.linger + self.settings.finish;
        let finished = timeout(patience, async { tokio::join!(serving, consuming) }).await;
        let lost = self.server.requests_under_way();
        let calls = self.node.calls_under_way();
        let answered = self.server.answered();
        drop(subscriptions);
        self.close().await;
        tracing::info!(answered, lost, "stopped");
        match finished {
            Ok(_) => Ok(()),
            Err(_) => Err(unfinished(lost, calls)),
        }
    }

    async fn deregister(&self) {
        let registry = &self.node.parts().registry;
        let all = self.registered.iter().map(|(name, id)| async move {
            match timeout(DEREGISTER_TIMEOUT, registry.deregister(name, id)).await {
                Ok(Ok(())) => tracing::info!(interface = %name, "deregistered"),
                Ok(Err(error)) => tracing::warn!(interface = %name, %error, "could not deregister"),
                Err(_) => tracing::warn!(interface = %name, "the registry did not answer in time"),
            }
        });
        join_all(all).await;
    }

    /// Flushes and closes every part, whatever state it is in.
    pub(super) async fn close(self) {
        let Self { settings, node, serving, stop, .. } = self;
        node.stop();
        if let Some(bus) = &node.parts().bus {
            bus.close(settings.flush).await;
        }
        drop(stop);
        if let Err(error) = serving.await {
            tracing::error!(%error, "the server failed");
        }
        node.parts().transport.close(settings.flush).await;
        node.parts().registry.close().await;
    }
}
