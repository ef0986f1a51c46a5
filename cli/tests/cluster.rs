//! Commands in a cluster with somebody to talk to, all in this process.

use std::fmt;

use clap::Parser;
use lymph::codec::{Decode, DecodeError, Decoder};
use lymph::describe::{Delivery, Interface, MethodInfo, MethodKind, ParamInfo};
use lymph::error::{ErrorBody, Fault};
use lymph::service::{Answering, Handling, Incoming, IncomingEvent, Request, Service};
use lymph::testing::Cluster;
use lymph::{DeclaredError, Running, Value, Version};
use lymph_cli::ops::{args::Args, run_in};
use lymph_cli::output::{Outcome, Terminal};

const FIRST: Version = Version::new(1, 0, 0);

static GREETING: Interface = Interface {
    name: "Greeting",
    version: Version::new(1, 5, 0),
    docs: "",
    methods: &[MethodInfo {
        name: "greet",
        aliases: &[],
        kind: MethodKind::Rpc,
        since: FIRST,
        params: &[ParamInfo { name: "name", since: FIRST }],
        docs: "Says hello.",
        idempotent: false,
        timeout: None,
        delivery: Delivery::SHARED,
    }],
    handlers: &[],
    emits: &[],
    idl: "",
};

struct Greet(String);

impl Decode for Greet {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let mut name = None;
        let mut fields = decoder.fields()?;
        while let Some(field) = fields.next(decoder)? {
            match field {
                "name" => name = Some(decoder.field("name")?),
                _ => decoder.skip()?,
            }
        }
        name.map(Self).ok_or_else(|| DecodeError::missing("name"))
    }
}

impl Request for Greet {}

#[derive(Debug)]
struct Nameless;

impl fmt::Display for Nameless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody has no name")
    }
}

impl std::error::Error for Nameless {}

impl DeclaredError for Nameless {
    fn from_body(_: ErrorBody) -> Self {
        Self
    }

    fn to_body(&self) -> ErrorBody {
        ErrorBody { kind: "Nameless".to_owned(), message: self.to_string(), data: None }
    }
}

/// Greets who has a name.
struct Greeter;

impl Service for Greeter {
    fn interface(&self) -> &'static Interface {
        &GREETING
    }

    fn call(&self, method: &str, call: Incoming<'_>) -> Answering {
        match method {
            "greet" => call.unary(|_, Greet(name): Greet| async move {
                match name.is_empty() {
                    true => Err(Fault::Declared(Nameless)),
                    false => Ok(Value::from(format!("Hi, {name}!"))),
                }
            }),
            _ => call.no_such_method(),
        }
    }

    fn handle(&self, _: &str, event: IncomingEvent) -> Handling {
        event.no_such_handler()
    }
}

/// A service, and a process to run commands in.
async fn start() -> (Running, Running) {
    let cluster = Cluster::new();
    let service = cluster.container("greeter").serve(Greeter).start().await.unwrap();
    (service, cluster.container("tool").start().await.unwrap())
}

async fn run(tool: &Running, line: &[&str]) -> (Result<Outcome, String>, String) {
    let args = Args::try_parse_from(["lymph"].iter().chain(line)).unwrap();
    let mut terminal = Terminal::plain(Vec::new());
    if args.json {
        terminal = terminal.with_json();
    }
    let ended = run_in(&tool.handle(), &args.command, &mut terminal).await;
    let text = String::from_utf8(terminal.into_inner()).unwrap();
    (ended.map_err(|trouble| format!("{trouble:?}")), text)
}

#[tokio::test]
async fn request_shows_the_result() {
    let (_service, tool) = start().await;
    let (ended, text) = run(&tool, &["request", "Greeting.greet", r#"{"name": "Joe"}"#]).await;
    assert_eq!((ended, &*text), (Ok(Outcome::Fine), "\"Hi, Joe!\"\n"));
    let line = ["request", "Greeting.greet@1.2", r#"{"name": "Joe"}"#, "--json", "-D", "--trace-id", "abc"];
    let (ended, text) = run(&tool, &line).await;
    assert_eq!(ended, Ok(Outcome::Fine));
    assert!(text.ends_with("\"body\":\"Hi, Joe!\"}\n"), "{text}");
    assert!(text.contains(r#""trace_id":"abc""#), "{text}");
}

#[tokio::test]
async fn request_tells_declared_errors_from_trouble() {
    let (_service, tool) = start().await;
    let (ended, text) = run(&tool, &["request", "Greeting.greet", r#"{"name": ""}"#]).await;
    assert_eq!((ended, &*text), (Ok(Outcome::Found), "Nameless: nobody has no name\n"));
    let (ended, text) = run(&tool, &["request", "Greeting.greet", r#"{"name": ""}"#, "--json"]).await;
    let json = r#"{"error":{"type":"Nameless","message":"nobody has no name","data":null}}"#;
    assert_eq!((ended, text.trim_end()), (Ok(Outcome::Found), json));
    let (ended, _) = run(&tool, &["request", "Greeting.greet"]).await;
    assert!(ended.unwrap_err().contains("`name` is missing"));
    let (ended, _) = run(&tool, &["request", "Greeting.greet@2"]).await;
    assert!(ended.unwrap_err().contains("lymph discover Greeting --versions"));
}

#[tokio::test]
async fn many_requests_are_counted() {
    let (_service, tool) = start().await;
    let line = ["request", "Greeting.greet", r#"{"name": "Joe"}"#, "-N", "50", "-C", "8", "--json"];
    let (ended, text) = run(&tool, &line).await;
    assert_eq!(ended, Ok(Outcome::Fine));
    assert!(text.starts_with(r#"{"calls":50,"#) && text.contains(r#""failed":{}"#), "{text}");
}

#[tokio::test]
async fn discover_shows_who_is_where() {
    let (service, tool) = start().await;
    let (ended, text) = run(&tool, &["discover", "Greeting", "--versions"]).await;
    let identity = lymph::registry::identity_of(service.handle().endpoint());
    let expected = format!("Greeting@1.5.0 [1]\n[{}]  1.5.0        memory://greeter\n\n", &identity[..10]);
    assert_eq!((ended, text), (Ok(Outcome::Fine), expected));
    let (_, text) = run(&tool, &["discover", "--json"]).await;
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["Greeting"][0]["endpoint"], "memory://greeter");
    let (_, text) = run(&tool, &["discover", "--full"]).await;
    assert!(text.contains(&format!("    identity: {identity}\n")), "{text}");
}

#[tokio::test]
async fn events_are_shown_as_they_come() {
    let (_service, tool) = start().await;
    let subscribe = ["subscribe", "greeted.*", "-n", "2", "--json"];
    let emit = async {
        // The first may come before the subscription; emit says whether anybody heard it.
        loop {
            let (_, text) = run(&tool, &["emit", "greeted.once", r#"{"name": "Joe"}"#, "--json"]).await;
            if text.contains(r#""subscribed":true"#) {
                break;
            }
            tokio::task::yield_now().await;
        }
        run(&tool, &["emit", "greeted.twice", r#"{"name": {"__type__": "date", "_": "2015-07-18"}}"#]).await
    };
    let ((ended, text), _) = tokio::join!(run(&tool, &subscribe), emit);
    assert_eq!(ended, Ok(Outcome::Fine));
    let bodies: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(bodies[0]["topic"], "greeted.once");
    assert_eq!(bodies[1]["body"]["name"], "2015-07-18");
}
