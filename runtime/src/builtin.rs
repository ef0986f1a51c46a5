//! The interface `lymph`, which every process serves: is it alive, what does it offer, how is it doing?

use std::sync::Arc;

use futures_util::FutureExt;

use crate::Version;
use crate::describe::{Delivery, Interface, MethodInfo, MethodKind, ParamInfo};
use crate::metrics::Metrics;
use crate::node::Node;
use crate::service::{Answering, Handling, Incoming, IncomingEvent, Request, Service};

pub(crate) struct Builtin {}
impl Builtin {
    pub(crate) fn new(_node: Arc<Node>, _services: &[Arc<dyn Service>], _metrics: Arc<Metrics>) -> Self {
        Self {}
    }
    pub(crate) fn into_service(self: Arc<Self>) -> Arc<dyn Service> {
        self
    }
}
static I: Interface = Interface {
    name: "lymph",
    version: Version::new(1, 0, 0),
    docs: "",
    methods: &[],
    handlers: &[],
    emits: &[],
    idl: "",
};
impl Service for Builtin {
    fn interface(&self) -> &'static Interface {
        &I
    }
    fn call(&self, _method: &str, call: Incoming) -> Answering {
        call.no_such_method()
    }
    fn handle(&self, _handler: &str, event: IncomingEvent) -> Handling {
        event.no_such_handler()
    }
}
