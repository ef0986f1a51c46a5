//! Paths as clients write them.

use std::path::{Component, Path, PathBuf};

/// The path that a URI names. What is not a file, as an unsaved buffer, gets a path that no file has.
pub(crate) fn path_of(uri: &str) -> PathBuf {
    let Some(rest) = uri.strip_prefix("file://") else { return PathBuf::from(uri) };
    // Behind the slashes may stand a host, which only Windows shares have.
    let (host, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let path = decode(path);
    if cfg!(windows) {
        let share = if host.is_empty() { String::new() } else { format!("//{host}") };
        let path = match path.as_bytes() {
            [b'/', drive, b':', ..] if drive.is_ascii_alphabetic() => path[1..].to_owned(),
            _ => path,
        };
        return normal(Path::new(&(share + &path)));
    }
    normal(Path::new(&path))
}

/// The URI of a path; what [`path_of`] made of something that is not a file comes back as it was.
pub(crate) fn uri_of(path: &Path) -> String {
    let text = path.to_string_lossy();
    if !path.is_absolute() {
        return text.into_owned();
    }
    let text = text.replace('\\', "/");
    let slash = if text.starts_with('/') { "" } else { "/" };
    format!("file://{slash}{}", encode(&text))
}

/// Without `.` and `..`, so that one file has one path.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(normal.components().next_back(), Some(Component::Normal(_))) => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%')
            .then(|| after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~:".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn paths_come_back() {
        let path = path_of("file:///a/b%20%C3%A9/./c/../d%23.lymph");
        assert_eq!(path, Path::new("/a/b \u{e9}/d#.lymph"));
        assert_eq!(uri_of(&path), "file:///a/b%20%C3%A9/d%23.lymph");
        assert_eq!(uri_of(&path_of("untitled:Untitled-1")), "untitled:Untitled-1");
        assert_eq!(path_of("file:///100%"), Path::new("/100%"));
    }
}
