//! `lymph keygen`: keys for connections that are encrypted.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use lymph::config::{PublicKey, SecretKey, read_secret_key};
use serde_json::json;

use super::args::Keygen;
use crate::output::{Ended, Outcome, Terminal, Trouble};

pub(super) fn run<W: Write>(args: &Keygen, terminal: &mut Terminal<W>) -> Ended {
    let public_key = if args.public {
        read_secret_key(&args.file).map_err(Trouble::new)?.public_key()
    } else {
        generate(&args.file)?
    };
    if terminal.wants_json() {
        terminal.json(&json!({"public_key": public_key.to_string()}))?;
    } else {
        // Nothing else, so that it can be appended to a list.
        terminal.line(public_key)?;
    }
    Ok(Outcome::Fine)
}

fn generate(path: &Path) -> Result<PublicKey, Trouble> {
    let shown = path.display();
    let secret_key = SecretKey::generate().map_err(Trouble::new)?;
    let public_key = secret_key.public_key();
    let mut file = create(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Trouble::new(format!("`{shown}` is already there"))
            .help("a key that is in use is not replaced; `--public` shows its public half"),
        _ => Trouble::new(format!("cannot make `{shown}`: {error}")),
    })?;
    let written = write(&mut file, &secret_key, &public_key);
    if let Err(error) = written {
        // Half a key is of no use, and the file is ours.
        let _ = std::fs::remove_file(path);
        return Err(Trouble::new(format!("cannot write `{shown}`: {error}")));
    }
    Ok(public_key)
}

fn write(file: &mut File, secret_key: &SecretKey, public_key: &PublicKey) -> io::Result<()> {
    writeln!(file, "# The secret key of {public_key}: for nobody but its owner.")?;
    writeln!(file, "{}", secret_key.to_text().as_str())?;
    file.sync_all()
}

/// A new file that nobody else can read, from the very beginning.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
