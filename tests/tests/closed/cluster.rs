//! A whole cluster that is closed as the guide says: its settings, its commands, and strangers who
//! lack one of the three things.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::str::FromStr;

use anyhow::{Context, Result, ensure};
use lymph::Container;
use lymph::config::Config;
use lymph_tests::generated::greeting::{Greeted, GreetingClient};
use lymph_tests::{Certificate, Output, PATIENCE, RabbitMq, RustEnv, ZooKeeper};
use tempfile::TempDir;

use super::assert_contains;

const GUIDE: &str = include_str!("../../../docs/security.md");

/// The block of the guide that begins like this.
fn block(kind: &str, start: &str) -> Result<&'static str> {
    let mut blocks = GUIDE.split(kind);
    let found =
        blocks.find(|block| block.starts_with(start)).with_context(|| format!("no block {start:?}"))?;
    Ok(found.split_once("```").context("a block ends")?.0)
}

struct World {
    zookeeper: ZooKeeper,
    rabbitmq: RabbitMq,
    rust: RustEnv,
    folder: TempDir,
}

impl World {
    async fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let commands = block("```text\n", "openssl")?.replace("rabbit.internal", "localhost");
        let status = Command::new("sh").current_dir(&folder).args(["-ec", &commands]).status()?;
        ensure!(status.success(), "{commands}");
        let path = |name: &str| folder.path().join(name);
        let certificate = Certificate { certificate: path("rabbit.pem"), key: path("rabbit.key") };
        let authority = path("ca.pem");
        let (zookeeper, rabbitmq, rust) = tokio::try_join!(
            ZooKeeper::start(),
            RabbitMq::start_secure(&authority, &certificate, false),
            RustEnv::get(),
        )?;
        let world = Self { zookeeper, rabbitmq, rust, folder };
        for line in block("```console\n", "$ lymph keygen")?.lines() {
            let key = world.path("curve.key");
            let line = line.strip_prefix("$ lymph ").context("a command")?.replace("curve.key", &key);
            world.lymph("{}", &line.split(' ').collect::<Vec<_>>()).await?.success()?;
        }
        Ok(world)
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The settings of the guide, with what is different here.
    fn settings(&self) -> Result<String> {
        let mut settings = block("```yaml\n", "container:\n  ip: 10.0.0.5\n")?.to_owned();
        let here = [
            ("10.0.0.5", "127.0.0.1".to_owned()),
            ("curve.key", self.path("curve.key")),
            ("ca.pem", self.path("ca.pem")),
            ("$(env.ZOOKEEPER)", self.zookeeper.addr().to_string()),
            ("$(env.ZOOKEEPER_PASSWORD)", "open sesame".to_owned()),
            ("hostname: rabbit.internal", format!("hostname: localhost\n    port: {}", self.rabbitmq.port())),
            ("userid: shop", "userid: guest".to_owned()),
            ("$(env.RABBITMQ_PASSWORD)", "guest".to_owned()),
        ];
        for (there, here) in here {
            ensure!(settings.contains(there), "the guide has no {there:?}");
            settings = settings.replace(there, &here);
        }
        Ok(settings)
    }

    async fn lymph(&self, settings: &str, args: &[&str]) -> Result<Output> {
        self.rust.run_with(settings, args).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_cluster_works_and_keeps_strangers_out() -> Result<()> {
    let world = World::start().await?;
    // What was there before is open, which services tell.
    world.zookeeper.cli("create /lymph\n").await?;
    let settings = world.settings()?;
    let greeting = world.rust.instance_of("greeting", &settings).await?;
    let listen = world.rust.instance_of("listen", &settings).await?;
    let warned = greeting.line("this node is open to everybody", PATIENCE).await?;
    assert_contains(&warned, "path=/lymph");

    // A generated client, and the command line, with the settings alone.
    let caller = Container::from_config(&Config::from_str(&settings)?).start().await?;
    ensure!(GreetingClient::new(&caller.handle()).greet("Rosa").await? == "Hi, Rosa!");
    listen.line("Somebody greeted Rosa", PATIENCE).await?;
    ensure!(caller.handle().emit(Greeted::new("Rick")).await?.subscribed);
    listen.line("Somebody greeted Rick", PATIENCE).await?;
    let ruth = world.lymph(&settings, &["request", "Greeting.greet", r#"{"name": "Ruth"}"#]).await?;
    ensure!(ruth.success()? == "\"Hi, Ruth!\"");
    listen.line("Somebody greeted Ruth", PATIENCE).await?;
    ensure!(world.lymph(&settings, &["discover"]).await?.success()?.contains("Greeting"));

    // Each stranger lacks one thing.
    let without = |part: &str| {
        ensure!(settings.contains(part), "no {part:?} in {settings}");
        Ok(settings.replace(part, ""))
    };
    let curve = format!("  curve: {{secret_key_file: {}}}\n", world.path("curve.key"));
    let zookeeper = "    auth: {user: shop, password: \"open sesame\"}\n";
    let tls = format!("    ssl: {{ca_certs: {}}}\n", world.path("ca.pem"));
    let request = ["request", "Greeting.greet", r#"{"name": "Eve"}"#];
    for (part, args, told) in [
        (&*curve, &request[..], "this process has no keys: set `curve` of `container`"),
        (zookeeper, &request[..], "set `auth` of `container.registry`"),
        (zookeeper, &["discover"][..], "set `auth` of `container.registry`"),
        (&tls, &["emit", "greeted", r#"{"name": "Eve"}"#][..], "set `ssl` or an `amqps` URL"),
    ] {
        let eve = world.lymph(&without(part)?, args).await?;
        ensure!(eve.code != 0, "without {part}: {eve:?}");
        assert_contains(&eve.stderr, told);
    }
    ensure!(!listen.stdout().contains("Eve") && !listen.stderr().contains("Eve"), "a stranger was heard");
    Ok(caller.drain().await?)
}

/// A pair of keys of the stranger's own opens nothing either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_ones_own_open_nothing() -> Result<()> {
    let world = World::start().await?;
    let settings = world.settings()?;
    let _greeting = world.rust.instance_of("greeting", &settings).await?;
    let (ours, theirs) = (world.path("curve.key"), world.path("stranger.key"));
    world.lymph("{}", &["keygen", &theirs]).await?.success()?;
    ensure!(Path::new(&theirs).exists() && fs::read(&ours)? != fs::read(&theirs)?);
    let request = ["request", "Greeting.greet", r#"{"name": "Eve"}"#];
    let guessed = settings.replace("open sesame", "guessed");
    let eve = world.lymph(&guessed, &request).await?;
    assert_contains(&eve.stderr, "it was made with another user or password");
    let eve = world.lymph(&settings.replace(&ours, &theirs), &request).await?;
    ensure!(eve.code != 0, "{eve:?}");
    assert_contains(&eve.stderr, "which is not trusted");
    Ok(())
}
