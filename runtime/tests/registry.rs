//! What every registry owes its users; a backend joins with one line.

use std::time::Duration;

use lymph::registry::memory::MemoryRegistry;
use lymph::registry::{Instance, Instances, Registry};
use lymph::{Endpoint, Version};

macro_rules! registries {
    ($($backend:ident: $new:expr, $join:expr;)*) => {$(
        mod $backend {
            use super::*;
            registries!(@ $new, $join; a_name_unknown_has_no_instances a_watch_follows_every_change
                registering_again_replaces closing_takes_back_ones_own lists_what_was_ever_registered);
        }
    )*};
    (@ $new:expr, $join:expr; $($test:ident)*) => {$(
        #[tokio::test]
        async fn $test() {
            let ours = $new;
            let theirs = $join(&ours);
            super::$test(&ours, &theirs).await;
        }
    )*};
}

registries! {
    memory: MemoryRegistry::new(), MemoryRegistry::clone;
}

fn echo(port: u16, patch: u32) -> Instance {
    Instance::new("Echo", Some(Version::new(1, 0, patch)), &Endpoint::new(format!("tcp://127.0.0.1:{port}")))
}

/// Waits until exactly these instances are known.
async fn sees(instances: &mut Instances, mut expected: Vec<Instance>) {
    expected.sort_by(|a, b| a.id.cmp(&b.id));
    let seen = instances.wait_for(|known| **known == expected);
    tokio::time::timeout(Duration::from_secs(10), seen)
        .await
        .expect("never seen")
        .expect("the watch goes on");
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
