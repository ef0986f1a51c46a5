//! A service written by hand in the shape that generated ones have.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use lymph::client::Arguments;
use lymph::describe::{Delivery, Interface, MethodInfo, MethodKind, ParamInfo};
use lymph::service::{Answering, Handling, Incoming, IncomingEvent, Request, Service};
use lymph::{Context, Decode, DecodeError, Decoder, Encode, Encoder, Fault, Method, NoErrors, Version};

/// `rpc say(text: string, @since(1.2) times: u8 = 1) -> string`
pub(crate) static ECHO: Interface = interface(Version::new(1, 2, 0));
/// The same, as it was at 1.0.
pub(crate) static OLD_ECHO: Interface = interface(Version::new(1, 0, 0));

pub(crate) const SAY: Method<Say, String, NoErrors> = Method::new(&ECHO, 0);
pub(crate) const SAY_AGAIN: Method<Say, String, NoErrors> = Method::new(&ECHO, 1);

const PARAMS: &[ParamInfo] = &[
    ParamInfo { name: "text", since: Version::new(1, 0, 0) },
    ParamInfo { name: "times", since: Version::new(1, 2, 0) },
];

const METHODS: &[MethodInfo] = &[method("say", false), method("say_again", true)];

const fn interface(version: Version) -> Interface {
    Interface { name: "echo", version, docs: "", methods: METHODS, handlers: &[], emits: &[], idl: "" }
}

const fn method(name: &'static str, idempotent: bool) -> MethodInfo {
    MethodInfo {
        name,
        aliases: &[],
        kind: MethodKind::Rpc,
        since: Version::new(1, 0, 0),
        params: PARAMS,
        docs: "",
        idempotent,
        timeout: Some(Duration::from_secs(1)),
        delivery: Delivery::SHARED,
    }
}

/// Arguments and request in one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Say {
    pub(crate) text: String,
    pub(crate) times: Option<u8>,
}

impl Say {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.into(), times: Some(1) }
    }
}

impl Encode for Say {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.map(1 + usize::from(self.times.is_some()));
        encoder.field("text", &self.text);
        encoder.optional("times", &self.times);
    }
}

impl Decode for Say {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let (mut text, mut times) = (None, None);
        let mut fields = decoder.fields()?;
        while let Some(name) = fields.next(decoder)? {
            match name {
                "text" => text = Some(decoder.field("text")?),
                "times" => times = decoder.field("times")?,
                _ => decoder.skip()?,
            }
        }
        Ok(Self { text: text.ok_or_else(|| DecodeError::missing("text"))?, times })
    }
}

impl Request for Say {}

impl Arguments for Say {
    fn held(&self, held: &mut Vec<u16>) {
        if self.times != Some(1) {
            held.push(1);
        }
    }
}

/// Serves `interface` with a function.
pub(crate) struct Echo<F>(pub(crate) &'static Interface, pub(crate) Arc<F>);

impl<F, Fut> Echo<F>
where
    F: Fn(Context, Say) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<String, Fault>> + Send + 'static,
{
    pub(crate) fn new(interface: &'static Interface, say: F) -> Self {
        Self(interface, Arc::new(say))
    }
}

impl<F, Fut> Service for Echo<F>
where
    F: Fn(Context, Say) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<String, Fault>> + Send + 'static,
{
    fn interface(&self) -> &'static Interface {
        self.0
    }

    fn call(&self, method: &str, call: Incoming<'_>) -> Answering {
        let say = Arc::clone(&self.1);
        match method {
            "say" | "say_again" => call.unary(move |cx, request| async move { say(cx, request).await }),
            _ => call.no_such_method(),
        }
    }

    fn handle(&self, _: &str, event: IncomingEvent) -> Handling {
        event.no_such_handler()
    }
}
