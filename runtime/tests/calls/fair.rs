//! Who asks without pause is refused, and nobody else.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{join_all, select};
use lymph::container::Settings;
use lymph::error::{CallError, Rejection};
use lymph::testing::Cluster;
use lymph::{Client, Context, Fault};
use tokio::time::sleep;

use crate::service::{ECHO, Echo, SAY, Say};

/// What one request takes.
const WORK: Duration = Duration::from_millis(10);

async fn work(_: Context, say: Say) -> Result<String, Fault> {
    sleep(WORK).await;
    Ok(say.text)
}

/// Has one always ask for `more` while another asks now and then, of a service that can do one thing at a
/// time.
async fn flood(more: &Say, set: impl FnOnce(&mut Settings)) {
    let cluster = Cluster::new();
    let mut container = cluster.container("server").serve(Echo::new(&ECHO, work));
    container.settings().concurrency = 1;
    set(container.settings());
    let _server = container.start().await.expect("starts");
    let [floods, asks] = [cluster.container("floods"), cluster.container("asks")];
    let (floods, asks) = (floods.start().await.expect("starts"), asks.start().await.expect("starts"));
    let (floods, asks) = (Client::from(&floods), Client::from(&asks));
    let refused = Cell::new(0);
    let flood = async |_| loop {
        if let Err(CallError::Rejected(Rejection::Overloaded)) = floods.call(&SAY, more).await {
            refused.set(refused.get() + 1);
        }
        sleep(WORK / 10).await;
    };
    let ask = async {
        sleep(10 * WORK).await;
        for _ in 0..100 {
            // What runs, one of the other's, and its own.
            let answer = asks.call(&SAY, &Say::new("please")).timeout(4 * WORK).await;
            assert_eq!(answer, Ok("please".to_owned()));
        }
    };
    select(pin!(join_all((0..30).map(flood))), pin!(ask)).await;
    assert!(refused.get() > 100, "only {} were refused", refused.get());
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_now_and_then_is_answered_beside_one_who_floods() {
    flood(&Say::new("more"), |settings| settings.queue = 8).await;
}

#[tokio::test(start_paused = true)]
async fn large_requests_leave_room_for_small_ones_of_others() {
    flood(&Say::new(&"x".repeat(30 << 10)), |settings| settings.queue_bytes = 100 << 10).await;
}
