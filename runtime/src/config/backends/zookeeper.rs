//! How to reach ZooKeeper, and as whom.

use super::Secret;
use crate::config::error::Problem;
use crate::config::fields::Fields;
use crate::config::tree::{Kind, Node};

/// How to reach ZooKeeper.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZookeeperConfig {
    /// `host:port`, at least one.
    pub hosts: Vec<String>,
    /// Where everything is kept; `/lymph` for Python's peers.
    pub chroot: String,
    /// Who this process is there. With it, nobody else may read or write what it creates.
    pub auth: Option<ZookeeperAuth>,
}

impl ZookeeperConfig {
    /// `HOST:PORT,HOST:PORT/CHROOT`, as ZooKeeper's clients take it.
    #[must_use]
    pub fn connect_string(&self) -> String {
        format!("{}{}", self.hosts.join(","), self.chroot)
    }
}

/// A user of ZooKeeper's scheme `digest`. All members of a cluster are the same one.
///
/// ```
/// use lymph::config::ZookeeperAuth;
/// let auth = ZookeeperAuth::new("shop", "hunter2").expect("a name without `:`, and a password");
/// assert!(!format!("{auth:?}").contains("hunter2"));
/// assert_eq!(ZookeeperAuth::new("shop:", "hunter2"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZookeeperAuth {
    user: String,
    password: Secret,
}

impl ZookeeperAuth {
    /// `None` when there is no name, no password, or a `:` in the name.
    #[must_use]
    pub fn new(user: &str, password: &str) -> Option<Self> {
        let usable = !user.is_empty() && !user.contains(':') && !password.is_empty();
        usable.then(|| Self { user: user.to_owned(), password: Secret::new(password) })
    }

    /// `user:password`, as the scheme wants it.
    #[cfg(feature = "zookeeper")]
    pub(crate) fn credential(&self) -> String {
        format!("{}:{}", self.user, self.password.expose())
    }
}

/// Arguments of Python's ZooKeeper client that mean nothing here.
const KAZOO: [&str; 8] = [
    "timeout",
    "client_id",
    "randomize_hosts",
    "connection_retry",
    "command_retry",
    "read_only",
    "max_retries",
    "retry_delay",
];

pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<ZookeeperConfig> {
    let chroot: Option<String> = fields.get("chroot");
    let ours = said(fields, "auth");
    let (hosts, python) = match fields.node("zkclient") {
        None => (hosts(fields)?, None),
        Some(client) => {
            let mut client = fields.reader.fields(client)?;
            client.ignore(&["class"]);
            client.ignore(&KAZOO);
            let hosts = hosts(&mut client);
            let auth = said(&mut client, "auth_data");
            client.finish();
            (hosts?, auth)
        }
    };
    // As Python's client has it, the last host may be followed by the chroot.
    let (hosts, behind) = match hosts.split_once('/') {
        Some((hosts, chroot)) => (hosts, Some(format!("/{chroot}"))),
        None => (&*hosts, None),
    };
    let chroot = chroot.or(behind).unwrap_or_else(|| "/lymph".to_owned());
    if !chroot.starts_with('/') {
        fields.reader.report(Problem::at(fields.place, format!("`chroot` starts with a slash: `/{chroot}`")));
    }
    let auth = match (ours, python) {
        (None, None) => None,
        (Some(ours), None) => {
            let mut ours = fields.reader.fields(ours)?;
            let auth = auth(&mut ours);
            ours.finish();
            auth
        }
        (None, Some(python)) => auth_data(fields, python),
        (Some(ours), Some(_)) => {
            let message = "`auth` and `auth_data` of `zkclient` are both there: one is enough";
            fields.reader.report(hidden(ours, message));
            None
        }
    };
    let hosts = hosts.split(',').map(|host| host.trim().to_owned()).collect();
    Some(ZookeeperConfig { hosts, chroot: chroot.trim_end_matches('/').to_owned(), auth })
}

/// A list, or one text with commas.
fn hosts(fields: &mut Fields<'_, '_>) -> Option<String> {
    match fields.node("hosts") {
        Some(Node { kind: Kind::List(_), .. }) => {
            fields.get::<Vec<String>>("hosts").map(|hosts| hosts.join(","))
        }
        Some(_) => fields.get("hosts"),
        None => {
            fields.missing("hosts", "say where ZooKeeper is: `hosts: 127.0.0.1:2181`");
            None
        }
    }
}

/// What stands behind `key`. Nothing is no credentials, which nobody writes down on purpose.
fn said<'a>(fields: &mut Fields<'_, 'a>, key: &'static str) -> Option<&'a Node> {
    let node = fields.node(key);
    if node.is_none()
        && let Some(entry) = fields.entries().iter().find(|entry| entry.key == key)
    {
        fields.reader.report(Problem::at(&entry.place, format!("`{key}` is empty")));
    }
    node
}

fn auth(fields: &mut Fields<'_, '_>) -> Option<ZookeeperAuth> {
    let scheme: Option<String> = fields.get("scheme");
    if let (Some(scheme), Some(node)) = (scheme, fields.node("scheme"))
        && scheme != "digest"
    {
        fields.reader.report(hidden(node, "this scheme is not built in").help("known here: `digest`"));
    }
    let user: Option<String> = fields.get("user");
    let password: Option<String> = fields.get("password");
    for key in ["user", "password"] {
        if fields.node(key).is_none() {
            fields.missing(key, "as `auth: {user: shop, password: \"$(env.ZOOKEEPER_PASSWORD)\"}`");
        }
    }
    let auth = ZookeeperAuth::new(&user?, &password?);
    if auth.is_none() {
        fields
            .reader
            .report(Problem::at(fields.place, "`user` is a name without `:`, and `password` not empty"));
    }
    auth
}

/// What Python's client takes: pairs of a scheme and a credential.
fn auth_data(fields: &Fields<'_, '_>, node: &Node) -> Option<ZookeeperAuth> {
    let pairs = match &node.kind {
        Kind::List(pairs) => &**pairs,
        _ => &[],
    };
    let auth = match pairs {
        [Node { kind: Kind::List(pair), .. }] => match &**pair {
            [scheme, credential] if scheme.text() == Some("digest") => {
                let credential = credential.text().and_then(|text| text.split_once(':'));
                credential.and_then(|(user, password)| ZookeeperAuth::new(user, password))
            }
            _ => None,
        },
        _ => None,
    };
    if auth.is_none() {
        fields.reader.report(
            hidden(node, "expected one pair of scheme and credential")
                .help("as `auth_data: [[digest, \"USER:PASSWORD\"]]`"),
        );
    }
    auth
}

/// A mistake at a value that may hold a password.
fn hidden(node: &Node, message: &str) -> Problem {
    let mut place = node.place.clone();
    place.hidden = true;
    Problem::at(&place, message)
}
