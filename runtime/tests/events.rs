//! Buses that need no server, held to what every bus owes its users.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use lymph::events::EventBus;
use lymph::events::memory::MemoryBus;
use lymph::hub::{Hub, HubBus};

#[path = "events/conformance.rs"]
mod conformance;
#[path = "events/hub.rs"]
mod hub_faults;
#[path = "events/memory.rs"]
mod in_process;

use conformance::{Backend, event_buses, ladder};

event_buses! {
    memory(start_paused = true): MemoryBus::with_ladder(ladder());
    hub(flavor = "multi_thread", worker_threads = 2): Hub::with_ladder(ANY_PORT, ladder()).await.unwrap();
}

const ANY_PORT: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));

impl Backend for Hub {
    fn bus(&self) -> BoxFuture<'_, Arc<dyn EventBus>> {
        async { Arc::new(HubBus::connect(self.addr()).await.unwrap()) as Arc<dyn EventBus> }.boxed()
    }

    fn dead<'a>(&'a self, queue: &'a str) -> BoxFuture<'a, Vec<String>> {
        ready(self.dead_letters(queue).into_iter().map(|letter| letter.event.id).collect()).boxed()
    }
}

impl Backend for MemoryBus {
    fn bus(&self) -> BoxFuture<'_, Arc<dyn EventBus>> {
        ready(Arc::new(self.clone()) as Arc<dyn EventBus>).boxed()
    }

    fn dead<'a>(&'a self, queue: &'a str) -> BoxFuture<'a, Vec<String>> {
        ready(self.dead_letters(queue).into_iter().map(|letter| letter.event.id).collect()).boxed()
    }
}
