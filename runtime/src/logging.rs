//! Log lines as Python lymph writes them, with the trace id in every one.
//!
//! `TIME [LEVEL] LOGGER: MESSAGE - trace_id="ID"`

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry, reload};

/// Changes the filter of a running process.
static FILTER: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// Logs to stderr from here on; `directives` are those of `RUST_LOG`, which has the last word.
///
/// A second call, or one in a process that has its own subscriber, changes nothing.
pub fn init(directives: &str) {
    let wanted = std::env::var("RUST_LOG").unwrap_or_else(|_| directives.to_owned());
    let filter = filter(&wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    let (filter, handle) = reload::Layer::new(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).event_format(Lines);
    let subscriber = tracing_subscriber::registry().with(filter).with(TraceIds).with(lines);
    if tracing::subscriber::set_global_default(subscriber).is_ok() {
        // Only the one process-wide subscriber may be changed later.
        let _ = FILTER.set(handle);
    }
}

/// The directives in force, when [`init`] set them.
pub(crate) fn directives() -> Option<String> {
    FILTER.get().and_then(|handle| handle.with_current(ToString::to_string).ok())
}

/// Puts other directives in force.
pub(crate) fn change(directives: &str) -> Result<(), String> {
    let handle = FILTER.get().ok_or("this process logs through a subscriber of its own")?;
    let filter = filter(directives).map_err(|error| error.to_string())?;
    handle.reload(filter).map_err(|error| error.to_string())
}

/// lapin warns of each event that nobody is subscribed to, with all that stands in it; those who
/// emit are told already. Directives behind this one can have it back.
const QUIET: &str = "lapin::returned_messages=error";

fn filter(directives: &str) -> Result<EnvFilter, tracing_subscriber::filter::ParseError> {
    EnvFilter::try_new(format!("{QUIET},{directives}"))
}

/// A span's trace id, kept beside the span.
struct TraceId(String);

/// Remembers the `trace_id` field of spans.
struct TraceIds;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for TraceIds {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut found = FindTraceId(None);
        attributes.record(&mut found);
        if let (Some(trace_id), Some(span)) = (found.0, context.span(id)) {
            span.extensions_mut().insert(TraceId(trace_id));
        }
    }
}

struct FindTraceId(Option<String>);

impl Visit for FindTraceId {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "trace_id" {
            self.0 = Some(format!("{value:?}").trim_matches('"').to_owned());
        }
    }
}

/// An event's message and other fields, its own trace id apart.
#[derive(Default)]
struct Message {
    text: String,
    fields: String,
    trace_id: Option<String>,
}

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        use fmt::Write;
        // Writing to a String cannot fail.
        let _ = match field.name() {
            "message" => write!(self.text, "{value:?}"),
            "trace_id" => {
                self.trace_id = Some(format!("{value:?}").trim_matches('"').to_owned());
                Ok(())
            }
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut message = Message::default();
        event.record(&mut message);
        let in_scope = || {
            let mut scope = context.event_scope()?;
            scope.find_map(|span| span.extensions().get::<TraceId>().map(|id| id.0.clone()))
        };
        let trace_id = message.trace_id.take().or_else(in_scope);
        let level = match *event.metadata().level() {
            Level::ERROR => "ERROR",
            Level::WARN => "WARNING",
            Level::INFO => "INFO",
            Level::DEBUG | Level::TRACE => "DEBUG",
        };
        let time = chrono::Local::now().format("%Y-%m-%d %H:%M:%S,%3f");
        let logger = event.metadata().target();
        let (text, fields) = (one_line(&message.text), one_line(&message.fields));
        let trace_id = trace_id.as_deref().map_or("None".into(), one_line);
        writeln!(writer, "{time} [{level}] {logger}: {text}{fields} - trace_id=\"{trace_id}\"")
    }
}

/// Peers choose trace ids, subjects and more: none of it may look like a line of its own, or
/// command a terminal.
fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return text.into();
    }
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escape).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no panic").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_event_is_one_line_whatever_peers_say() {
        let written = Written::default();
        let writer = written.clone();
        let lines = tracing_subscriber::fmt::layer().with_writer(move || writer.clone()).event_format(Lines);
        let subscriber = tracing_subscriber::registry().with(TraceIds).with(lines);
        tracing::subscriber::with_default(subscriber, || {
            let trace_id = "x\n2026-01-01 00:00:00,000 [ERROR] forged";
            let _span = tracing::info_span!("call", %trace_id).entered();
            tracing::warn!(subject = %"a\r\nb\u{1b}[2J", "Zoë");
        });
        let text = String::from_utf8(written.0.lock().expect("no panic").clone()).expect("text");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains(r"Zoë subject=a\r\nb\u{1b}[2J"), "{text}");
        assert!(text.ends_with("[ERROR] forged\"\n"), "{text}");
    }
}
