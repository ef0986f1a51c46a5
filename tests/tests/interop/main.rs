//! Rust and Python services in one cluster: each calls, finds, describes and hears the other.

mod calls;
mod discovery;
mod events;
mod probe;

use std::str::FromStr;

use anyhow::Result;
use lymph::config::Config;
use lymph::{Container, Running};
use lymph_tests::{Cluster, PythonEnv, RustEnv};

/// A cluster, and both kinds of peers.
struct World {
    cluster: Cluster,
    py: PythonEnv,
    rust: RustEnv,
}

impl World {
    async fn start() -> Result<Self> {
        let (cluster, py, rust) = tokio::try_join!(Cluster::start(), PythonEnv::get(), RustEnv::get())?;
        Ok(Self { cluster, py, rust })
    }

    /// A Rust container in this process, in the cluster.
    fn container(&self) -> Result<Container> {
        Ok(Container::from_config(&Config::from_str(&self.cluster.rust_config())?))
    }

    /// A Rust caller in this process.
    async fn caller(&self) -> Result<Running> {
        Ok(self.container()?.start().await?)
    }
}

fn assert_contains(text: &str, part: &str) {
    assert!(text.contains(part), "no {part:?} in:\n{text}");
}
