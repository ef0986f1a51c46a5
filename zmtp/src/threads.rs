//! Threads that connections are spread over.
//!
//! One connection is one task, and what it hands over is handled right there. Tasks that talk to each
//! other fare best on one thread; so a process that wants several cores has several such threads,
//! each with a runtime of its own, and no task moves from one to another.

use std::cell::Cell;
use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How long a thread may take to end once all its tasks were dropped.
const END_WITHIN: Duration = Duration::from_secs(1);

thread_local! {
    /// Whose thread this is, and which of them.
    static HERE: Cell<Option<(u64, usize)>> = const { Cell::new(None) };
}

/// Threads for the connections of one [`Socket`](crate::Socket), each with a current-thread runtime.
///
/// Dropping them drops every task that runs there; the threads end by themselves.
#[derive(Debug)]
pub struct Threads {
    id: u64,
    all: Vec<Thread>,
}

#[derive(Debug)]
struct Thread {
    runtime: Handle,
    life: Mutex<Option<Life>>,
}

/// A thread lives for as long as `_stop` is there, and drops its half of `ended` when it is gone.
#[derive(Debug)]
struct Life {
    _stop: oneshot::Sender<()>,
    ended: oneshot::Receiver<()>,
}

impl Threads {
    /// Starts `count` threads, which are called `name` and a number.
    ///
    /// # Errors
    ///
    /// When the system gives no more threads or file descriptors.
    pub fn start(name: &str, count: NonZeroUsize) -> io::Result<Self> {
        static IDS: AtomicU64 = AtomicU64::new(0);
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        let start = |index| {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let handle = runtime.handle().clone();
            let (_stop, stopped) = oneshot::channel::<()>();
            let (alive, ended) = oneshot::channel::<()>();
            thread::Builder::new().name(format!("{name}-{index}")).spawn(move || {
                HERE.set(Some((id, index)));
                // An error means the same: the other half was dropped.
                _ = runtime.block_on(stopped);
                runtime.shutdown_timeout(END_WITHIN);
                drop(alive);
            })?;
            Ok(Thread { runtime: handle, life: Mutex::new(Some(Life { _stop, ended })) })
        };
        Ok(Self { id, all: (0..count.get()).map(start).collect::<io::Result<_>>()? })
    }

    /// How many there are, at least one.
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// Which of them runs the caller.
    pub(crate) fn here(&self) -> Option<usize> {
        HERE.get().filter(|(id, _)| *id == self.id).map(|(_, index)| index)
    }

    /// Where tasks of one of them are spawned.
    pub(crate) fn runtime(&self, index: usize) -> &Handle {
        &self.all[index].runtime
    }

    /// Ends all of them, and waits for that. What still runs there is dropped.
    pub(crate) async fn end(&self) {
        let lives =
            self.all.iter().map(|thread| thread.life.lock().unwrap_or_else(PoisonError::into_inner).take());
        // All of them are told before the first is waited for.
        let ends: Vec<_> = lives.flatten().map(|life| life.ended).collect();
        for ended in ends {
            if timeout(2 * END_WITHIN, ended).await.is_err() {
                tracing::warn!("a thread of connections did not end in time");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Threads {
        Threads::start("test", NonZeroUsize::new(2).expect("two")).expect("threads")
    }

    #[tokio::test]
    async fn each_knows_itself_and_nobody_else() {
        let (threads, others) = (two(), two());
        assert_eq!(threads.here(), None);
        let threads = std::sync::Arc::new(threads);
        for index in 0..2 {
            let asked = threads.clone();
            let here = threads.runtime(index).spawn(async move { asked.here() });
            assert_eq!(here.await.expect("it ran"), Some(index));
            let asked = threads.clone();
            let elsewhere = others.runtime(index).spawn(async move { asked.here() });
            assert_eq!(elsewhere.await.expect("it ran"), None);
        }
    }

    #[tokio::test]
    async fn what_runs_at_the_end_is_dropped() {
        let threads = two();
        let task = threads.runtime(1).spawn(std::future::pending::<()>());
        threads.end().await;
        assert!(task.await.expect_err("it cannot be done").is_cancelled());
    }
}
