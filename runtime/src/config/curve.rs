//! The section `container.curve`: who this process is, and whose word it takes.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use lymph_zmtp::curve::{Allow, KeyError, PublicKey, SecretKey, Zeroizing};

use super::error::Problem;
use super::fields::Fields;
use super::tree::{Kind, Node};

/// Larger files hold no keys.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Keys of a process whose connections are encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CurveConfig {
    /// Its own, which it uses to be called and to call.
    pub secret_key: SecretKey,
    /// Who may call it and whom it calls: by default those who have the same secret key.
    pub trusted: Allow,
}

impl CurveConfig {
    /// The owner of `secret_key`, who trusts those that `trusted` allows.
    #[must_use]
    pub const fn new(secret_key: SecretKey, trusted: Allow) -> Self {
        Self { secret_key, trusted }
    }

    /// Whether a caller must have a key that was given to it.
    #[must_use]
    pub fn authenticates(&self) -> bool {
        !matches!(self.trusted, Allow::Anyone)
    }
}

/// What is wrong with a file of keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeyFileError(String);

/// Reads the secret key in a file that `lymph keygen` wrote: one line, besides comments, which begin
/// with `# `.
///
/// # Errors
///
/// [`KeyFileError`] when the file cannot be read or holds anything else.
pub fn read_secret_key(path: &Path) -> Result<SecretKey, KeyFileError> {
    let text = Zeroizing::new(read_file(path)?);
    match keys_of(&text)[..] {
        [(_, line)] => line
            .parse()
            .map_err(|error| KeyFileError(format!("`{}` holds no secret key: {error}", path.display()))),
        ref lines => Err(KeyFileError(format!("`{}` holds {} keys, not one", path.display(), lines.len()))),
    }
}

pub(super) fn read(mut fields: Fields<'_, '_>) -> Option<CurveConfig> {
    let secret_key = secret_key(&mut fields);
    let trusted = trusted(&mut fields);
    fields.finish();
    let secret_key = secret_key?;
    let trusted = match trusted {
        Found::Nothing => Allow::keys([secret_key.public_key()]),
        Found::Value(trusted) => trusted,
        Found::Mistake => return None,
    };
    Some(CurveConfig::new(secret_key, trusted))
}

/// What a key of the section amounts to; mistakes are reported already.
enum Found<T> {
    Nothing,
    Value(T),
    Mistake,
}

fn secret_key(fields: &mut Fields<'_, '_>) -> Option<SecretKey> {
    let (text, file) = (fields.node("secret_key"), fields.node("secret_key_file"));
    let parsed = match (text, file) {
        (None, None) => {
            fields.missing("secret_key_file", "`lymph keygen FILE` makes a key and writes it to a file");
            return None;
        }
        (Some(text), None) => key(text, text.text().unwrap_or_default()),
        (None, Some(file)) => file.path().and_then(|path| {
            read_secret_key(&path).map_err(|error| Problem::at(&file.place, error.to_string()))
        }),
        (Some(text), Some(_)) => {
            let message = "`secret_key` and `secret_key_file` are both there: one is enough";
            Err(Problem::at(&text.place, message))
        }
    };
    parsed.map_err(|problem| fields.reader.report(problem)).ok()
}

fn trusted(fields: &mut Fields<'_, '_>) -> Found<Allow> {
    let found = match (fields.node("trusted"), fields.node("trusted_file")) {
        (None, None) => return Found::Nothing,
        (Some(list), None) => listed(list),
        (None, Some(file)) => in_file(file),
        (Some(list), Some(_)) => {
            let message = "`trusted` and `trusted_file` are both there: one is enough";
            Err(Problem::at(&list.place, message))
        }
    };
    match found {
        Ok(allow) => Found::Value(allow),
        Err(problem) => {
            fields.reader.report(problem);
            Found::Mistake
        }
    }
}

fn listed(node: &Node) -> Result<Allow, Problem> {
    match &node.kind {
        Kind::List(items) if items.is_empty() => Err(Problem::at(&node.place, "nobody could connect")
            .help("without `trusted`, those with the same secret key may connect")),
        Kind::List(items) => {
            let keys = items.iter().map(|item| key(item, item.text().unwrap_or_default()));
            Ok(Allow::keys(keys.collect::<Result<Vec<PublicKey>, _>>()?))
        }
        _ if node.text() == Some("anyone") => Ok(Allow::Anyone),
        _ => Err(Problem::at(&node.place, "expected a list of public keys, or `anyone`")),
    }
}

fn in_file(node: &Node) -> Result<Allow, Problem> {
    let path = node.path()?;
    let keys = read_public_keys(&path).map_err(|error| Problem::at(&node.place, error.to_string()))?;
    Ok(Allow::keys(keys))
}

fn read_public_keys(path: &Path) -> Result<Vec<PublicKey>, KeyFileError> {
    let (text, shown) = (read_file(path)?, path.display());
    let lines = keys_of(&text);
    if lines.is_empty() {
        return Err(KeyFileError(format!("`{shown}` holds no key, so nobody could connect")));
    }
    let parse = |(number, line): (usize, &str)| {
        line.parse().map_err(|error| KeyFileError(format!("line {number} of `{shown}`: {error}")))
    };
    lines.into_iter().map(parse).collect()
}

/// The key that `node` holds.
fn key<T: FromStr<Err = KeyError>>(node: &Node, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error: KeyError| {
        let shown =
            if node.hidden { "expected a key of 40 characters".to_owned() } else { error.to_string() };
        Problem::at(&node.place, shown)
            .help("`lymph keygen FILE` makes keys; YAML wants them in single quotes")
    })
}

/// The lines of `text` that hold keys, each with its number from 1. Keys may begin with `#` but hold
/// no spaces, as comments do.
fn keys_of(text: &str) -> Vec<(usize, &str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    lines.filter(|(_, line)| !(line.is_empty() || *line == "#" || line.starts_with("# "))).collect()
}

fn read_file(path: &Path) -> Result<String, KeyFileError> {
    let shown = path.display();
    let unreadable = |cause: std::io::Error| KeyFileError(format!("cannot read `{shown}`: {cause}"));
    let bytes = fs::metadata(path).map_err(unreadable)?.len();
    if bytes > MAX_FILE_BYTES {
        return Err(KeyFileError(format!("`{shown}` has {bytes} bytes; {MAX_FILE_BYTES} are the most")));
    }
    fs::read_to_string(path).map_err(unreadable)
}
