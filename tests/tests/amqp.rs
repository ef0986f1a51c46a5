//! The AMQP bus against RabbitMQ: what every bus owes its users, and what a broker does to it.

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lymph::error::EmitError;
use lymph::events::amqp::{AmqpBus, Settings};
use lymph::events::{Consumer, Emitted, EventBus, Outgoing, Subscribed, Subscription};
use lymph::new_id;
use lymph_tests::RabbitMq;
use tokio::sync::Mutex;

#[path = "../../runtime/tests/events/conformance.rs"]
mod conformance;
#[path = "amqp/faults.rs"]
mod faults;
#[path = "amqp/queues.rs"]
mod queues;
#[path = "amqp/secure.rs"]
mod secure;
#[path = "amqp/serial.rs"]
mod serial;

use conformance::{Backend, event_buses, ladder, subscription};

event_buses! {
    amqp(flavor = "multi_thread", worker_threads = 2): Live::start().await;
}

/// The tests that run at one time share a broker and keep apart by names.
struct Live {
    broker: Arc<RabbitMq>,
    name: String,
}

impl Live {
    async fn start() -> Self {
        static SERVER: Mutex<Weak<RabbitMq>> = Mutex::const_new(Weak::new());
        let mut shared = SERVER.lock().await;
        let broker = match shared.upgrade() {
            Some(broker) => broker,
            None => Arc::new(RabbitMq::start().await.expect("RabbitMQ starts")),
        };
        *shared = Arc::downgrade(&broker);
        Self { broker, name: new_id().to_string() }
    }

    async fn connect(&self) -> AmqpBus {
        let mut settings = Settings::new(self.broker.url());
        settings.exchange.clone_from(&self.name);
        settings.ladder = ladder();
        AmqpBus::connect(settings).await.expect("connected")
    }
}

impl Backend for Live {
    fn bus(&self) -> BoxFuture<'_, Arc<dyn EventBus>> {
        async { Arc::new(Named { bus: self.connect().await, name: self.name.clone() }) as Arc<dyn EventBus> }
            .boxed()
    }

    fn dead<'a>(&'a self, queue: &'a str) -> BoxFuture<'a, Vec<String>> {
        async move {
            let bus = self.connect().await;
            let queue = format!("{}.{queue}", self.name);
            let of = subscription(&queue, &[], lymph::describe::DeliveryMode::Shared);
            let letters = bus.dead_letters(&of, 100).await.expect("the queue is there");
            bus.close(Duration::from_secs(1)).await;
            letters.into_iter().map(|letter| letter.id).collect()
        }
        .boxed()
    }
}

/// A bus whose queues are its test's own.
struct Named {
    bus: AmqpBus,
    name: String,
}

impl EventBus for Named {
    fn emit(&self, event: Outgoing, timeout: Duration) -> BoxFuture<'_, Result<Emitted, EmitError>> {
        self.bus.emit(event, timeout)
    }

    fn subscribe(
        &self,
        mut subscription: Subscription,
        consumer: Consumer,
    ) -> BoxFuture<'_, Result<Box<dyn Subscribed>, EmitError>> {
        subscription.queue = format!("{}.{}", self.name, subscription.queue);
        self.bus.subscribe(subscription, consumer)
    }

    fn close(&self, patience: Duration) -> BoxFuture<'_, ()> {
        self.bus.close(patience)
    }
}
