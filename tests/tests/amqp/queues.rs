//! Whose queues are whose, and what becomes of what does not belong there.

use anyhow::{Result, ensure};
use bytes::Bytes;
use lymph::describe::DeliveryMode;
use lymph::error::EmitError;
use lymph::events::amqp::{AmqpBus, Settings};
use lymph::events::{Emitted, EventBus, Outcome, Outgoing, Subscription};
use lymph::{Value, codec};
use lymph_tests::{Cluster, PATIENCE, PythonEnv, RabbitMq, eventually};
use serde_json::json;

use crate::conformance::{Recorder, event, ladder, numbered, subscription, with_retries};

fn shared(queue: &str, topic: &str) -> Subscription {
    subscription(queue, &[topic], DeliveryMode::Shared)
}

#[tokio::test]
async fn what_cannot_be_read_is_buried_unread() -> Result<()> {
    let broker = RabbitMq::start().await?;
    let bus = AmqpBus::connect(Settings::new(broker.url())).await?;
    let recorder = Recorder::new();
    let to = with_retries(3, shared("I-h", "t"));
    let subscribed = bus.subscribe(to.clone(), recorder.done()).await?;
    // A body that ends too soon takes the whole message with it.
    let broken = Outgoing { body: Bytes::new(), ..event("t", &numbered(1)) };
    bus.emit(broken.clone(), PATIENCE).await?;
    bus.emit(event("t", &numbered(2)), PATIENCE).await?;
    ensure!(recorder.numbers(1).await == [2]);
    let letters = eventually(PATIENCE, async || {
        let letters = bus.dead_letters(&to, 10).await?;
        ensure!(!letters.is_empty(), "not there yet");
        Ok(letters)
    })
    .await?;
    ensure!(
        letters.len() == 1 && letters[0].id == broken.id && letters[0].reason == "unreadable",
        "{letters:?}"
    );
    subscribed.stop().await;
    bus.close(PATIENCE).await;
    Ok(())
}

#[tokio::test]
async fn a_queue_keeps_what_it_was_declared_with() -> Result<()> {
    let broker = RabbitMq::start().await?;
    let bus = AmqpBus::connect(Settings::new(broker.url())).await?;
    let recorder = Recorder::new();
    let _subscribed = bus.subscribe(shared("I-h", "t"), recorder.done()).await?;
    let sequential = subscription("I-h", &["t"], DeliveryMode::Sequential);
    let refused = bus.subscribe(sequential, recorder.done()).await.err();
    ensure!(matches!(&refused, Some(EmitError::Refused(why)) if why.contains("I-h.durable")), "{refused:?}");
    let long = bus.emit(event(&"t".repeat(256), &numbered(1)), PATIENCE).await;
    ensure!(matches!(long, Err(EmitError::Refused(_))), "{long:?}");
    // Neither costs anybody else anything.
    ensure!(bus.emit(event("t", &numbered(2)), PATIENCE).await? == Emitted { subscribed: true });
    ensure!(recorder.numbers(1).await == [2]);
    bus.close(PATIENCE).await;
    Ok(())
}

#[tokio::test]
async fn python_and_we_hear_each_other() -> Result<()> {
    let (py, cluster) = tokio::try_join!(PythonEnv::get(), Cluster::start())?;
    let mut settings = Settings::new(cluster.rabbitmq.url());
    settings.ladder = ladder();
    let bus = AmqpBus::connect(settings).await?;
    let (ours, theirs) = (Recorder::new(), Recorder::new());
    let listen = py.instance("listen", &cluster).await?;
    // A queue of our own, beside the one that Python has for a handler of that name.
    let _own = bus.subscribe(shared("Listen-on_greeted", "greeted"), ours.done()).await?;
    let greeted = event("greeted", &json!({ "name": "Zoë" }).into());
    ensure!(bus.emit(greeted, PATIENCE).await?.subscribed);
    listen.line("Somebody greeted Zoë", PATIENCE).await?;
    ensure!(name(&ours.next().await.0.body)? == "Zoë");

    py.emit(&cluster, "greeted", &json!({ "name": "Joe" })).await?.success()?;
    listen.line("Somebody greeted Joe", PATIENCE).await?;
    let (from_python, _) = ours.next().await;
    ensure!(name(&from_python.body)? == "Joe");
    ensure!(
        from_python.id.is_empty() && from_python.headers.get_str("trace_id").is_some(),
        "{from_python:?}"
    );

    // The very queue of Python's: whoever takes an event has it alone, and may hand it over by
    // failing, for either to try again.
    let fails = |_: &lymph::events::Delivered| Outcome::Retry;
    let shared =
        Subscription { python_compatible: true, ..with_retries(50, shared("Listen-on_greeted", "greeted")) };
    let _shared = bus.subscribe(shared, theirs.consumer(fails)).await?;
    for n in 0..6 {
        let greeted = event("greeted", &json!({ "name": format!("guest {n}") }).into());
        bus.emit(greeted, PATIENCE).await?;
    }
    for n in 0..6 {
        listen.line(&format!("Somebody greeted guest {n}"), PATIENCE).await?;
    }
    let (failed, _) = theirs.next().await;
    ensure!(name(&failed.body)?.starts_with("guest"), "{failed:?}");
    bus.close(PATIENCE).await;
    Ok(())
}

fn name(body: &Bytes) -> Result<String> {
    let body: Value = codec::from_bytes(body)?;
    Ok(body.get("name").and_then(Value::as_str).unwrap_or_default().to_owned())
}
