//! `cargo xtask setup`: what the tests need beyond Rust.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::shell::line;

/// Something the tests use.
struct Need {
    what: &'static str,
    /// Debian packages that bring it.
    packages: &'static str,
    is_there: fn() -> bool,
}

const NEEDS: &[Need] = &[
    Need { what: "ZooKeeper", packages: "zookeeper", is_there: zookeeper },
    Need { what: "RabbitMQ", packages: "rabbitmq-server", is_there: rabbitmq },
    Need { what: "OpenSSL's program", packages: "openssl", is_there: openssl },
    Need { what: "Redis", packages: "redis-server", is_there: redis },
    Need { what: "Python with venv", packages: "python3 python3-venv", is_there: python },
    // Packages of npm are installed under `target/` by the tests that use them, as Python's are.
    Need { what: "Node.js with npm", packages: "nodejs npm", is_there: node },
];

fn zookeeper() -> bool {
    Path::new("/usr/share/java/zookeeper.jar").exists() && on_path("java")
}

fn rabbitmq() -> bool {
    Path::new("/usr/lib/rabbitmq/bin/rabbitmq-server").exists()
}

fn openssl() -> bool {
    on_path("openssl")
}

fn redis() -> bool {
    on_path("redis-server")
}

/// Debian's Python has `venv` without `python3-venv`, which then fails for want of `ensurepip`.
fn python() -> bool {
    line("python3", "-c").arg("import venv, ensurepip").succeeds()
}

fn node() -> bool {
    on_path("node") && on_path("npm")
}

/// Installs whatever is missing and says what it does.
///
/// # Errors
///
/// When something is missing and we may not install it, with the command that would.
pub(crate) fn run() -> Result<()> {
    rust_components()?;
    let missing: Vec<_> = NEEDS.iter().filter(|need| !(need.is_there)()).collect();
    for need in NEEDS {
        let found = if (need.is_there)() { "found" } else { "missing" };
        eprintln!("{}: {found}", need.what);
    }
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing.iter().map(|need| need.packages).collect();
    install(&packages.join(" "))?;
    for need in missing {
        ensure!((need.is_there)(), "{} is missing even now that {} is installed", need.what, need.packages);
    }
    Ok(())
}

/// Installs rustfmt and clippy where rustup has brought a minimal toolchain.
fn rust_components() -> Result<()> {
    for (component, program) in [("rustfmt", "cargo-fmt"), ("clippy", "cargo-clippy")] {
        if !line(program, "--version").succeeds() {
            ensure!(on_path("rustup"), "{component} is missing from this Rust installation");
            line("rustup", "component add").arg(component).run()?;
        }
    }
    Ok(())
}

/// Installs Debian packages without starting the servers in them.
fn install(packages: &str) -> Result<()> {
    let by_hand = format!("apt-get install -y --no-install-recommends {packages}");
    ensure!(on_path("apt-get"), "install by hand what Debian calls {packages}");
    if line("id", "-u").read()?.trim() != "0" {
        bail!("not root, so run: sudo {by_hand}");
    }
    let _no_starts = NoStarts::new()?;
    let apt = |words| line("apt-get", words).env("DEBIAN_FRONTEND", "noninteractive");
    apt("update").run()?;
    apt(by_hand.trim_start_matches("apt-get ")).run()
}

/// While it lives, Debian's package scripts start no service: the tests run their own on free
/// ports, and nothing is to be left listening on the default ones.
struct NoStarts {
    /// `None` where the machine already has a policy, which we leave alone.
    policy: Option<PathBuf>,
}

impl NoStarts {
    fn new() -> Result<Self> {
        let path = PathBuf::from("/usr/sbin/policy-rc.d");
        if path.exists() {
            return Ok(Self { policy: None });
        }
        let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o755).open(&path);
        let mut file = file.with_context(|| format!("cannot write {}", path.display()))?;
        let guard = Self { policy: Some(path) };
        // 101 means: this action is forbidden.
        file.write_all(b"#!/bin/sh\nexit 101\n")?;
        Ok(guard)
    }
}

impl Drop for NoStarts {
    fn drop(&mut self) {
        if let Some(path) = &self.policy
            && let Err(error) = fs::remove_file(path)
        {
            eprintln!("remove {} by hand: {error}", path.display());
        }
    }
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
