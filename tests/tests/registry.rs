//! What every registry owes its users; a backend joins with one line.

use std::sync::{Arc, Weak};

use lymph::hub::{Hub, HubRegistry};
use lymph::registry::memory::MemoryRegistry;
use lymph::registry::zookeeper::{Settings, ZooKeeperRegistry};
use lymph::registry::{Instance, Instances, Registry};
use lymph::{Endpoint, Version, new_id};
use lymph_tests::{PATIENCE, ZooKeeper};
use tokio::sync::Mutex;

macro_rules! registries {
    ($($backend:ident: $new:expr;)*) => {$(
        mod $backend {
            use super::*;
            registries!(@ $new; a_name_unknown_has_no_instances a_watch_follows_every_change
                registering_again_replaces closing_takes_back_ones_own lists_what_was_ever_registered
                refuses_names_that_are_none);
        }
    )*};
    (@ $new:expr; $($test:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            let backend = $new;
            let (ours, theirs) = (backend.session().await, backend.session().await);
            super::$test(&ours, &theirs).await;
            ours.close().await;
            theirs.close().await;
        }
    )*};
}

registries! {
    memory: MemoryRegistry::new();
    hub: Hub::bind("127.0.0.1:0".parse().expect("an address")).await.expect("a free port");
    zookeeper: Live::start().await;
}

/// Opens sessions of one registry, which is empty at first.
trait Backend {
    type Registry: Registry;
    async fn session(&self) -> Self::Registry;
}

impl Backend for MemoryRegistry {
    type Registry = Self;
    async fn session(&self) -> Self {
        self.clone()
    }
}

impl Backend for Hub {
    type Registry = HubRegistry;
    async fn session(&self) -> HubRegistry {
        HubRegistry::connect(self.addr()).await.expect("the hub is here")
    }
}

/// The tests that run at one time share a server and keep apart by their chroot.
struct Live {
    _server: Arc<ZooKeeper>,
    hosts: String,
}

impl Live {
    async fn start() -> Self {
        static SERVER: Mutex<Weak<ZooKeeper>> = Mutex::const_new(Weak::new());
        let mut shared = SERVER.lock().await;
        let server = match shared.upgrade() {
            Some(server) => server,
            None => Arc::new(ZooKeeper::start().await.expect("ZooKeeper starts")),
        };
        *shared = Arc::downgrade(&server);
        Self { hosts: format!("{}/{}", server.addr(), new_id()), _server: server }
    }
}

impl Backend for Live {
    type Registry = ZooKeeperRegistry;
    async fn session(&self) -> ZooKeeperRegistry {
        let mut settings = Settings::new(&self.hosts);
        settings.patience = PATIENCE;
        ZooKeeperRegistry::connect(settings).expect("the hosts are well formed")
    }
}

fn echo(port: u16, patch: u32) -> Instance {
    Instance::new("Echo", Some(Version::new(1, 0, patch)), &Endpoint::new(format!("tcp://127.0.0.1:{port}")))
}

/// Waits until exactly these instances are known.
async fn sees(instances: &mut Instances, mut expected: Vec<Instance>) {
    expected.sort_by(|a, b| a.id.cmp(&b.id));
    let seen = instances.wait_for(|known| **known == expected);
    tokio::time::timeout(PATIENCE, seen).await.expect("never seen").expect("the watch goes on");
}

async fn a_name_unknown_has_no_instances(ours: &impl Registry, _: &impl Registry) {
    assert!(ours.watch("Echo").await.unwrap().borrow().is_empty());
    assert!(ours.interfaces().await.unwrap().is_empty());
}

async fn a_watch_follows_every_change(ours: &impl Registry, theirs: &impl Registry) {
    let mut watch = theirs.watch("Echo").await.unwrap();
    ours.register("Echo", echo(1, 0)).await.unwrap();
    sees(&mut watch, vec![echo(1, 0)]).await;
    ours.register("Echo", echo(2, 0)).await.unwrap();
    sees(&mut watch, vec![echo(1, 0), echo(2, 0)]).await;
    sees(&mut theirs.watch("Echo").await.unwrap(), vec![echo(1, 0), echo(2, 0)]).await;
    ours.deregister("Echo", &echo(1, 0).id).await.unwrap();
    sees(&mut watch, vec![echo(2, 0)]).await;
    ours.deregister("Echo", "nobody").await.unwrap();
}

async fn registering_again_replaces(ours: &impl Registry, theirs: &impl Registry) {
    let mut watch = theirs.watch("Echo").await.unwrap();
    let mut changed = echo(1, 0);
    ours.register("Echo", changed.clone()).await.unwrap();
    sees(&mut watch, vec![changed.clone()]).await;
    changed.info.insert("http_port".to_owned(), 8080.into());
    ours.register("Echo", changed.clone()).await.unwrap();
    sees(&mut watch, vec![changed]).await;
}

async fn closing_takes_back_ones_own(ours: &impl Registry, theirs: &impl Registry) {
    ours.register("Echo", echo(1, 0)).await.unwrap();
    theirs.register("Echo", echo(2, 0)).await.unwrap();
    ours.close().await;
    sees(&mut theirs.watch("Echo").await.unwrap(), vec![echo(2, 0)]).await;
}

async fn lists_what_was_ever_registered(ours: &impl Registry, theirs: &impl Registry) {
    ours.register("Echo", echo(1, 0)).await.unwrap();
    theirs.register("A.worker", echo(2, 0)).await.unwrap();
    ours.deregister("Echo", &echo(1, 0).id).await.unwrap();
    assert_eq!(theirs.interfaces().await.unwrap(), ["A.worker", "Echo"]);
}

async fn refuses_names_that_are_none(ours: &impl Registry, _: &impl Registry) {
    for name in ["", "a/b", "..", "a\0b"] {
        assert!(ours.register(name, echo(1, 0)).await.is_err(), "{name:?}");
        assert!(ours.watch(name).await.is_err(), "{name:?}");
    }
}
