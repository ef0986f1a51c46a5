//! ZooKeeper with credentials: who has them finds the others, who has none hears so.

use anyhow::{Context, Result, ensure};
use lymph::config::ZookeeperAuth;
use lymph::registry::zookeeper::{Settings, ZooKeeperRegistry};
use lymph::registry::{Instance, Registry};
use lymph::{Endpoint, Version};
use lymph_tests::{PATIENCE, PythonEnv, ZooKeeper, eventually};
use serde_json::{Value, json};
use tokio::time::{Duration, sleep, timeout};

use super::assert_contains;

/// The shortest session that the harness's servers allow.
const BRIEF: Duration = Duration::from_secs(1);

const USER: &str = "shop";
const PASSWORD: &str = "open:sesame";

/// `digest:shop:BASE64(SHA1("shop:open:sesame"))=ALL`, as ZooKeeper names whoever knows the password.
const OURS: &str = "digest shop:dVuxwjR4+WZgaAdfkLmHEOfrIG4= 31";

fn connect(server: &ZooKeeper, password: Option<&str>) -> Result<ZooKeeperRegistry> {
    connect_for(server, password, Settings::new("").session_timeout)
}

fn connect_for(
    server: &ZooKeeper,
    password: Option<&str>,
    session_timeout: Duration,
) -> Result<ZooKeeperRegistry> {
    let mut settings = Settings::new(&server.addr().to_string());
    (settings.session_timeout, settings.patience) = (session_timeout, PATIENCE);
    settings.auth = password.and_then(|password| ZookeeperAuth::new(USER, password));
    ensure!(!format!("{settings:?}").contains(PASSWORD), "the password is shown: {settings:?}");
    Ok(ZooKeeperRegistry::connect(settings)?)
}

fn echo(port: u16) -> Instance {
    Instance::new("Echo", Some(Version::new(1, 0, 0)), &Endpoint::new(format!("tcp://127.0.0.1:{port}")))
}

async fn sees(registry: &ZooKeeperRegistry, expected: &[&Instance]) -> Result<()> {
    let mut watch = registry.watch("Echo").await?;
    let mut expected: Vec<_> = expected.iter().map(|instance| &instance.id).collect();
    expected.sort();
    let seen = watch.wait_for(|known| known.iter().map(|instance| &instance.id).eq(expected.iter().copied()));
    timeout(PATIENCE, seen).await.with_context(|| format!("never saw {expected:?}"))??;
    Ok(())
}

/// What everything that is asked of `registry` is refused with, which must be the same.
async fn refusal(registry: &ZooKeeperRegistry) -> Result<String> {
    let registered = registry.register("Echo", echo(9)).await.expect_err("registered").to_string();
    let watched = registry.watch("Echo").await.expect_err("watched").to_string();
    let listed = registry.interfaces().await.expect_err("listed").to_string();
    let told = |text: &str| text.replace("/services/Echo", "/services");
    let (registered, watched) = (told(&registered), told(&watched));
    ensure!(registered == watched && watched == listed, "{registered}\n{watched}\n{listed}");
    Ok(listed)
}

