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
        Ok(Self {
            zookeeper,
            rabbitmq,
        })
    }
}
