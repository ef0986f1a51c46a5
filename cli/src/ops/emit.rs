//! `lymph emit`: one event.

use std::io::Write;

use lymph::{Client, EmitError, Handle};
use serde_json::json;

use super::args::Emit;
use super::input;
use crate::output::{Ended, Outcome, Terminal, Trouble};

pub(super) async fn run<W: Write>(handle: &Handle, args: &Emit, terminal: &mut Terminal<W>) -> Ended {
    let body = input::json(&args.body)?;
    let mut client = Client::from(handle);
    if let Some(trace_id) = &args.trace_id {
        client = client.with_trace(&**trace_id);
    }
    let emitted = client.emit_value(&args.topic, &body).delay(args.delay).await.map_err(trouble)?;
    if terminal.wants_json() {
        terminal.json(&json!({"topic": args.topic, "subscribed": emitted.subscribed}))?;
    } else if emitted.subscribed {
        terminal.line(format_args!("the broker has `{}`", args.topic))?;
    } else {
        terminal.line(format_args!("nobody is subscribed to `{}`", args.topic))?;
    }
    Ok(Outcome::Fine)
}

/// What to do about an event that was not confirmed.
pub(super) fn trouble(error: EmitError) -> Trouble {
    let trouble = Trouble::new(&error);
    match error {
        EmitError::NoBus => trouble.help("set `container.events`, as `events: {class: amqp, hostname: …}`"),
        EmitError::TimedOut => {
            trouble.help("the event may be on its way all the same; look before you repeat it")
        }
        _ => trouble,
    }
}
