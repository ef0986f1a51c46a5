//! Log levels changed from outside; the log is that of a whole process, so this has one of its own.

use std::time::Duration;

use lymph::testing::Cluster;
use lymph::{Client, Value};
use tracing::Level;

#[tokio::test(start_paused = true)]
async fn a_change_that_fails_lets_the_one_before_it_end() {
    lymph::logging::init("info");
    let running = Cluster::new().container("noisy").start().await.expect("starts");
    let (client, endpoint) = (Client::from(&running), running.handle().endpoint().clone());
    let change = async |qualname: &str| {
        let args = serde_json::json!({ "qualname": qualname, "loglevel": "DEBUG", "period": 60.0 });
        client.request("lymph.change_loglevel", &Value::from(args)).at(endpoint.clone()).await
    };
    change("").await.expect("changed");
    assert!(tracing::enabled!(Level::DEBUG));
    change("no=logger=at=all").await.expect_err("not a name");
    tokio::time::sleep(Duration::from_secs(61)).await;
    assert!(!tracing::enabled!(Level::DEBUG));
}
