//! Calls between Rust and Python: results, declared errors, NACKs, timeouts, versions.

use std::time::Duration;

use anyhow::Result;
use lymph::error::{CallError, NotSent, Rejection, Unanswered};
use lymph::{Client, Value, Version};
use lymph_tests::PATIENCE;
use lymph_tests::generated::echo::{v1, v2};
use lymph_tests::generated::greeting::{GreetError, GreetingClient};
use lymph_tests::generated::probe::RenameArgs;
use serde_json::json;

use crate::{World, assert_contains, probe};

#[tokio::test]
async fn python_calls_rust() -> Result<()> {
    let world = World::start().await?;
    let World { cluster, py, rust } = &world;
    let _greeting = rust.instance("greeting", cluster).await?;
    let _echo = rust.instance("echo", cluster).await?;
    let _probe = world.container()?.serve(probe::server()).start().await?;

    let joe = py.request(cluster, "Greeting.greet", &json!({"name": "Joe"})).await?;
    assert_eq!(joe.success()?, "'Hi, Joe!'");
    let declared = py.request(cluster, "Greeting.greet", &json!({"name": ""})).await?;
    assert_eq!(declared.code, 1);
    assert_contains(&declared.stderr, "lymph.exceptions.ValueError: name is empty");
    let undeclared = py.request(cluster, "Probe.fail", &json!({})).await?;
    assert_contains(&undeclared.stderr, "lymph.exceptions.Nack");
    let no_method = py.request(cluster, "Probe.sing", &json!({})).await?;
    assert_contains(&no_method.stderr, "lymph.exceptions.Nack");
    let wrong = py.request(cluster, "Probe.limited", &json!({"count": 9})).await?;
    assert_contains(&wrong.stderr, "lymph.exceptions.lymph.InvalidParameter");
    assert_contains(&wrong.stderr, "count");
    let slow = ["request", "--timeout=0.5", "Probe.wait", r#"{"millis": 5000}"#];
    assert_contains(&py.run(cluster, &slow).await?.stderr, "The request timed out");

    for (arguments, name) in
        [(json!({}), "'old'"), (json!({"name": null}), "None"), (json!({"name": "new"}), "'new'")]
    {
        let output = py.request(cluster, "Probe.rename", &arguments).await?;
        assert_eq!(output.success()?, name, "{arguments}");
    }
    let empty = py.request(cluster, "Probe.rename", &json!({"name": ""})).await?;
    assert_contains(&empty.stderr, "lymph.exceptions.lymph.InvalidParameter");

    for (subject, answer) in [
        ("echo.upper@1", "'FOO'"),
        ("echo.upper@1.5", "'FOO'"),
        ("echo.upper@2.0", "{'changed': 3, 'text': 'FOO'}"),
    ] {
        let output = py.request(cluster, subject, &json!({"text": "foo"})).await?;
        assert_eq!(output.success()?, answer, "{subject}");
    }
    for subject in ["echo.upper@1.6", "echo.upper@3"] {
        let output = py.request(cluster, subject, &json!({"text": "foo"})).await?;
        assert_contains(&output.stderr, "NotConnected");
    }
    Ok(())
}

#[tokio::test]
async fn rust_calls_python() -> Result<()> {
    let world = World::start().await?;
    let World { cluster, py, rust } = &world;
    let (_greeting, _echo) =
        tokio::try_join!(py.instance("greeting", cluster), py.instance("echo", cluster))?;
    let caller = world.caller().await?;

    let greeting = GreetingClient::new(&caller);
    assert_eq!(greeting.greet("Joe").timeout(PATIENCE).await?, "Hi, Joe!");
    let declared = greeting.greet("").await;
    let Err(CallError::Failed(GreetError::EmptyName(error))) = &declared else { panic!("{declared:?}") };
    assert_eq!(error.message, "name is empty");

    let client = Client::from(&caller);
    let empty = Value::Map(vec![]);
    let undeclared = client.request("Greeting.fail", &empty).await;
    assert_eq!(undeclared, Err(CallError::Unknown(Unanswered::Nack)));
    let no_method = client.request("Greeting.sing", &empty).await;
    assert_eq!(no_method, Err(CallError::Unknown(Unanswered::Nack)));
    let slow = Value::from(json!({"seconds": 5}));
    let slow = client.request("Greeting.slow", &slow).timeout(Duration::from_millis(500)).await;
    assert_eq!(slow, Err(CallError::Unknown(Unanswered::TimedOut)));

    assert_eq!(v1::EchoClient::new(&caller).upper("foo").await?, "FOO");
    // Python's 2.0.0 answers with a string, this schema expects a struct: the truth is told.
    let other_schema = v2::EchoClient::new(&caller).upper("foo").await;
    assert!(matches!(other_schema, Err(CallError::Unknown(Unanswered::Unreadable(_)))), "{other_schema:?}");
    let louder = client.request("echo.upper", &Value::from(json!({"text": "foo"})));
    assert_eq!(louder.version(Version::new(2, 0, 0)).await?, Value::from("FOO!"));
    let none = v1::EchoClient::new(&caller).upper("foo").version(Version::new(1, 6, 0)).await;
    assert!(matches!(none, Err(CallError::NotSent(NotSent::NoVersion { .. }))), "{none:?}");

    let cli = rust.run(cluster, &["request", "Greeting.greet", r#"{"name": "Joe"}"#]).await?;
    assert_eq!(cli.success()?, "\"Hi, Joe!\"");
    let json = rust.run(cluster, &["request", "--json", "echo.upper@1.5", r#"{"text": "foo"}"#]).await?;
    assert_eq!(json.success()?, r#""FOO""#);
    Ok(())
}

#[tokio::test]
async fn rust_calls_rust_as_it_calls_python() -> Result<()> {
    let world = World::start().await?;
    let World { cluster, rust, .. } = &world;
    let _greeting = rust.instance("greeting", cluster).await?;
    let _echo = rust.instance("echo", cluster).await?;
    let _probe = world.container()?.serve(probe::server()).start().await?;
    let caller = world.caller().await?;

    let greeting = GreetingClient::new(&caller);
    assert_eq!(greeting.greet("Joe").timeout(PATIENCE).await?, "Hi, Joe!");
    let declared = greeting.greet("").await;
    assert!(matches!(declared, Err(CallError::Failed(GreetError::EmptyName(_)))), "{declared:?}");
    assert_eq!(v1::EchoClient::new(&caller).upper("foo").await?, "FOO");
    assert_eq!(v2::EchoClient::new(&caller).upper("foo").await?.changed, 3);

    let client = probe::client(&caller);
    assert_eq!(client.rename(()).await?.as_deref(), Some("old"));
    assert_eq!(client.rename(RenameArgs::new().clear_name()).await?, None);
    assert_eq!(client.rename(RenameArgs::new().name("new")).await?.as_deref(), Some("new"));
    assert_eq!(client.fail().await, Err(CallError::Unknown(Unanswered::Nack)));
    let refused = client.refuse("tired").await;
    let Err(CallError::Failed(probe::RefuseError::Refused(error))) = &refused else { panic!("{refused:?}") };
    assert_eq!(error.why, "tired", "fields of a typed error travel");
    let slow = client.wait(5000).timeout(Duration::from_millis(300)).await;
    assert_eq!(slow, Err(CallError::Unknown(Unanswered::TimedOut)));
    let limited = client.limited(9).await;
    let Err(CallError::Rejected(Rejection::InvalidParameter(message))) = &limited else {
        panic!("{limited:?}")
    };
    assert_contains(message, "count");
    Ok(())
}
