//! The subscriptions of one process: each a task that somebody awaits.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use tokio::task::{AbortHandle, JoinHandle};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Subscribed;
use crate::error::EmitError;

/// What one user of a bus has running; dropping it cuts that off.
#[derive(Debug, Default)]
pub(crate) struct Session {
    state: Mutex<State>,
    emitting: TaskTracker,
}

#[derive(Debug, Default)]
struct State {
    /// Nothing new is consumed; handlers under way may still emit.
    closing: bool,
    closed: bool,
    running: Vec<Arc<Running>>,
}

impl Session {
    /// # Errors
    ///
    /// [`EmitError::Stopped`] once closing, before anything is declared for nobody.
    pub(crate) fn ensure_open(&self) -> Result<(), EmitError> {
        if self.state().closing { Err(EmitError::Stopped) } else { Ok(()) }
    }

    /// Lets closing wait for an emit.
    pub(crate) async fn emit<T>(
        &self,
        emit: impl Future<Output = Result<T, EmitError>>,
    ) -> Result<T, EmitError> {
        if self.state().closed {
            return Err(EmitError::Stopped);
        }
        self.emitting.track_future(emit).await
    }

    /// Runs `serve` until it is told to stop, by its handle or with the session.
    pub(crate) fn run<F>(
        &self,
        serve: impl FnOnce(CancellationToken) -> F,
    ) -> Result<Box<dyn Subscribed>, EmitError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.ensure_open()?;
        let running = Running::spawn(serve);
        let mut state = self.state();
        state.running.retain(|running| !running.ended());
        state.running.push(Arc::clone(&running));
        Ok(Box::new(running))
    }

    /// Stops all of them and waits for what is under way, then for confirms; cuts off the rest.
    pub(crate) async fn close(&self, patience: Duration) {
        let running = {
            let mut state = self.state();
            state.closing = true;
            std::mem::take(&mut state.running)
        };
        let ended = async {
            join_all(running.iter().map(|running| running.stop_and_wait())).await;
            self.state().closed = true;
            self.emitting.close();
            self.emitting.wait().await;
        };
        if tokio::time::timeout(patience, ended).await.is_err() {
            tracing::warn!("events were cut off: those under way will be delivered again");
            running.iter().for_each(|running| running.abort.abort());
        }
        self.state().closed = true;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Running {
    stop: CancellationToken,
    task: tokio::sync::Mutex<Option<JoinHandle<()>>>,
    abort: AbortHandle,
}

impl Running {
    fn spawn<F>(serve: impl FnOnce(CancellationToken) -> F) -> Arc<Self>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let stop = CancellationToken::new();
        let task = tokio::spawn(serve(stop.clone()));
        let abort = task.abort_handle();
        Arc::new(Self { stop, task: tokio::sync::Mutex::new(Some(task)), abort })
    }

    async fn stop_and_wait(&self) {
        self.stop.cancel();
        let mut task = self.task.lock().await;
        if let Some(running) = &mut *task {
            // Cut off, or ended by a panic that its hook has told of.
            drop(running.await);
        }
        *task = None;
    }

    fn ended(&self) -> bool {
        self.abort.is_finished()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.abort.abort();
    }
}

impl Subscribed for Arc<Running> {
    fn stop(&self) -> BoxFuture<'_, ()> {
        self.stop_and_wait().boxed()
    }
}
