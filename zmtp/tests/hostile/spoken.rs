//! What a socket said to a peer, in words.

use std::time::Duration;

/// What became of one connection.
pub(crate) struct Fate {
    /// What the peer was told, one line each; the same again and again is said once.
    pub(crate) said: String,
    /// When it was closed, unless it is open.
    pub(crate) closed_after: Option<Duration>,
}

/// Puts all that a peer was told into words.
pub(crate) fn words(mut bytes: &[u8]) -> String {
    let mut lines: Vec<String> = Vec::new();
    if let Some((_, rest)) = bytes.split_at_checked(64) {
        lines.push("greeting".to_owned());
        bytes = rest;
    }
    let mut message = Vec::new();
    while let Some((flags, body, rest)) = frame(bytes) {
        bytes = rest;
        if flags & 4 != 0 {
            lines.push(command(body));
            continue;
        }
        message.push(shown(body));
        if flags & 1 == 0 {
            lines.push(format!("message {}", std::mem::take(&mut message).join(" ")));
        }
    }
    if !bytes.is_empty() {
        lines.push(format!("{} bytes of a frame", bytes.len()));
    }
    let mut said = String::new();
    for same in lines.chunk_by(|one, other| one == other) {
        said.push_str(&same[0]);
        said.push_str(if same.len() > 1 { ", more than once\n" } else { "\n" });
    }
    said
}

/// Flags, body, and what is behind it.
fn frame(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (flags, rest) = bytes.split_first()?;
    let (length, rest) = if flags & 2 == 0 {
        let (length, rest) = rest.split_first()?;
        (u64::from(*length), rest)
    } else {
        let (length, rest) = rest.split_first_chunk()?;
        (u64::from_be_bytes(*length), rest)
    };
    let (body, rest) = rest.split_at_checked(length.try_into().ok()?)?;
    Some((*flags, body, rest))
}

/// A command's name; of those that carry a text, also that.
fn command(body: &[u8]) -> String {
    let length = body.first().map_or(0, |length| usize::from(*length));
    let (name, data) = body[1..].split_at(length.min(body.len() - 1));
    let name = name.escape_ascii();
    match &body[1..=length] {
        b"ERROR" => format!("{name} {}", data[1..].escape_ascii()),
        b"PONG" if !data.is_empty() => format!("{name} {}", data.escape_ascii()),
        _ => name.to_string(),
    }
}

fn shown(body: &[u8]) -> String {
    if body.len() > 40 { format!("({} bytes)", body.len()) } else { format!("`{}`", body.escape_ascii()) }
}
