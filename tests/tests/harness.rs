//! The harness itself: whatever it starts works, survives what tests do to it, and goes away.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lymph_tests::process::leftovers;
use lymph_tests::{PATIENCE, RabbitMq, Redis, ZooKeeper, eventually};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Set for the test binary that runs as somebody's child, see [`owner_that_is_killed`].
const AS_CHILD: &str = "LYMPH_TEST_AS_CHILD";

#[tokio::test]
async fn zookeeper_survives_a_kill() -> Result<()> {
    let mut server = ZooKeeper::start().await?;
    let (folder, port) = (server.folder().to_owned(), server.port());
    server.kill();
    gone(folder.clone(), port).await?;
    server.restart().await?;
    server.stop().await?;
    gone(folder.clone(), port).await?;
    server.restart().await?;
    drop(server);
    gone(folder, port).await
}

#[tokio::test]
async fn rabbitmq_survives_a_kill() -> Result<()> {
    let mut server = RabbitMq::start().await?;
    let (folder, port) = (server.folder().to_owned(), server.port());
    server.kill();
    gone(folder.clone(), port).await?;
    server.restart().await?;
    server.stop().await?;
    gone(folder.clone(), port).await?;
    server.restart().await?;
    drop(server);
    gone(folder, port).await
}

#[tokio::test]
async fn redis_survives_a_kill() -> Result<()> {
    let mut server = Redis::start().await?;
    let (folder, port) = (server.folder().to_owned(), server.port());
    assert_eq!(ask_redis(&server, "SET name Joe").await?, "+OK\r\n");
    server.kill();
    gone(folder.clone(), port).await?;
    server.restart().await?;
    assert_eq!(ask_redis(&server, "GET name").await?, "$3\r\nJoe\r\n");
    server.stop().await?;
    gone(folder.clone(), port).await?;
    server.restart().await?;
    assert_eq!(ask_redis(&server, "GET name").await?, "$3\r\nJoe\r\n");
    drop(server);
    gone(folder, port).await
}

#[tokio::test]
async fn a_paused_server_is_silent_until_it_resumes() -> Result<()> {
    let mut server = Redis::start().await?;
    server.pause()?;
    eventually(PATIENCE, || async {
        let answer = tokio::time::timeout(Duration::from_millis(200), ask_redis(&server, "PING"));
        ensure!(answer.await.is_err(), "it still answers");
        Ok(())
    })
    .await?;
    server.resume()?;
    assert_eq!(ask_redis(&server, "PING").await?, "+PONG\r\n");
    Ok(())
}

/// Runs this very binary with one test, kills it, and looks for what it left.
#[tokio::test]
async fn servers_end_with_a_killed_owner() -> Result<()> {
    let mut owner = Command::new(std::env::current_exe()?)
        .args(["--exact", "owner_that_is_killed", "--nocapture"])
        .env(AS_CHILD, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let stdout = owner.stdout.take().context("piped")?;
    let line = BufReader::new(stdout)
        .lines()
        .map_while(Result::ok)
        .find(|line| line.contains("folder "))
        .context("the owner started nothing")?;
    let (_, folder) = line.split_once("folder ").context("found above")?;
    let folder = PathBuf::from(folder);
    ensure!(!leftovers(&folder)?.is_empty(), "nothing runs in {}", folder.display());
    owner.kill()?;
    owner.wait()?;
    let ended = eventually(PATIENCE, || async { nothing_left(&folder) }).await;
    // Whoever is killed cannot clean up after itself.
    std::fs::remove_dir_all(&folder)?;
    ended
}

/// Half of [`servers_end_with_a_killed_owner`]; nothing when run by itself.
#[tokio::test]
async fn owner_that_is_killed() -> Result<()> {
    if std::env::var_os(AS_CHILD).is_none() {
        return Ok(());
    }
    let server = Redis::start().await?;
    writeln!(std::io::stdout(), "\nfolder {}", server.folder().display())?;
    // Until our owner kills us, or dies as well.
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Waits until no process of `folder` runs and `port` is free.
async fn gone(folder: PathBuf, port: u16) -> Result<()> {
    eventually(PATIENCE, || async {
        nothing_left(&folder)?;
        TcpListener::bind(("127.0.0.1", port)).with_context(|| format!("port {port} is taken"))?;
        Ok(())
    })
    .await
}

fn nothing_left(folder: &std::path::Path) -> Result<()> {
    let left = leftovers(folder)?;
    ensure!(left.is_empty(), "still running: {left:#?}");
    Ok(())
}

/// Sends one inline command and returns the raw answer, which fits one read.
async fn ask_redis(server: &Redis, command: &str) -> Result<String> {
    let mut stream = TcpStream::connect(server.addr()).await?;
    stream.write_all(format!("{command}\r\n").as_bytes()).await?;
    let mut answer = vec![0; 1024];
    let size = stream.read(&mut answer).await?;
    answer.truncate(size);
    Ok(String::from_utf8(answer)?)
}
