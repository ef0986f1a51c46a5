//! Servers and peers for the end-to-end tests of lymph.
//!
//! Each server listens on a free loopback port, keeps its data in a temporary folder, and ends
//! with the value that stands for it, or with this process.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! let mut redis = lymph_tests::Redis::start().await?;
//! redis.kill();
//! redis.restart().await?;
//! # Ok(())
//! # }
//! ```

mod certificates;
mod cluster;
mod eventually;
pub mod generated;
mod peer;
mod port;
pub mod process;
mod python;
mod rabbitmq;
mod redis;
mod rust;
mod script;
mod server;
mod zookeeper;

pub use certificates::{Authority, Certificate};
pub use cluster::Cluster;
pub use eventually::{PATIENCE, eventually};
pub use peer::{Output, Peer};
pub use port::free_port;
pub use python::PythonEnv;
pub use rabbitmq::RabbitMq;
pub use redis::Redis;
pub use rust::RustEnv;
pub use script::Script;
pub use zookeeper::ZooKeeper;
