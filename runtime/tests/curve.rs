//! Containers whose connections are encrypted, on loopback: who reaches whom, with which keys.
#![cfg(feature = "zmtp")]

#[expect(dead_code, reason = "tests of calls use all of it")]
#[path = "calls/service.rs"]
mod service;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use lymph::config::{Allow, Config, CurveConfig, PublicKey, SecretKey};
use lymph::error::{CallError, NotSent};
use lymph::registry::memory::MemoryRegistry;
use lymph::registry::{Instance, Registry};
use lymph::transport::zmtp::{Settings, Zmtp};
use lymph::{Client, Container, Context, Endpoint, Fault, Parts, Running};
use service::{ECHO, Echo, SAY, Say};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Longer than any call takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn generate() -> SecretKey {
    SecretKey::generate().expect("the system has randomness")
}

/// Trusts everybody who has the same key.
fn alike(secret_key: &SecretKey) -> Option<CurveConfig> {
    trusting(secret_key, [secret_key.public_key()])
}

fn trusting(secret_key: &SecretKey, keys: impl IntoIterator<Item = PublicKey>) -> Option<CurveConfig> {
    Some(CurveConfig::new(secret_key.clone(), Allow::keys(keys)))
}

fn container(registry: &MemoryRegistry, curve: Option<CurveConfig>) -> Container {
    let registry = registry.clone();
    let mut container = Container::with_parts(Default::default(), move || async move {
        let mut settings = Settings::default();
        settings.curve = curve;
        let transport = Zmtp::bind_with(LOOPBACK, None, settings).await?;
        Ok(Parts { transport: Arc::new(transport), registry: Arc::new(registry), bus: None })
    });
    container.settings().linger = Duration::ZERO;
    container
}

async fn repeat(_: Context, say: Say) -> Result<String, Fault> {
    Ok(say.text)
}

async fn server(registry: &MemoryRegistry, curve: Option<CurveConfig>) -> Running {
    container(registry, curve).serve(Echo::new(&ECHO, repeat)).start().await.expect("loopback has free ports")
}

/// What a new process with these keys is told that calls the service.
async fn call(registry: &MemoryRegistry, curve: Option<CurveConfig>) -> Result<String, CallError> {
    let running = container(registry, curve).start().await.expect("loopback has free ports");
    let outcome = Client::from(&running).call(&SAY, &Say::new("hi")).timeout(PATIENCE).await;
    running.drain().await.expect("nothing runs");
    outcome
}

/// Why a message did not reach the service.
#[track_caller]
fn reason(outcome: Result<String, CallError>) -> String {
    match outcome {
        Err(CallError::NotSent(NotSent::Transport(reason))) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_makes_a_cluster() {
    let (registry, cluster) = (MemoryRegistry::new(), generate());
    let server = server(&registry, alike(&cluster)).await;
    assert_eq!(call(&registry, alike(&cluster)).await, Ok("hi".to_owned()));

    let refused = reason(call(&registry, alike(&generate())).await);
    let own = cluster.public_key();
    assert!(refused.ends_with(&format!("has the key `{own}`, which is not trusted")), "{refused}");
    let refused = reason(call(&registry, None).await);
    assert!(refused.ends_with("the peer's mechanism is `CURVE`, ours is `NULL`"), "{refused}");
    assert_eq!(call(&registry, alike(&cluster)).await, Ok("hi".to_owned()), "others disturb nobody");
    server.drain().await.expect("nothing runs");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_with_keys_of_their_own_find_each_other() {
    let registry = MemoryRegistry::new();
    let (ours, theirs, other) = (generate(), generate(), generate());
    let _server = server(&registry, trusting(&theirs, [ours.public_key(), other.public_key()])).await;
    let all = || [theirs.public_key(), other.public_key()];
    assert_eq!(call(&registry, trusting(&ours, all())).await, Ok("hi".to_owned()));

    // The service trusts nobody else, whomever that one trusts.
    let refused = reason(call(&registry, trusting(&generate(), all())).await);
    assert!(refused.ends_with("it does not allow this key to connect"), "{refused}");
    // And is not called by those who do not trust it.
    let refused = reason(call(&registry, trusting(&ours, [other.public_key()])).await);
    assert!(refused.ends_with("which is not trusted"), "{refused}");
}

/// Whoever can write to the registry cannot take calls over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_registry_decides_over_no_key() {
    let registry = MemoryRegistry::new();
    let (ours, theirs, impostor) = (generate(), generate(), generate());
    let real = server(&MemoryRegistry::new(), trusting(&theirs, [ours.public_key()])).await;
    let impostor_at = server(&MemoryRegistry::new(), trusting(&impostor, [ours.public_key()])).await;
    let trusted = || trusting(&ours, [theirs.public_key(), generate().public_key()]);

    // An impostor that says so, one that pretends, and one that says nothing.
    let endpoint = impostor_at.handle().endpoint().clone();
    let pretended = theirs.public_key();
    for (key, expected) in [
        (Some(impostor.public_key()), "which is not trusted"),
        (Some(pretended), "most likely its key is not the one expected"),
        (None, "has registered no `curve_key`, so its key is not known"),
    ] {
        register(&registry, &endpoint, key).await;
        let refused = reason(call(&registry, trusted()).await);
        assert!(refused.ends_with(expected), "{refused}");
    }
    register(&registry, real.handle().endpoint(), Some(pretended)).await;
    assert_eq!(call(&registry, trusted()).await, Ok("hi".to_owned()));
}

/// Makes one endpoint the only instance of the service.
async fn register(registry: &MemoryRegistry, endpoint: &Endpoint, key: Option<PublicKey>) {
    let mut instance = Instance::new("echo", Some(ECHO.version), endpoint);
    instance.info.extend(key.map(|key| ("curve_key".to_owned(), key.to_string().into())));
    let known = registry.watch("echo").await.expect("it is in memory");
    let known = Arc::clone(&known.borrow());
    for instance in known.iter() {
        registry.deregister("echo", &instance.id).await.expect("it is there");
    }
    registry.register("echo", instance).await.expect("it is in memory");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secured_processes_do_not_call_open_ones() {
    let (registry, cluster) = (MemoryRegistry::new(), generate());
    let _server = server(&registry, None).await;
    let refused = reason(call(&registry, alike(&cluster)).await);
    assert!(refused.ends_with("the peer's mechanism is `NULL`, ours is `CURVE`"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anyone_may_call_where_that_is_said() {
    let (registry, theirs) = (MemoryRegistry::new(), generate());
    let open = CurveConfig::new(theirs.clone(), Allow::Anyone);
    let _server = server(&registry, Some(open)).await;
    assert_eq!(call(&registry, trusting(&generate(), [theirs.public_key()])).await, Ok("hi".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_lead_to_encrypted_connections() {
    let settings = "container: {registry: {class: memory}, curve: {secret_key: \
                    'D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs'}}";
    let config: Config = settings.parse().expect("they are right");
    let running = Container::from_config(&config).serve(Echo::new(&ECHO, repeat)).start().await;
    let running = running.expect("loopback has free ports");
    let instances = running.handle().registry().watch("echo").await.expect("it is in memory");
    let instances = Arc::clone(&instances.borrow());
    assert_eq!(instances[0].info["curve_key"], "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID");
    let registry = MemoryRegistry::new();
    registry.register("echo", instances[0].clone()).await.expect("it is in memory");
    let refused = reason(call(&registry, None).await);
    assert!(refused.ends_with("the peer's mechanism is `CURVE`, ours is `NULL`"), "{refused}");
    assert_eq!(call(&registry, config.container.curve).await, Ok("hi".to_owned()));
}
