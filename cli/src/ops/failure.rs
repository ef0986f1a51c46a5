//! How failed calls are told.

use std::io::Write;

use lymph::error::{ErrorBody, NotSent, Rejection, Unanswered};
use lymph::{CallError, NoErrors, Value, codec};
use serde_json::json;

use crate::output::{Ended, Outcome, Style, Terminal, Trouble};

/// Tells a declared error as a result of its own kind, everything else as trouble.
pub(super) fn tell<W: Write>(error: CallError, terminal: &mut Terminal<W>) -> Ended {
    match error {
        CallError::Failed(NoErrors::Unknown(error)) => declared(error.body(), terminal),
        other => Err(trouble(&other)),
    }
}

fn declared<W: Write>(body: &ErrorBody, terminal: &mut Terminal<W>) -> Ended {
    let data = body.data.as_ref().and_then(|data| codec::from_bytes::<Value>(data).ok());
    if terminal.wants_json() {
        let data = data.map(serde_json::to_value).transpose()?;
        terminal.json(&json!({"error": {"type": body.kind, "message": body.message, "data": data}}))?;
    } else {
        let kind = terminal.styled(Style::Error, &body.kind);
        terminal.line(format_args!("{kind}: {}", body.message))?;
        if let Some(data) = data {
            terminal.value(&data)?;
        }
    }
    Ok(Outcome::Found)
}

/// Whether the handler ran, and what to do next.
pub(super) fn trouble(error: &CallError) -> Trouble {
    let trouble = Trouble::new(error);
    match error {
        CallError::NotSent(NotSent::NoInstance(_)) => {
            trouble.help("`lymph discover` shows what is registered")
        }
        CallError::NotSent(NotSent::NoVersion { interface, .. }) => {
            trouble.help(format!("`lymph discover {interface} --versions` shows which there are"))
        }
        CallError::NotSent(NotSent::Registry(_)) => {
            trouble.help("is what `container.registry` names running?")
        }
        CallError::Rejected(Rejection::InvalidParameter(_)) => {
            trouble.help("`lymph inspect` shows the service's methods and their parameters")
        }
        CallError::Unknown(Unanswered::TimedOut) => {
            trouble.help("wait longer with `--timeout`, or look at the service's log")
        }
        CallError::Unknown(Unanswered::Nack) => {
            trouble.help("`lymph inspect` shows the service's methods; its log shows why a handler failed")
        }
        _ => trouble,
    }
}
