//! Where `lymph.toml` and the files beside it are looked for.

use std::path::{Component, Path, PathBuf};

/// The nearest file of a name in a schema's folder or one above. The folder that holds `.git` is the last one looked into: what
/// lies above a repository is none of its business.
#[must_use]
pub fn nearest(schema: &Path, name: &str) -> Option<PathBuf> {
    let mut folder = schema.parent().unwrap_or(Path::new("")).to_owned();
    // As many steps as there are folders above; paths that name none of them cannot tell.
    let steps = std::path::absolute(Path::new(".").join(&folder)).ok()?.components().count();
    for _ in 0..=steps {
        let file = folder.join(name);
        if file.is_file() {
            return Some(file);
        }
        if folder.join(".git").exists() {
            return None;
        }
        folder = above(&folder)?;
    }
    None
}

/// The folder above; `..` where the path does not name it. Relative paths stay so, as people read them.
fn above(folder: &Path) -> Option<PathBuf> {
    match folder.components().next_back() {
        None | Some(Component::ParentDir) => Some(folder.join("..")),
        Some(Component::CurDir) => Some(PathBuf::from("..")),
        Some(Component::Normal(_)) => folder.parent().map(Path::to_owned),
        Some(Component::RootDir | Component::Prefix(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_in_the_current_folder() {
        // Tests run in the crate's folder.
        assert_eq!(nearest(Path::new("x.lymph"), "Cargo.toml"), Some(PathBuf::from("Cargo.toml")));
        assert_eq!(nearest(Path::new("src/x.lymph"), "Cargo.toml"), Some(PathBuf::from("Cargo.toml")));
        assert_eq!(
            nearest(Path::new("./src/../src/x.lymph"), "lib.rs"),
            Some(PathBuf::from("./src/../src/lib.rs"))
        );
    }
}
