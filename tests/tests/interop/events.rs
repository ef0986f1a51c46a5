//! Events from either side to the other.

use anyhow::Result;
use lymph_tests::PATIENCE;
use lymph_tests::generated::greeting::Greeted;
use serde_json::json;

use crate::World;

#[tokio::test]
async fn each_hears_the_other() -> Result<()> {
    let world = World::start().await?;
    let World { cluster, py, rust } = &world;
    let (ours, theirs) = tokio::try_join!(rust.instance("listen", cluster), py.instance("listen", cluster))?;
    let caller = world.caller().await?;

    // Emitted by a handler of each side while it answers a call.
    for (name, greeting) in [
        ("Rosa", rust.instance("greeting", cluster).await?),
        ("Pete", py.instance("greeting", cluster).await?),
    ] {
        let mut greeting = greeting;
        let answer =
            rust.run(cluster, &["request", "Greeting.greet", &json!({ "name": name }).to_string()]).await?;
        assert_eq!(answer.success()?, format!("\"Hi, {name}!\""));
        let line = format!("Somebody greeted {name}");
        ours.line(&line, PATIENCE).await?;
        theirs.line(&line, PATIENCE).await?;
        assert_eq!(greeting.stop().await?, 0);
    }

    // Emitted by the tools and by a container without interfaces.
    py.emit(cluster, "greeted", &json!({"name": "Paula"})).await?.success()?;
    rust.run(cluster, &["emit", "greeted", r#"{"name": "Ruth"}"#]).await?.success()?;
    assert!(caller.handle().emit(Greeted::new("Rick")).await?.subscribed);
    for name in ["Paula", "Ruth", "Rick"] {
        let line = format!("Somebody greeted {name}");
        ours.line(&line, PATIENCE).await?;
        theirs.line(&line, PATIENCE).await?;
    }
    Ok(())
}

#[tokio::test]
async fn subscribers_of_both_tools_print_events_of_both() -> Result<()> {
    let world = World::start().await?;
    let World { cluster, py, rust } = &world;
    let theirs = py.subscribe(cluster, &["greeted"]).await?;
    let ours = rust.start(cluster, &["subscribe", "greeted", "other.*"])?;
    ours.line("subscribed", PATIENCE).await?;
    rust.run(cluster, &["emit", "greeted", r#"{"name": "Ruth"}"#]).await?.success()?;
    py.emit(cluster, "greeted", &json!({"name": "Paula"})).await?.success()?;
    for name in ["Ruth", "Paula"] {
        ours.line(name, PATIENCE).await?;
        theirs.line(name, PATIENCE).await?;
    }
    Ok(())
}
