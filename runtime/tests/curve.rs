//! Containers whose connections are encrypted, on loopback: who reaches whom, with which keys.
#![cfg(feature = "zmtp")]

#[expect(dead_code, reason = "tests of calls use all of it")]
#[path = "calls/service.rs"]
mod service;

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
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
const PATIENCE: Duration = Duration::from_secs(60);

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
    ask(registry, curve, None).await
}

/// The same, of who has no registry and knows where the service listens.
async fn call_at(endpoint: &Endpoint, curve: Option<CurveConfig>) -> Result<String, CallError> {
    ask(&MemoryRegistry::new(), curve, Some(endpoint)).await
}

async fn ask(
    registry: &MemoryRegistry,
    curve: Option<CurveConfig>,
    at: Option<&Endpoint>,
) -> Result<String, CallError> {
    let running = container(registry, curve).start().await.expect("loopback has free ports");
    let mut call = Client::from(&running).call(&SAY, &Say::new("hi")).timeout(PATIENCE);
    if let Some(endpoint) = at {
        call = call.at(endpoint.clone());
    }
    let outcome = call.await;
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
    assert!(refused.contains(&format!("has the key `{own}`, which is not trusted")), "{refused}");
    let refused = reason(call(&registry, None).await);
    assert!(refused.ends_with("this process has no keys: set `curve` of `container`"), "{refused}");
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
    assert!(refused.contains("which is not trusted"), "{refused}");
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
        (Some(impostor.public_key()), "`trusted` of `container.curve` does not list it"),
        (Some(pretended), "most likely its key is not the one expected"),
        (None, "those of this process are: set `curve` of `container` there"),
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

/// The registry says that it cannot work, so nobody connects.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_side_with_keys_does_not_even_try_the_other() {
    let (registry, cluster) = (MemoryRegistry::new(), generate());
    let listener = TcpListener::bind((LOOPBACK, 0)).expect("loopback has free ports");
    listener.set_nonblocking(true).expect("it can be asked");
    let endpoint = Endpoint::new(format!("tcp://{}", listener.local_addr().expect("it is bound")));
    for (registered, curve, expected) in [
        (Some(cluster.public_key()), None, "this process has no keys: set `curve` of `container`"),
        (None, alike(&cluster), "those of this process are: set `curve` of `container` there"),
    ] {
        register(&registry, &endpoint, registered).await;
        let refused = reason(call(&registry, curve).await);
        assert!(refused.ends_with(expected), "{refused}");
        assert_eq!(listener.accept().expect_err("connected").kind(), ErrorKind::WouldBlock);
    }
}

/// Where nobody has registered, the two sides find out when they meet, and the call ends then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handshake_that_fails_ends_the_calls_that_wait_for_it() {
    let (cluster, stranger) = (generate(), generate());
    let key = cluster.public_key();
    let closed = server(&MemoryRegistry::new(), alike(&cluster)).await;
    let open = server(&MemoryRegistry::new(), None).await;
    let (closed, open) = (closed.handle(), open.handle());
    let (closed, open) = (closed.endpoint(), open.endpoint());
    for (endpoint, curve, expected) in [
        (closed, None, "the peer's mechanism is `CURVE`, ours is `NULL`"),
        (open, alike(&cluster), "the peer's mechanism is `NULL`, ours is `CURVE`"),
        (closed, alike(&stranger), "most likely its key is not the one expected"),
        (closed, trusting(&stranger, [key]), "it does not allow this key to connect"),
    ] {
        let refused = reason(call_at(endpoint, curve).await);
        assert!(refused.ends_with(expected), "{refused}");
    }
    assert_eq!(call_at(closed, alike(&cluster)).await, Ok("hi".to_owned()));
    assert_eq!(call_at(open, None).await, Ok("hi".to_owned()));
}

/// As nothing was sent, a call may go to another instance.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_that_cannot_be_called_do_not_hide_those_that_can() {
    let (registry, cluster) = (MemoryRegistry::new(), generate());
    let _closed = server(&registry, alike(&cluster)).await;
    let _open = server(&registry, None).await;
    for curve in [None, alike(&cluster)] {
        let caller = container(&registry, curve).start().await.expect("loopback has free ports");
        for _ in 0..10 {
            let outcome = Client::from(&caller).call(&SAY, &Say::new("hi")).timeout(PATIENCE).await;
            assert_eq!(outcome, Ok("hi".to_owned()));
        }
    }
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
    assert!(refused.ends_with("this process has no keys: set `curve` of `container`"), "{refused}");
    assert_eq!(call(&registry, config.container.curve).await, Ok("hi".to_owned()));
}