/// The ACLs from the chroot down, as `SCHEME ID RIGHTS`; `credentials` are Python's `USER:PASSWORD@`.
async fn acls(server: &ZooKeeper, python: &PythonEnv, credentials: &str) -> Result<Vec<String>> {
    let id = echo(1).id;
    let hosts = format!("{credentials}{}", server.addr());
    let path = format!("/services/Echo/{id}");
    Ok(serde_json::from_str(&python.script("discovery.py", &[&hosts, "acls", &path]).await?)?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_with_the_credentials_find_each_other_and_strangers_are_told() -> Result<()> {
    let (server, python) = tokio::try_join!(ZooKeeper::start(), PythonEnv::get())?;
    let (ours, theirs) = (connect(&server, Some(PASSWORD))?, connect(&server, Some(PASSWORD))?);
    ours.register("Echo", echo(1)).await?;
    theirs.register("Echo", echo(2)).await?;
    sees(&ours, &[&echo(1), &echo(2)]).await?;
    sees(&theirs, &[&echo(1), &echo(2)]).await?;
    ensure!(theirs.interfaces().await? == ["Echo"]);

    // Python with the same credentials reads what we wrote, at every level ours alone.
    let member = format!("{USER}:{PASSWORD}@");
    ensure!(acls(&server, &python, &member).await? == [OURS; 4]);
    let hosts = format!("{member}{}", server.addr());
    let found = python.script("discovery.py", &[&hosts, "lookup", "Echo"]).await?;
    let found: Vec<Value> = serde_json::from_str(&found)?;
    ensure!(found.len() == 2 && found.contains(&json!(echo(1))), "{found:?}");

    // Nobody else does, in Python or here.
    let stranger = acls(&server, &python, "").await.expect_err("read by a stranger").to_string();
    assert_contains(&stranger, "NoAuthError");
    let told = refusal(&connect(&server, None)?).await?;
    assert_contains(&told, "keeps `/lymph/services` from strangers: set `auth` of `container.registry`");
    let told = refusal(&connect(&server, Some("guessed"))?).await?;
    assert_contains(&told, "keeps `/lymph/services` from the user in `auth` of `container.registry`");
    ensure!(!told.contains("guessed") && !told.contains(PASSWORD), "{told}");

    ours.deregister("Echo", &echo(1).id).await?;
    sees(&theirs, &[&echo(2)]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_come_back_with_their_acl_when_the_session_is_lost() -> Result<()> {
    let (mut server, python) = tokio::try_join!(ZooKeeper::start(), PythonEnv::get())?;
    let ours = connect_for(&server, Some(PASSWORD), BRIEF)?;
    ours.register("Echo", echo(1)).await?;
    let member = format!("{USER}:{PASSWORD}@");
    let hosts = format!("{member}{}", server.addr());
    let path = format!("/services/Echo/{}", echo(1).id);
    let owner = async || python.script("discovery.py", &[&hosts, "owner", &path]).await;
    let before = owner().await?;
    server.pause()?;
    // The very thing under test: more time than both ends grant a silent session.
    sleep(BRIEF * 4).await;
    server.resume()?;
    eventually(PATIENCE, async || {
        ensure!(owner().await? != before, "still in the old session");
        Ok(())
    })
    .await?;
    // A session as brief as this may be lost once more on a busy machine.
    eventually(PATIENCE, async || {
        ensure!(acls(&server, &python, &member).await? == [OURS; 4]);
        Ok(())
    })
    .await?;
    sees(&ours, &[&echo(1)]).await
}

/// In a tree that is open to all, a node that only its owner may read costs nobody the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_of_others_in_an_open_tree_are_skipped() -> Result<()> {
    let server = ZooKeeper::start().await?;
    let open = connect(&server, None)?;
    open.register("Echo", echo(1)).await?;
    let closed = connect(&server, Some(PASSWORD))?;
    closed.register("Echo", echo(2)).await?;
    sees(&open, &[&echo(1)]).await?;
    sees(&closed, &[&echo(1), &echo(2)]).await?;
    // What stands at one's own place and may not be read can be taken away by whoever owns the parent.
    open.register("Echo", echo(2)).await?;
    sees(&open, &[&echo(1), &echo(2)]).await?;
    open.close().await;

    // When there is nothing else, the stranger hears why it sees none.
    closed.register("Echo", echo(2)).await?;
    let stranger = connect(&server, None)?;
    let told = stranger.watch("Echo").await.expect_err("it may read nothing").to_string();
    assert_contains(&told, &format!("keeps `/lymph/services/Echo/{}` from strangers", echo(2).id));
    Ok(())
}

/// The guide says how to close what is open.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_tree_is_closed_as_the_guide_says() -> Result<()> {
    let (server, python) = tokio::try_join!(ZooKeeper::start(), PythonEnv::get())?;
    let open = connect(&server, None)?;
    open.register("Echo", echo(1)).await?;
    let guide = include_str!("../../../docs/security.md");
    let commands =
        guide.split("```text\n").find(|block| block.starts_with("addauth")).context("no commands")?;
    let (commands, _) = commands.split_once("```").context("a block ends")?;
    let said = server.cli(&commands.replace("shop:PASSWORD", &format!("{USER}:{PASSWORD}"))).await?;
    ensure!(acls(&server, &python, &format!("{USER}:{PASSWORD}@")).await? == [OURS; 4], "{said}");
    let told = refusal(&connect(&server, None)?).await?;
    assert_contains(&told, "keeps `/lymph/services` from strangers");
    sees(&connect(&server, Some(PASSWORD))?, &[&echo(1)]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_wants_credentials_says_so() -> Result<()> {
    let server = ZooKeeper::start_with("enforce.auth.enabled=true\nenforce.auth.schemes=digest\n").await?;
    let told = refusal(&connect(&server, None)?).await?;
    assert_contains(&told, "takes nobody without credentials: set `auth` of `container.registry`");
    let member = connect(&server, Some(PASSWORD))?;
    member.register("Echo", echo(1)).await?;
    sees(&member, &[&echo(1)]).await?;

    let server = ZooKeeper::start_with(
        "authProvider.1=org.apache.zookeeper.server.auth.KeyAuthenticationProvider\n\
         enforce.auth.enabled=true\n\
         enforce.auth.schemes=key\n",
    )
    .await?;
    let told = refusal(&connect(&server, Some(PASSWORD))?).await;
    assert_contains(&told?, "`enforce.auth.schemes` must contain `digest`");
    Ok(())
}
