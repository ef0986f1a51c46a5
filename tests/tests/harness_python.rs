//! Python lymph among itself, in clusters of the harness: the proof that environment and shim
//! make it work fully, and a record of how it behaves.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lymph_tests::{Cluster, PATIENCE, Peer, PythonEnv, eventually};
use serde_json::{Value, json};

async fn python_and_cluster() -> Result<(PythonEnv, Cluster)> {
    tokio::try_join!(PythonEnv::get(), Cluster::start())
}

#[tokio::test]
async fn calls() -> Result<()> {
    let (py, cluster) = python_and_cluster().await?;
    let mut greeting = py.instance("greeting", &cluster).await?;

    let greet = py.request(&cluster, "Greeting.greet", &json!({"name": "Joe"})).await?;
    assert_eq!(greet.success()?, "'Hi, Joe!'");

    let declared = py.request(&cluster, "Greeting.greet", &json!({"name": ""})).await?;
    assert_eq!(declared.code, 1);
    assert_contains(&declared.stderr, "lymph.exceptions.ValueError: name is empty");

    let undeclared = py.request(&cluster, "Greeting.fail", &json!({})).await?;
    assert_eq!(undeclared.code, 1);
    assert_contains(&undeclared.stderr, "lymph.exceptions.Nack");

    let unknown = py.request(&cluster, "Greeting.greet", &json!({"nome": "Joe"})).await?;
    assert_eq!(unknown.code, 1);
    assert_contains(&unknown.stderr, "lymph.exceptions.Nack");

    let slow = ["request", "--timeout=0.5", "Greeting.slow", r#"{"seconds": 5}"#];
    let slow = py.run(&cluster, &slow).await?;
    assert_eq!(slow.code, 1);
    assert_contains(&slow.stderr, "The request timed out");

    let nobody = py.request(&cluster, "Nobody.greet", &json!({})).await?;
    assert_eq!(nobody.code, 1);
    assert_contains(&nobody.stderr, "The specified service name could not be found");

    // An instance without a version fits no request for a version.
    let versioned = py.request(&cluster, "Greeting.greet@1.0", &json!({"name": "Joe"})).await?;
    assert_eq!(versioned.code, 1);
    assert_contains(&versioned.stderr, "NotConnected: Not connected to Greeting@1.0.0");

    let found = py.discover(&cluster).await?;
    assert_eq!(found["Greeting"][0]["endpoint"], greeting.endpoint());
    assert_eq!(found["Greeting"][0]["identity"], greeting.identity());
    assert_eq!(found["Greeting"][0]["version"], Value::Null);
    assert_eq!(found["lymph"][0]["version"], "0.15.0");

    let printed = py.run(&cluster, &["discover", "--instances"]).await?;
    let line = format!("[{}]  –            {}", &greeting.identity()[..10], greeting.endpoint());
    assert_contains(printed.success()?, &format!("Greeting [1]\n{line}"));

    let inspected = py.inspect(&cluster, "Greeting").await?;
    assert_contains(
        inspected.success()?,
        "RPC interface of Greeting\n\n\
         rpc Greeting.fail()\n\t Fails in a way that it does not declare.\n\n\
         rpc Greeting.greet(name)\n\t Returns a greeting",
    );

    // A bug of 0.15: it takes the address for the instance's id, and then has no endpoint.
    let status = ["request", "--address", greeting.endpoint(), "lymph.status", "{}"];
    assert_contains(&py.run(&cluster, &status).await?.stderr, "AttributeError: endpoint");
    // It registers `lymph` with a version, and then refuses each call that names one.
    let status = py.request(&cluster, "lymph.status", &json!({})).await?;
    assert_contains(&status.stderr, "lymph.exceptions.Nack");
    // By way of an interface without a version, no version is named.
    let status = ["request", "--address=Greeting", "lymph.status", "{}"];
    assert_contains(py.run(&cluster, &status).await?.success()?, greeting.endpoint());
    let metrics = ["request", "--address=Greeting", "lymph.get_metrics", "{}"];
    assert_contains(py.run(&cluster, &metrics).await?.success()?, "rusage.utime");

    assert_eq!(greeting.stop().await?, 0);
    // Who stops takes its registration along.
    let none = py.run(&cluster, &["discover"]).await?;
    assert_eq!(none.success()?, "No registered services found");
    Ok(())
}

#[tokio::test]
async fn versions() -> Result<()> {
    let (py, cluster) = python_and_cluster().await?;
    let mut both = py.instance("echo", &cluster).await?;
    check_versions(&py, &cluster).await?;

    let listed = py.run(&cluster, &["discover", "--versions"]).await?;
    assert_contains(listed.success()?, "echo@1.5.0 [1]\necho@2.0.0 [1]");

    // It names the version of the interface that it inspects.
    let inspected = py.inspect(&cluster, "echo").await?;
    assert_eq!(inspected.code, 1);
    assert_contains(&inspected.stderr, "lymph.exceptions.Nack");

    // The same over two processes with one version each.
    assert_eq!(both.stop().await?, 0);
    let (_old, _new) =
        tokio::try_join!(py.instance("echo-1.5", &cluster), py.instance("echo-2.0", &cluster))?;
    check_versions(&py, &cluster).await
}

async fn check_versions(py: &PythonEnv, cluster: &Cluster) -> Result<()> {
    let body = json!({"text": "foo"});
    for (subject, answer) in
        [("echo.upper@1", "'FOO'"), ("echo.upper@1.5", "'FOO'"), ("echo.upper@2.0.0", "'FOO!'")]
    {
        let output = py.request(cluster, subject, &body).await?;
        assert_eq!(output.success()?, answer, "{subject}");
    }
    for subject in ["echo.upper@1.6", "echo.upper@3"] {
        let output = py.request(cluster, subject, &body).await?;
        assert_eq!(output.code, 1, "{subject}");
        assert_contains(&output.stderr, "NotConnected");
    }
    Ok(())
}

#[tokio::test]
async fn values() -> Result<()> {
    let (py, cluster) = python_and_cluster().await?;
    let _values = py.instance("values", &cluster).await?;
    let samples = py.request(&cluster, "Values.samples", &json!({})).await?;
    let printed = samples.success()?;
    for text in ["Decimal('12.3400')", "{3}", "Undefined", "Zoë 🦀", "datetime.date(2015, 7, 18)"] {
        assert_contains(printed, text);
    }
    let value = json!({"a": [1, "b", null, 1.5], "c": {"d": true}});
    let echoed = ["request", "--json", "Values.echo_any", &json!({"value": value}).to_string()];
    let echoed = py.run(&cluster, &echoed).await?;
    assert_eq!(serde_json::from_str::<Value>(echoed.success()?)?, value);
    Ok(())
}

#[tokio::test]
async fn events() -> Result<()> {
    let (py, cluster) = python_and_cluster().await?;
    let mut listen = py.instance("listen", &cluster).await?;
    let mut worker = py.worker("listen", &cluster).await?;
    let subscriber = py.subscribe(&cluster, &["greeted", "other.#"]).await?;

    let emitted = py.emit(&cluster, "greeted", &json!({"name": "Ann"})).await?;
    assert_eq!(emitted.success()?, "");
    listen.line("Somebody greeted Ann", PATIENCE).await?;
    subscriber.line("greeted: {'name': 'Ann'}", PATIENCE).await?;
    py.emit(&cluster, "other.thing", &json!(null)).await?.success()?;
    subscriber.line("other.thing: None", PATIENCE).await?;

    let found = py.discover(&cluster).await?;
    assert_eq!(found["Chores.worker"][0]["type"], true);
    assert_eq!(found["Listen.worker"], Value::Null);
    py.request(&cluster, "Chores.hand_over", &json!({"what": "dishes"})).await?.success()?;
    worker.line("Did dishes", PATIENCE).await?;
    ensure!(!listen.stdout().contains("Did"), "only workers do tasks");

    assert_eq!(listen.stop().await?, 0);
    assert_eq!(worker.stop().await?, 0);
    Ok(())
}

#[tokio::test]
async fn node_and_logs() -> Result<()> {
    let (py, cluster) = python_and_cluster().await?;
    let mut node = start_node(&py, &cluster).await?;

    let tail = py.tail(&cluster, &["Greeting"])?;
    eventually(PATIENCE, || async {
        py.request(&cluster, "Greeting.greet", &json!({"name": "Joe"})).await?.success()?;
        tail.line("[INFO] ", Duration::from_millis(200)).await?;
        Ok(())
    })
    .await?;
    assert_contains(&tail.stderr(), "lymph.core.rpc");

    let louder = r#"{"qualname": "lymph", "loglevel": "DEBUG"}"#;
    let louder = ["request", "--address=Greeting", "lymph.change_loglevel", louder];
    py.run(&cluster, &louder).await?.success()?;
    tail.line("[DEBUG]", PATIENCE).await?;

    assert_eq!(node.stop().await?, 0);
    let found = py.discover(&cluster).await?;
    ensure!(found["Greeting"].is_null(), "still there: {}", found["Greeting"]);
    Ok(())
}

#[tokio::test]
async fn killed_nodes_take_their_instances_along() -> Result<()> {
    let (py, cluster) = python_and_cluster().await?;
    let node = start_node(&py, &cluster).await?;
    let found = py.discover(&cluster).await?;
    drop(node);
    let instances = found["Greeting"].as_array().context("it started two")?;
    for endpoint in instances.iter().filter_map(|instance| instance["endpoint"].as_str()) {
        let address = endpoint.strip_prefix("tcp://").context("it uses TCP")?;
        eventually(PATIENCE, || async {
            ensure!(tokio::net::TcpStream::connect(address).await.is_err(), "{address} still listens");
            Ok(())
        })
        .await?;
    }
    // Nobody deregistered them; their sessions end after ten seconds, the most that we allow.
    eventually(PATIENCE, || async {
        let found = py.discover(&cluster).await?;
        ensure!(found["Greeting"].is_null(), "still there: {}", found["Greeting"]);
        Ok(())
    })
    .await
}

/// Starts a node that runs two instances of `Greeting`, and waits until both are registered.
async fn start_node(py: &PythonEnv, cluster: &Cluster) -> Result<Peer> {
    let config = cluster.python_config(&format!(
        "instances:\n  Greeting:\n    command: lymph instance --loglevel=INFO --config={}\n    \
         numprocesses: 2\n",
        PythonEnv::service_config("greeting").display(),
    ));
    let node = py.serve("node", &config).await?;
    eventually(PATIENCE, || async {
        let found = py.discover(cluster).await?;
        let count = found["Greeting"].as_array().map_or(0, Vec::len);
        ensure!(count == 2, "{count} instances of two");
        Ok(())
    })
    .await
    .with_context(|| node.stderr())?;
    Ok(node)
}

#[tokio::test]
async fn many_clients() -> Result<()> {
    let (py, cluster) = python_and_cluster().await?;
    let mut greeting = py.instance("greeting", &cluster).await?;

    let args = ["Greeting.greet", "name", "--expect=Hi, {0}!", "--clients=20", "--calls=10"];
    let counts = counts(py.start_script(&cluster, "clients.py", &args)?).await?;
    assert_eq!(counts["right"], 200, "{counts}");
    assert_eq!(counts["calls"], 200, "{counts}");

    // The client notices a frozen instance, goes without, and comes back to it.
    let args = ["Greeting.greet", "name", "--expect=Hi, {0}!", "--timeout=0.5"];
    let args = [&args[..], &["--pause=0.01", "--clients=4"]].concat();
    let mut clients = py.start_script(&cluster, "clients.py", &args)?;
    clients.line("started", PATIENCE).await?;
    greeting.pause()?;
    clients.line("no instance", PATIENCE).await?;
    greeting.resume()?;
    clients.line("back", PATIENCE).await?;
    clients.signal("TERM")?;
    let counts = self::counts(clients).await?;
    for kind in ["right", "timeout", "not_connected"] {
        ensure!(counts[kind].as_u64() > Some(0), "no call ended as {kind}: {counts}");
    }
    assert_eq!(counts["wrong"], 0, "{counts}");
    Ok(())
}

async fn counts(clients: Peer) -> Result<Value> {
    let output = clients.output(PATIENCE).await?;
    Ok(serde_json::from_str(output.success()?)?)
}

#[tokio::test]
async fn registrations_and_data_survive_restarts() -> Result<()> {
    let (py, mut cluster) = python_and_cluster().await?;
    let zookeeper = cluster.zookeeper.addr().to_string();
    let rabbitmq = cluster.rabbitmq.addr().to_string();
    let keep = async |action: &str| -> Result<()> {
        for args in [["zookeeper", action, &zookeeper], ["rabbitmq", action, &rabbitmq]] {
            assert_eq!(py.script("keep.py", &args).await?.trim(), "kept", "{args:?}");
        }
        Ok(())
    };
    keep("write").await?;
    let greeting = py.instance("greeting", &cluster).await?;
    cluster.zookeeper.kill();
    cluster.rabbitmq.kill();
    tokio::try_join!(cluster.zookeeper.restart(), cluster.rabbitmq.restart())?;
    keep("read").await?;
    eventually(PATIENCE, || async {
        let found = py.discover(&cluster).await?;
        ensure!(found["Greeting"][0]["endpoint"] == greeting.endpoint(), "{found}");
        Ok(())
    })
    .await?;
    cluster.zookeeper.stop().await?;
    cluster.rabbitmq.stop().await?;
    tokio::try_join!(cluster.zookeeper.restart(), cluster.rabbitmq.restart())?;
    keep("read").await
}

#[tokio::test]
async fn vectors_are_what_python_writes() -> Result<()> {
    let py = PythonEnv::get().await?;
    let written: Value = serde_json::from_str(&py.script("vectors.py", &[]).await?)?;
    let kept: Value = serde_json::from_str(include_str!("../wire/vectors.json"))?;
    assert_eq!(written, kept["values"]);
    Ok(())
}

/// Peers are used from several tasks at once.
#[test]
fn futures_can_be_spawned() {
    fn check<T: Send>(_: T) {}
    let _ = async |py: PythonEnv, cluster: Cluster, peer: Peer| {
        check(PythonEnv::get());
        check(Cluster::start());
        check(py.request(&cluster, "Greeting.greet", &Value::Null));
        check(py.instance("greeting", &cluster));
        check(peer.line("text", PATIENCE));
        check(eventually(PATIENCE, || async { Ok(()) }));
    };
}

#[track_caller]
fn assert_contains(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in:\n{text}");
}
