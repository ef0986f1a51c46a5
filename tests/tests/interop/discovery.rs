//! Finding and describing each other, and leaving.

use anyhow::{Result, ensure};
use lymph_tests::{PATIENCE, eventually};
use serde_json::Value;

use crate::{World, assert_contains};

/// Endpoints under `name` in what `discover --json` printed.
fn endpoints(found: &Value, name: &str) -> Vec<String> {
    let instances = found[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut endpoints: Vec<_> =
        instances.iter().filter_map(|i| i["endpoint"].as_str()).map(str::to_owned).collect();
    endpoints.sort();
    endpoints
}

#[tokio::test]
async fn both_find_and_describe_both() -> Result<()> {
    let world = World::start().await?;
    let World { cluster, py, rust } = &world;
    let (ours, theirs) =
        tokio::try_join!(rust.instance("greeting", cluster), py.instance("greeting", cluster))?;
    let mut expected = [ours.endpoint().to_owned(), theirs.endpoint().to_owned()];
    expected.sort();

    assert_eq!(endpoints(&py.discover(cluster).await?, "Greeting"), expected, "as Python sees it");
    let found = rust.run(cluster, &["discover", "--json"]).await?;
    assert_eq!(endpoints(&serde_json::from_str(found.success()?)?, "Greeting"), expected, "as Rust sees it");
    let printed = rust.run(cluster, &["discover", "--instances"]).await?;
    for endpoint in &expected {
        assert_contains(printed.success()?, endpoint);
    }

    for endpoint in &expected {
        let inspected = rust.run(cluster, &["inspect", endpoint]).await?;
        assert_contains(inspected.success()?, "greet(name)");
    }
    Ok(())
}

#[tokio::test]
async fn python_describes_rust() -> Result<()> {
    let world = World::start().await?;
    let World { cluster, py, rust } = &world;
    let ours = rust.instance("greeting", cluster).await?;
    let inspected = py.inspect(cluster, "Greeting").await?;
    assert_contains(inspected.success()?, "rpc Greeting.greet(name)\n\t A friendly word for");
    let status = ["request", "--address=Greeting", "lymph.status", "{}"];
    assert_contains(py.run(cluster, &status).await?.success()?, ours.endpoint());
    let metrics = ["request", "--address=Greeting", "lymph.get_metrics", "{}"];
    assert_contains(py.run(cluster, &metrics).await?.success()?, "lymph.status");
    Ok(())
}

#[tokio::test]
async fn who_is_killed_disappears_and_who_is_stopped_at_once() -> Result<()> {
    let world = World::start().await?;
    let World { cluster, py, rust } = &world;
    let (mut killed, mut stopped) =
        tokio::try_join!(rust.instance("greeting", cluster), rust.instance("greeting", cluster))?;
    assert_eq!(endpoints(&py.discover(cluster).await?, "Greeting").len(), 2);

    killed.kill();
    eventually(PATIENCE, || async {
        let left = endpoints(&py.discover(cluster).await?, "Greeting");
        ensure!(left == [stopped.endpoint()], "still listed: {left:?}");
        Ok(())
    })
    .await?;

    stopped.signal("TERM")?;
    // It serves three seconds more.
    stopped.line("deregistered interface=Greeting", PATIENCE).await?;
    assert!(endpoints(&py.discover(cluster).await?, "Greeting").is_empty(), "still listed");
    let ended = stopped.output(PATIENCE).await?;
    assert_eq!(ended.code, 0, "drained in order");
    Ok(())
}
