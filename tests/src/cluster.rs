//! The servers that lymph services share.

use anyhow::Result;

use crate::{RabbitMq, ZooKeeper};

/// One ZooKeeper for discovery and one RabbitMQ for events.
#[derive(Debug)]
pub struct Cluster {
    /// Where instances are registered.
    pub zookeeper: ZooKeeper,
    /// Where events go through.
    pub rabbitmq: RabbitMq,
}

impl Cluster {
    /// Starts both servers at once.
    ///
    /// # Errors
    ///
    /// When one of them does not start.
    pub async fn start() -> Result<Self> {
        let (zookeeper, rabbitmq) = tokio::try_join!(ZooKeeper::start(), RabbitMq::start())?;
        Ok(Self { zookeeper, rabbitmq })
    }

    /// A configuration for Python lymph: this cluster as `container`, followed by `rest`, which
    /// brings `interfaces` or `instances` in YAML of its own.
    pub fn python_config(&self, rest: &str) -> String {
        format!(
            "container:
  ip: 127.0.0.1
  registry:
    class: lymph.discovery.zookeeper:ZookeeperServiceRegistry
    zkclient:
      class: kazoo.client:KazooClient
      hosts: {zookeeper}
  events:
    class: lymph.events.kombu:KombuEventSystem
    transport: pyamqp
    hostname: 127.0.0.1
    port: {rabbitmq}
    userid: guest
    password: guest
    virtual_host: /
{rest}",
            zookeeper = self.zookeeper.addr(),
            rabbitmq = self.rabbitmq.port(),
        )
    }
}
