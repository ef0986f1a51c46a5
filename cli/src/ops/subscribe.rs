//! `lymph subscribe`: events as they come.

use std::io::Write;
use std::sync::Arc;

use futures_util::FutureExt;
use lymph::describe::{Delivery, DeliveryMode};
use lymph::events::{Consumer, Delivered, Outcome as Settled, Subscription};
use lymph::{EmitError, Handle, Value, codec};
use serde_json::json;
use tokio::sync::mpsc;

use super::args::Subscribe;
use super::emit::trouble;
use crate::output::{Ended, Outcome, Style, Terminal, Trouble, note};

/// Events that may wait to be shown.
const WAITING: usize = 64;

pub(super) async fn run<W: Write>(handle: &Handle, args: &Subscribe, terminal: &mut Terminal<W>) -> Ended {
    let bus = handle.bus().ok_or_else(|| trouble(EmitError::NoBus))?;
    let (sender, mut events) = mpsc::channel(WAITING);
    let consumer: Consumer = Arc::new(move |delivered| {
        let sender = sender.clone();
        async move {
            // Nobody shows it when the other end is gone; it is a copy made for us alone.
            let _ = sender.send(delivered).await;
            Settled::Done
        }
        .boxed()
    });
    let subscription = Subscription {
        queue: "lymph-subscribe".to_owned(),
        topics: args.topics.clone(),
        delivery: Delivery { mode: DeliveryMode::Broadcast, durable: false, ..Delivery::SHARED },
        concurrency: 1,
        python_compatible: false,
    };
    let subscribed = bus.subscribe(subscription, consumer).await.map_err(trouble)?;
    if !terminal.wants_json() {
        note(format_args!("subscribed to {}", args.topics.join(", ")));
    }
    let mut shown = 0;
    let shown = loop {
        if args.count.is_some_and(|count| shown >= count) {
            break Ok(());
        }
        let delivered = tokio::select! {
            delivered = events.recv() => delivered,
            _ = tokio::signal::ctrl_c() => None,
        };
        let Some(delivered) = delivered else { break Ok(()) };
        if let Err(trouble) = show(&delivered, terminal) {
            break Err(trouble);
        }
        shown += 1;
    };
    events.close();
    subscribed.stop().await;
    shown.map(|()| Outcome::Fine)
}

fn show<W: Write>(delivered: &Delivered, terminal: &mut Terminal<W>) -> Result<(), Trouble> {
    let body = codec::from_bytes::<Value>(&delivered.body);
    if terminal.wants_json() {
        let headers: Value = delivered.headers.iter().map(|(name, value)| (name, value.clone())).collect();
        let error = body.as_ref().err().map(ToString::to_string);
        terminal.json(&json!({
            "topic": delivered.topic,
            "id": delivered.id,
            "source": delivered.source,
            "headers": serde_json::to_value(headers)?,
            "body": body.ok().map(serde_json::to_value).transpose()?,
            "error": error,
        }))?;
    } else {
        let topic = terminal.styled(Style::Name, &delivered.topic);
        match body {
            Ok(body) => terminal.line(format_args!("{topic}: {body}"))?,
            Err(error) => terminal.line(format_args!("{topic}: unreadable: {error}"))?,
        }
    }
    terminal.flush()
}
