//! Waiting for the thing itself instead of sleeping.

use std::time::Duration;

use anyhow::{Error, Result, anyhow};
use tokio::time::{Instant, sleep_until, timeout_at};

/// Longer than any single step takes, on a slow machine that is busy as well; only a test that fails waits
/// so long.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Pause between two looks.
const INTERVAL: Duration = Duration::from_millis(20);

/// Calls `probe` until it succeeds, and returns what it returned.
///
/// # Errors
///
/// After `timeout`: the last error of `probe`, or that it hung.
///
/// ```
/// # use std::time::Duration;
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let tries = std::cell::Cell::new(0);
/// let answer = lymph_tests::eventually(Duration::from_secs(1), || async {
///     tries.set(tries.get() + 1);
///     anyhow::ensure!(tries.get() == 3, "not yet");
///     Ok("there")
/// })
/// .await?;
/// assert_eq!(answer, "there");
/// # Ok::<(), anyhow::Error>(()) })?;
/// # Ok::<(), anyhow::Error>(())
/// ```
pub async fn eventually<T, F, Fut>(timeout: Duration, mut probe: F) -> Result<T>
where
    // Not `AsyncFnMut`: futures that wait here could not be spawned.
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let deadline = Instant::now() + timeout;
    let mut last: Option<Error> = None;
    loop {
        match timeout_at(deadline, probe()).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => last = Some(error),
            Err(_) => {
                let hung = "the probe hung at last";
                last = Some(last.map_or_else(|| anyhow!(hung), |error| error.context(hung)));
            }
        }
        if Instant::now() >= deadline {
            let last = last.expect("set by the first look");
            return Err(last.context(format!("not within {timeout:?}")));
        }
        sleep_until(deadline.min(Instant::now() + INTERVAL)).await;
    }
}
