//! RabbitMQ behind TLS: who trusts whom, and what those hear whom nobody trusts.

use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use futures_util::future::try_join_all;
use lymph::Error;
use lymph::config::AmqpTls;
use lymph::describe::DeliveryMode;
use lymph::events::amqp::{AmqpBus, Settings};
use lymph::events::{Delivered, EventBus, Outcome};
use lymph_tests::{Authority, Certificate, PATIENCE, RabbitMq, eventually};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::{Duration, timeout};

use crate::conformance::{event, numbered, subscription};

fn assert_contains(text: &str, part: &str) {
    assert!(text.contains(part), "no {part:?} in:\n{text}");
}

/// A broker that asks for certificates, and one that knows no TLS.
struct World {
    secure: RabbitMq,
    folder: TempDir,
    ours: Authority,
    client: Certificate,
}

impl World {
    async fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let ours = Authority::new(folder.path(), "ours")?;
        let server = ours.sign("broker", "DNS:localhost")?;
        let client = ours.sign("client", "DNS:client")?;
        let secure = RabbitMq::start_secure(&ours.certificate, &server, true).await?;
        Ok(Self { secure, folder, ours, client })
    }

    fn tls(&self) -> AmqpTls {
        let mut tls = AmqpTls::default();
        tls.ca_certs = Some(self.ours.certificate.clone());
        tls.certfile = Some(self.client.certificate.clone());
        tls.keyfile = Some(self.client.key.clone());
        tls
    }
}

async fn connect(url: String, tls: AmqpTls) -> Result<AmqpBus, Error> {
    let mut settings = Settings::new(url);
    settings.tls = tls;
    AmqpBus::connect(settings).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_travel_over_tls_and_over_its_reconnects() -> Result<()> {
    let mut world = World::start().await?;
    let bus = connect(world.secure.url(), world.tls()).await?;
    let (sender, mut arrived) = mpsc::unbounded_channel();
    let to = subscription("I-h", &["greeted"], DeliveryMode::Shared);
    let consumer = Arc::new(move |delivered: Delivered| {
        drop(sender.send(delivered.id));
        Box::pin(async { Outcome::Done }) as _
    });
    let _subscribed = bus.subscribe(to, consumer).await?;
    for round in 0..2 {
        let greeted = event("greeted", &numbered(round));
        eventually(PATIENCE, async || {
            ensure!(bus.emit(greeted.clone(), Duration::from_secs(5)).await?.subscribed, "nobody listens");
            Ok(())
        })
        .await?;
        // One that was not confirmed in time may arrive twice.
        while timeout(PATIENCE, arrived.recv()).await?.context("it ended")? != greeted.id {}
        world.secure.kill();
        world.secure.restart().await?;
    }
    bus.close(PATIENCE).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_not_trusted_is_told_why() -> Result<()> {
    let (world, plain) = tokio::try_join!(World::start(), RabbitMq::start())?;
    let others = Authority::new(world.folder.path(), "others")?;
    let stranger = others.sign("stranger", "DNS:client")?;
    let with = |change: &dyn Fn(&mut AmqpTls)| {
        let mut tls = world.tls();
        change(&mut tls);
        tls
    };
    let anonymous = |tls: &mut AmqpTls| (tls.certfile, tls.keyfile) = (None, None);
    let (secure, open) = (world.secure.url(), plain.url());
    let cases = [
        (
            secure.clone(),
            with(&|tls| tls.ca_certs = Some(others.certificate.clone())),
            "`localhost` is signed by none of the authorities in `ssl.ca_certs`",
        ),
        (secure.clone(), with(&|tls| tls.ca_certs = None), "set `ssl: {ca_certs: FILE}`"),
        (
            secure.replace("localhost", "127.0.0.1"),
            world.tls(),
            "`127.0.0.1` is for `localhost` instead: set `hostname`",
        ),
        (secure.clone(), with(&anonymous), "set `certfile` and `keyfile` of `ssl`"),
        (
            secure.clone(),
            with(&|tls| {
                tls.certfile = Some(stranger.certificate.clone());
                tls.keyfile = Some(stranger.key.clone());
            }),
            "look at `certfile` of `ssl`",
        ),
        (open.replace("amqp:", "amqps:"), world.tls(), "does not speak TLS"),
        (secure.replace("amqps:", "amqp:"), AmqpTls::default(), "set `ssl` or an `amqps` URL"),
    ];
    let refused = cases.into_iter().map(async |(url, tls, expected)| match connect(url, tls).await {
        Ok(_) => bail!("connected, without {expected:?}"),
        Err(error) => Ok((error.to_string(), expected)),
    });
    for (told, expected) in try_join_all(refused).await? {
        assert_contains(&told, expected);
        ensure!(!told.contains("guest"), "the password is shown: {told}");
    }
    Ok(())
}

/// A broker that wants TLS, or a certificate, says so and closes; its word may be overtaken by the reset.
#[tokio::test]
async fn whoever_is_reset_is_told_what_may_be_missing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let ours = Authority::new(folder.path(), "ours")?;
    let client = ours.sign("client", "DNS:client")?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // Closing with data unread is what resets.
            drop(stream.read_u8().await);
        }
    });
    let mut anonymous = AmqpTls::default();
    anonymous.ca_certs = Some(ours.certificate);
    let mut certified = anonymous.clone();
    (certified.certfile, certified.keyfile) = (Some(client.certificate), Some(client.key));
    for (scheme, tls, expected) in [
        ("amqp", AmqpTls::default(), "resets the connection: if it is for TLS, set `ssl` or an `amqps` URL"),
        (
            "amqps",
            anonymous,
            "resets the connection: if it asks for a certificate, set `certfile` and `keyfile` of `ssl`",
        ),
        ("amqps", certified, "resets the connection: look at `certfile` of `ssl`"),
    ] {
        let mut settings = Settings::new(format!("{scheme}://{address}"));
        (settings.tls, settings.connect_within) = (tls, Duration::from_secs(3));
        let told = AmqpBus::connect(settings).await.expect_err("there is no broker").to_string();
        assert_contains(&told, expected);
    }
    Ok(())
}

#[tokio::test]
async fn files_that_cannot_be_used_are_told_by_setting_and_name() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let ours = Authority::new(folder.path(), "ours")?;
    let (one, other) = (ours.sign("one", "DNS:one")?, ours.sign("other", "DNS:other")?);
    let tls = |ca_certs, certfile, keyfile| {
        let mut tls = AmqpTls::default();
        (tls.ca_certs, tls.certfile, tls.keyfile) = (Some(ca_certs), certfile, keyfile);
        tls
    };
    let ca = ours.certificate.clone();
    for (tls, expected) in [
        (tls(folder.path().join("missing"), None, None), "`ssl.ca_certs`: cannot use `"),
        (tls(one.key.clone(), None, None), "it holds no certificate in PEM"),
        (tls(ca.clone(), Some(one.certificate.clone()), None), "`ssl.keyfile`: cannot use `"),
        (tls(ca, Some(one.certificate), Some(other.key)), "`ssl.keyfile`: cannot use `"),
    ] {
        match connect("amqps://localhost".to_owned(), tls).await {
            Err(Error::Config(told)) => assert_contains(&told, expected),
            other => bail!("{other:?} instead of {expected:?}"),
        }
    }
    Ok(())
}
