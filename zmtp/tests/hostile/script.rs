//! How a case is written: one step on each line, `#` begins a comment.
//!
//! ```text
//! secured                  first of all: the socket has keys and lets nobody in
//! memory NUMBER            likewise: messages that are read, and as well those written, share so much
//! as NAME                  what follows is said on the connection NAME, which is opened if it is new
//! greeting 3.1 NULL        a greeting of this version and mechanism
//! ready NAME=VALUE ...     a READY command with these properties; as for all values, `\x00` is a byte
//! command VALUE            a command
//! more VALUE | last VALUE  a frame of a message
//! length FLAGS NUMBER      the header of a long frame
//! hello                    a HELLO to the socket, from somebody whom it does not know
//! text VALUE               these bytes
//! zeros NUMBER             as many zeros
//! repeat NUMBER STEP       what STEP says, so many times
//! slowly SECONDS STEP      what STEP says, and so long a pause behind every byte
//! wait SECONDS
//! deaf                     reads no more of what it is told
//! ```

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use lymph_zmtp::curve::{Allow, Client, SecretKey};
use lymph_zmtp::{Options, Security};

/// The connection that is there from the beginning.
pub(crate) const FIRST: &str = "it";

static KEYS: LazyLock<SecretKey> = LazyLock::new(generate);

/// What peers do, one after the other.
pub(crate) struct Script {
    is_secured: bool,
    pub(crate) memory_bytes: usize,
    pub(crate) steps: Vec<Step>,
}

pub(crate) enum Step {
    /// Goes on with another connection.
    As(String),
    /// Says `bytes` in pieces, each followed by a pause.
    Send { bytes: Vec<u8>, piece: usize, pause: Duration },
    /// Does nothing for so long.
    Wait(Duration),
    /// Reads no more.
    Deaf,
}

impl Script {
    /// Reads the script of the file at `path`, which names mistakes in it.
    pub(crate) fn parse(path: &Path, text: &str) -> Self {
        let memory_bytes = Options::default().memory_bytes;
        let mut script = Self { is_secured: false, memory_bytes, steps: Vec::new() };
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines {
            if line == "secured" {
                script.is_secured = true;
                continue;
            }
            if let Some(bytes) = line.strip_prefix("memory ") {
                script.memory_bytes = bytes.parse().expect("it is a number");
                continue;
            }
            let step = step(line).unwrap_or_else(|| panic!("{}: `{line}` is no step", path.display()));
            script.steps.push(step);
        }
        script
    }

    pub(crate) fn security(&self) -> Security {
        if self.is_secured {
            let allow = Arc::new(Allow::keys([SERVER_FRIEND.public_key()]));
            Security::CurveServer { keys: KEYS.clone(), allow }
        } else {
            Security::Null
        }
    }
}

fn step(line: &str) -> Option<Step> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    Some(match verb {
        "as" => Step::As(rest.to_owned()),
        "wait" => Step::Wait(Duration::from_secs_f64(rest.parse().ok()?)),
        "deaf" => Step::Deaf,
        "slowly" => {
            let (pause, rest) = rest.split_once(' ')?;
            Step::Send { bytes: bytes(rest)?, piece: 1, pause: Duration::from_secs_f64(pause.parse().ok()?) }
        }
        _ => Step::Send { bytes: bytes(line)?, piece: usize::MAX, pause: Duration::ZERO },
    })
}

/// What a step says.
fn bytes(line: &str) -> Option<Vec<u8>> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    Some(match verb {
        "greeting" => {
            let (version, mechanism) = rest.split_once(' ')?;
            let (major, minor) = version.split_once('.')?;
            let mut bytes = b"\xff\0\0\0\0\0\0\0\0\x7f".to_vec();
            bytes.extend([major.parse::<u8>().ok()?, minor.parse::<u8>().ok()?]);
            bytes.extend(value(mechanism)?);
            bytes.resize(64, 0);
            bytes
        }
        "ready" => {
            let mut body = b"\x05READY".to_vec();
            for property in rest.split_ascii_whitespace() {
                let (name, text) = property.split_once('=')?;
                let (name, text) = (value(name)?, value(text)?);
                body.push(name.len().try_into().ok()?);
                body.extend(name);
                body.extend(u32::try_from(text.len()).ok()?.to_be_bytes());
                body.extend(text);
            }
            frame(4, &body)
        }
        "command" => frame(4, &value(rest)?),
        "more" => frame(1, &value(rest)?),
        "last" => frame(0, &value(rest)?),
        "length" => {
            let (flags, length) = rest.split_once(' ')?;
            let mut bytes = vec![flags.parse().ok()?];
            bytes.extend(length.parse::<u64>().ok()?.to_be_bytes());
            bytes
        }
        "hello" => {
            let (_, hello) = Client::start(&generate(), &KEYS.public_key()).ok()?;
            frame(4, &hello)
        }
        "text" => value(rest)?,
        "zeros" => vec![0; rest.parse().ok()?],
        "repeat" => {
            let (count, rest) = rest.split_once(' ')?;
            bytes(rest)?.repeat(count.parse().ok()?)
        }
        _ => return None,
    })
}

fn frame(flags: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = match u8::try_from(body.len()) {
        Ok(length) => vec![flags, length],
        Err(_) => [&[flags | 2][..], &(body.len() as u64).to_be_bytes()].concat(),
    };
    bytes.extend_from_slice(body);
    bytes
}

/// Bytes behind `\x` and two digits, all others as they stand; `VALUE*NUMBER` is repeated.
fn value(text: &str) -> Option<Vec<u8>> {
    if let Some((text, count)) = text.rsplit_once('*') {
        return Some(value(text)?.repeat(count.parse().ok()?));
    }
    let mut bytes = Vec::new();
    let mut pieces = text.split("\\x");
    bytes.extend_from_slice(pieces.next()?.as_bytes());
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    Some(bytes)
}

/// Keys of a peer as it should be, on a socket that is secured.
pub(crate) static SERVER_FRIEND: LazyLock<SecretKey> = LazyLock::new(generate);

/// The key of a socket that is secured.
pub(crate) fn server_keys() -> &'static SecretKey {
    &KEYS
}

fn generate() -> SecretKey {
    SecretKey::generate().expect("the system has randomness")
}
