//! The registry in ZooKeeper through what happens to ZooKeeper, and beside Python's.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lymph::registry::zookeeper::{Settings, ZooKeeperRegistry};
use lymph::registry::{Instance, Instances, Registry};
use lymph::{Endpoint, Version};
use lymph_tests::process::Process;
use lymph_tests::{PATIENCE, PythonEnv, ZooKeeper, eventually};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// The shortest that the harness's servers allow.
const BRIEF: Duration = Duration::from_secs(1);

/// For sessions that outlast a server's absence, and say rarely that they are there.
const LONG: Duration = Duration::from_secs(600);
const ALLOWS_LONG: &str = "maxSessionTimeout=600000\n";

/// With sessions of usual length.
fn connect(server: &ZooKeeper) -> ZooKeeperRegistry {
    connect_for(server, Settings::new("").session_timeout)
}

fn connect_for(server: &ZooKeeper, session_timeout: Duration) -> ZooKeeperRegistry {
    let mut settings = Settings::new(&server.addr().to_string());
    (settings.session_timeout, settings.patience) = (session_timeout, PATIENCE);
    ZooKeeperRegistry::connect(settings).expect("the hosts are well formed")
}

fn echo(port: u16) -> Instance {
    Instance::new("Echo", Some(Version::new(1, 0, 0)), &Endpoint::new(format!("tcp://127.0.0.1:{port}")))
}

fn path(instance: &Instance) -> String {
    format!("/lymph/services/Echo/{}", instance.id)
}

/// Waits until the endpoints known are these.
async fn sees(instances: &mut Instances, expected: &[&Instance]) -> Result<()> {
    let mut expected: Vec<_> = expected.iter().map(|instance| &instance.endpoint).collect();
    expected.sort();
    let seen = instances.wait_for(|known| {
        let mut known: Vec<_> = known.iter().map(|instance| &instance.endpoint).collect();
        known.sort();
        known == expected
    });
    timeout(PATIENCE, seen).await.with_context(|| format!("never saw {expected:?}"))??;
    Ok(())
}

/// What the server answers to one of its four-letter words.
async fn ask(server: &ZooKeeper, word: &str) -> Result<String> {
    let mut stream = TcpStream::connect(server.addr()).await?;
    stream.write_all(word.as_bytes()).await?;
    let mut answer = String::new();
    // A server that is starting forgets some of those who ask.
    timeout(Duration::from_secs(2), stream.read_to_string(&mut answer)).await??;
    Ok(answer)
}

/// Which session owns which ephemeral node, as the server tells.
async fn owners(server: &ZooKeeper) -> Result<BTreeMap<String, String>> {
    let dump = ask(server, "dump").await?;
    let mut session = "";
    let mut owners = BTreeMap::new();
    let ephemerals = dump.lines().skip_while(|line| !line.starts_with("Sessions with Ephemerals")).skip(1);
    for line in ephemerals.take_while(|line| !line.starts_with("Connections dump")) {
        match line.strip_prefix('\t') {
            Some(path) => drop(owners.insert(path.to_owned(), session.to_owned())),
            None => session = line.trim_end_matches(':'),
        }
    }
    Ok(owners)
}

