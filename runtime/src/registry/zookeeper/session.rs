//! The session: connected, replaced when it ends, and this process's nodes in it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use zookeeper_client::{Client, Error, SessionState};

use super::failure::Failure;
use super::{Session, Shared, answer};

/// How often everything is verified, plus or minus a fifth.
pub(super) const VERIFY_EVERY: Duration = Duration::from_secs(30);

/// Between two attempts to connect, or to put nodes right.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Owns the session for as long as the registry lives.
pub(super) async fn supervise(shared: Arc<Shared>) {
    let hosts = &shared.settings.hosts;
    let mut failures = 0_u32;
    loop {
        match connect(&shared).await {
            Ok(client) => {
                tracing::info!(%hosts, session = %client.session_id(), "connected to ZooKeeper");
                failures = 0;
                shared.session.send_replace(Session::Open(client.clone()));
                let reason = keep(&shared, &client).await;
                shared.session.send_replace(Session::Away);
                tracing::warn!(%hosts, %reason, "the ZooKeeper session ended; opening another");
            }
            Err(error) => {
                failures += 1;
                let refused = error == Error::AuthFailed;
                shared.session.send_replace(if refused { Session::Refused } else { Session::Away });
                // The first failure is news, and so is that it goes on.
                if failures.is_power_of_two() {
                    tracing::warn!(%hosts, %error, failures, "cannot connect to ZooKeeper");
                }
                sleep(jitter(RETRY_AFTER)).await;
            }
        }
    }
}

async fn connect(shared: &Shared) -> Result<Client, Error> {
    let session_timeout = shared.settings.session_timeout;
    let mut connector = Client::connector().with_session_timeout(session_timeout);
    if let Some(auth) = &shared.settings.auth {
        connector = connector.with_auth("digest", auth.credential().as_bytes());
    }
    let connected = timeout(session_timeout * 2, connector.connect(&shared.settings.hosts)).await;
    connected.unwrap_or(Err(Error::Timeout))
}

/// Verifies the session and its nodes until it is over, and returns why.
async fn keep(shared: &Shared, client: &Client) -> Error {
    let mut states = client.state_watcher();
    let mut state = client.state();
    let mut works_since = Instant::now();
    loop {
        let mut pause = VERIFY_EVERY;
        if is_connected(state) {
            match verify(shared, client).await {
                Ok(()) => works_since = Instant::now(),
                // The session works, the rights do not: callers were told, and an administrator may help.
                Err(failure) if failure.is_refusal() => {
                    works_since = Instant::now();
                    let error = failure.explain(&shared.settings);
                    tracing::warn!(%error, "cannot keep what is registered");
                }
                // The client can end without a last state; then nothing works any more.
                Err(failure) if works_since.elapsed() > client.session_timeout() * 2 => return failure.error,
                Err(failure) => {
                    tracing::debug!(error = %failure, "could not verify what is registered");
                    pause = RETRY_AFTER;
                }
            }
        } else {
            works_since = Instant::now();
        }
        tokio::select! {
            changed = states.changed() => {
                tracing::debug!(state = %changed, "ZooKeeper session");
                state = changed;
            }
            () = sleep(jitter(pause)) => state = states.state(),
        }
        match state {
            SessionState::Expired => return Error::SessionExpired,
            SessionState::AuthFailed => return Error::AuthFailed,
            SessionState::Closed => return Error::ClientClosed,
            _ => {}
        }
    }
}

async fn verify(shared: &Shared, client: &Client) -> Result<(), Failure> {
    answer(client.check_stat("/")).await?;
    shared.nodes.settle(client).await
}

fn is_connected(state: SessionState) -> bool {
    matches!(state, SessionState::SyncConnected | SessionState::ConnectedReadOnly)
}

/// Ends the session, which takes its nodes away at once; returns when the server knows.
pub(super) async fn end(session: Session) {
    let Session::Open(client) = session else { return };
    let mut states = client.state_watcher();
    // The last clone gone, the client says goodbye and waits for the answer.
    drop(client);
    while !states.peek_state().is_terminated() {
        states.changed().await;
    }
}

/// `around`, give or take a fifth, so that processes started together do not stay together.
pub(super) fn jitter(around: Duration) -> Duration {
    around.mul_f64(rand::random_range(0.8..1.2))
}
