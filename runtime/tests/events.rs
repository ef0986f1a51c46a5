//! Buses that need no server, held to what every bus owes its users.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use lymph::events::EventBus;
use lymph::events::memory::MemoryBus;

#[path = "events/conformance.rs"]
mod conformance;
#[path = "events/memory.rs"]
mod in_process;

use conformance::{Backend, event_buses, ladder};

event_buses! {
    memory(start_paused = true): MemoryBus::with_ladder(ladder());
}

impl Backend for MemoryBus {
    fn bus(&self) -> BoxFuture<'_, Arc<dyn EventBus>> {
        ready(Arc::new(self.clone()) as Arc<dyn EventBus>).boxed()
    }

    fn dead<'a>(&'a self, queue: &'a str) -> BoxFuture<'a, Vec<String>> {
        ready(self.dead_letters(queue).into_iter().map(|letter| letter.event.id).collect()).boxed()
    }
}
