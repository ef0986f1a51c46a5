//! What ZooKeeper did not do for us, and what to do about it.

use std::fmt;

use zookeeper_client::Error;

use super::{RegistryError, Settings};

/// A request that failed, and the node that it failed at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) error: Error,
    path: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "`{path}`: {}", self.error),
            None => self.error.fmt(f),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, path: None }
    }
}

impl Failure {
    /// `error`, from the node at `path`, whose ACL decides.
    pub(super) fn at(path: &str, error: Error) -> Self {
        Self { error, path: Some(path.to_owned()) }
    }

    /// Whether the same request may succeed a little later.
    pub(super) fn is_passing(&self) -> bool {
        !matches!(
            self.error,
            Error::NoAuth
                | Error::InvalidAcl
                | Error::AuthFailed
                | Error::BadArguments(_)
                | Error::NoChildrenForEphemerals
                | Error::QuotaExceeded
        )
    }

    /// Whether it is a matter of rights.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self.error, Error::NoAuth | Error::AuthFailed)
    }

    /// For those who run the process: what is wrong, where, and what to do.
    pub(super) fn explain(&self, settings: &Settings) -> RegistryError {
        let Settings { hosts, chroot, auth, .. } = settings;
        let path = self.path.as_deref().unwrap_or(chroot);
        RegistryError(match (&self.error, auth) {
            (Error::NoAuth, None) => format!(
                "ZooKeeper at `{hosts}` keeps `{path}` from strangers: \
                 set `auth` of `container.registry` to the user and password of this cluster"
            ),
            (Error::NoAuth, Some(_)) => format!(
                "ZooKeeper at `{hosts}` keeps `{path}` from the user in `auth` of `container.registry`: \
                 it was made with another user or password"
            ),
            (Error::AuthFailed, None) => format!(
                "ZooKeeper at `{hosts}` takes nobody without credentials: \
                 set `auth` of `container.registry` to the user and password of this cluster"
            ),
            (Error::AuthFailed, Some(_)) => format!(
                "ZooKeeper at `{hosts}` does not take the credentials in `auth` of `container.registry`: \
                 its `enforce.auth.schemes` must contain `digest`"
            ),
            _ => format!("ZooKeeper at `{hosts}`: {self}"),
        })
    }
}