async fn owner(server: &ZooKeeper, instance: &Instance) -> Result<String> {
    let owner = owners(server).await?.remove(&path(instance));
    owner.with_context(|| format!("`{}` is not there", path(instance)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_empties_nothing_and_is_found_again() -> Result<()> {
    let mut server = ZooKeeper::start_with(ALLOWS_LONG).await?;
    let (ours, theirs) = (connect_for(&server, LONG), connect_for(&server, LONG));
    ours.register("Echo", echo(1)).await?;
    let mut watch = theirs.watch("Echo").await?;
    sees(&mut watch, &[&echo(1)]).await?;
    watch.mark_unchanged();
    for round in 2..4 {
        server.kill();
        let late = ours.register("Echo", echo(round));
        let (restarted, registered) = tokio::join!(server.restart(), late);
        restarted?;
        registered?;
        timeout(PATIENCE, watch.changed()).await.context("the late one is never seen")??;
        let known = watch.borrow_and_update().clone();
        ensure!(known.len() == usize::from(round), "known after round {round}: {known:?}");
    }
    sees(&mut watch, &[&echo(1), &echo(2), &echo(3)]).await?;
    ours.close().await;
    sees(&mut watch, &[]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_session_is_replaced_and_nodes_come_back() -> Result<()> {
    let mut server = ZooKeeper::start().await?;
    let (ours, theirs) = (connect_for(&server, BRIEF), connect_for(&server, BRIEF));
    ours.register("Echo", echo(1)).await?;
    ours.register("Echo", echo(2)).await?;
    let mut watch = theirs.watch("Echo").await?;
    sees(&mut watch, &[&echo(1), &echo(2)]).await?;
    let before = owner(&server, &echo(1)).await?;
    server.pause()?;
    // The very thing under test: more time than both ends grant a silent session.
    sleep(BRIEF * 4).await;
    ensure!(watch.borrow().len() == 2, "emptied while ZooKeeper was away");
    server.resume()?;
    eventually(PATIENCE, || async {
        let owners = [owner(&server, &echo(1)).await?, owner(&server, &echo(2)).await?];
        ensure!(owners.iter().all(|owner| *owner != before), "still in the old session");
        Ok(())
    })
    .await?;
    sees(&mut watch, &[&echo(1), &echo(2)]).await?;
    // The watches live on in the new session.
    ours.deregister("Echo", &echo(1).id).await?;
    sees(&mut watch, &[&echo(2)]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_server_callers_hear_so_and_later_calls_work() -> Result<()> {
    let mut server = ZooKeeper::start().await?;
    server.kill();
    let mut settings = Settings::new(&server.addr().to_string());
    settings.session_timeout = BRIEF;
    settings.patience = Duration::from_millis(300);
    let registry = ZooKeeperRegistry::connect(settings)?;
    let error = registry.register("Echo", echo(1)).await.expect_err("there is no server").to_string();
    ensure!(error.contains("does not answer"), "{error}");
    registry.watch("Echo").await.expect_err("there is no server");
    registry.interfaces().await.expect_err("there is no server");
    server.restart().await?;
    eventually(PATIENCE, || async { Ok(registry.register("Echo", echo(2)).await?) }).await?;
    // What failed is not registered behind the caller's back.
    let mut watch = eventually(PATIENCE, || async { Ok(registry.watch("Echo").await?) }).await?;
    sees(&mut watch, &[&echo(2)]).await?;
    server.kill();
    timeout(PATIENCE, registry.close()).await.context("closing waits for the dead")?;
    registry.register("Echo", echo(3)).await.expect_err("it is closed");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_back_while_away_goes_when_the_server_returns() -> Result<()> {
    let mut server = ZooKeeper::start().await?;
    let mut settings = Settings::new(&server.addr().to_string());
    settings.patience = Duration::from_millis(300);
    let registry = ZooKeeperRegistry::connect(settings)?;
    eventually(PATIENCE, || async { Ok(registry.register("Echo", echo(1)).await?) }).await?;
    server.kill();
    registry.deregister("Echo", &echo(1).id).await.expect_err("there is no server");
    server.restart().await?;
    eventually(PATIENCE, || async {
        ensure!(owners(&server).await?.is_empty(), "still registered");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn python_finds_us_and_we_find_python() -> Result<()> {
    let (server, python) = tokio::try_join!(ZooKeeper::start(), PythonEnv::get())?;
    let hosts = server.addr().to_string();
    let registry = connect(&server);
    let mut ours = echo(1);
    ours.info.insert("type".to_owned(), false.into());
    ours.info.insert("features".to_owned(), json!(["cancel"]));
    registry.register("Echo", ours.clone()).await?;
    let found = python.script("discovery.py", &[&hosts, "lookup", "Echo"]).await?;
    let found: Vec<Value> = serde_json::from_str(&found)?;
    ensure!(found == [serde_json::to_value(&ours)?], "{found:?}");

    // One that is there already, and one that registers while we watch.
    let mut watch = registry.watch("Echo").await?;
    let start = |name: &str, instance: &Instance| {
        let mut command = python.command("python");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/discovery.py");
        command.args([script, &hosts, "register", "Echo", &json!(instance).to_string()]);
        Process::start(name, server.folder(), &command)
    };
    let theirs = Instance { id: "theirs".to_owned(), ..echo(2) };
    let _first = start("first", &theirs)?;
    sees(&mut watch, &[&ours, &theirs]).await?;
    // The same id again: Python deletes the node and creates another one.
    let moved = Instance { id: "theirs".to_owned(), ..echo(3) };
    let _second = start("second", &moved)?;
    sees(&mut watch, &[&ours, &moved]).await?;
    // A leftover under our own path goes before we register.
    let taken = Instance { id: "theirs".to_owned(), ..echo(4) };
    registry.register("Echo", taken.clone()).await?;
    sees(&mut watch, &[&ours, &taken]).await?;
    ensure!(owner(&server, &taken).await? == owner(&server, &ours).await?, "not ours");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_are_no_instances_are_skipped() -> Result<()> {
    let (server, python) = tokio::try_join!(ZooKeeper::start(), PythonEnv::get())?;
    let registry = connect(&server);
    let mut watch = registry.watch("Echo").await?;
    let hosts = server.addr().to_string();
    for (id, text) in [("text", "hello"), ("list", "[]"), ("empty", ""), ("partial", r#"{"id": "a"}"#)] {
        let path = format!("/services/Echo/{id}");
        python.script("discovery.py", &[&hosts, "write", &path, text]).await?;
    }
    registry.register("Echo", echo(1)).await?;
    sees(&mut watch, &[&echo(1)]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_instances_come_and_go() -> Result<()> {
    let server = ZooKeeper::start().await?;
    let (ours, theirs) = (connect(&server), connect(&server));
    let mut watch = theirs.watch("Echo").await?;
    let all: Vec<_> = (0..200).map(echo).collect();
    for instance in &all {
        ours.register("Echo", instance.clone()).await?;
    }
    sees(&mut watch, &all.iter().collect::<Vec<_>>()).await?;
    for gone in &all[..100] {
        ours.deregister("Echo", &gone.id).await?;
    }
    sees(&mut watch, &all[100..].iter().collect::<Vec<_>>()).await?;
    ours.close().await;
    sees(&mut watch, &[]).await
}

/// Requests that the server received so far, pings of sessions included.
async fn requests(server: &ZooKeeper) -> Result<usize> {
    let stats = ask(server, "srvr").await?;
    let received = stats.lines().find_map(|line| line.strip_prefix("Received: "));
    Ok(received.context("no count")?.trim().parse()?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_instance_costs_each_watcher_a_list_and_a_read() -> Result<()> {
    const KNOWN: u16 = 50;
    let server = ZooKeeper::start_with(ALLOWS_LONG).await?;
    let connect = || connect_for(&server, LONG);
    let (ours, theirs) = (connect(), [connect(), connect(), connect(), connect()]);
    for port in 0..KNOWN {
        ours.register("Echo", echo(port)).await?;
    }
    let mut watches = Vec::new();
    for watcher in &theirs {
        let mut watch = watcher.watch("Echo").await?;
        watch.wait_for(|known| known.len() == usize::from(KNOWN)).await?;
        // Callers share what their process knows.
        ensure!(watcher.watch("Echo").await?.borrow().len() == usize::from(KNOWN));
        watches.push(watch);
    }
    let before = requests(&server).await?;
    ours.register("Echo", echo(KNOWN)).await?;
    for watch in &mut watches {
        timeout(PATIENCE, watch.wait_for(|known| known.len() > usize::from(KNOWN))).await??;
    }
    let spent = requests(&server).await? - before;
    // Ours looks and creates; the rest is for pings and for asking the server twice.
    let expected = 2 + 2 * theirs.len();
    ensure!((expected..expected + 8).contains(&spent), "{spent} requests instead of {expected}");
    Ok(())
}
