//! What an argument names.

use std::path::{Path, PathBuf};

use lymph_idl::Version;

/// What an argument names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// A file or folder, perhaps as it was at an older version.
    Path(PathBuf, Option<Version>),
    /// A revision of the repository, at the paths of the other side.
    Revision(String),
    /// A file or folder in a revision, perhaps as it was at an older version.
    InRevision { revision: String, path: String, version: Option<Version> },
}

impl Named {
    /// Reads an argument. Where a file is called like a revision, the file is meant: whoever wants the other
    /// can write `REV:PATH` or `refs/heads/REV`.
    pub(super) fn read(text: &str, exists: impl Fn(&Path) -> bool) -> Self {
        if exists(Path::new(text)) {
            return Self::Path(text.into(), None);
        }
        if let (path, Some(version)) = split_version(text)
            && exists(Path::new(path))
        {
            return Self::Path(path.into(), Some(version));
        }
        match text.split_once(':') {
            Some((revision, path)) if !revision.is_empty() => {
                let (path, version) = split_version(path);
                Self::InRevision { revision: revision.to_owned(), path: path.to_owned(), version }
            }
            _ => Self::Revision(text.to_owned()),
        }
    }
}

/// `geo.lymph@1.2` is `geo.lymph` as it was at 1.2.0.
fn split_version(text: &str) -> (&str, Option<Version>) {
    match text.rsplit_once('@').map(|(path, version)| (path, version.parse().ok())) {
        Some((path, Some(version))) => (path, Some(version)),
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Named) {
        let files = ["main", "geo.lymph", "odd@1.2", "a:b"];
        assert_eq!(Named::read(text, |path| files.iter().any(|file| Path::new(file) == path)), expected);
    }

    fn path(path: &str, version: Option<Version>) -> Named {
        Named::Path(path.into(), version)
    }

    fn in_revision(revision: &str, path: &str, version: Option<Version>) -> Named {
        Named::InRevision { revision: revision.to_owned(), path: path.to_owned(), version }
    }

    #[test]
    fn files_come_before_everything_else() {
        check("main", path("main", None));
        check("odd@1.2", path("odd@1.2", None));
        check("a:b", path("a:b", None));
    }

    #[test]
    fn a_version_is_of_a_file_that_is_there() {
        check("geo.lymph@1.2", path("geo.lymph", Some(Version::new(1, 2, 0))));
        check("geo.lymph@1.2.3", path("geo.lymph", Some(Version::new(1, 2, 3))));
        // Tags are often called so.
        check("geo@1.2.0", Named::Revision("geo@1.2.0".to_owned()));
        check("geo.lymph@one", Named::Revision("geo.lymph@one".to_owned()));
        check("main@{1}", Named::Revision("main@{1}".to_owned()));
    }

    #[test]
    fn paths_stand_behind_a_colon() {
        check("main:geo.lymph", in_revision("main", "geo.lymph", None));
        check("origin/main:a/b", in_revision("origin/main", "a/b", None));
        check("main:", in_revision("main", "", None));
        check("v1:geo.lymph@1.2", in_revision("v1", "geo.lymph", Some(Version::new(1, 2, 0))));
        check("HEAD~2", Named::Revision("HEAD~2".to_owned()));
        // Of the index, which is no revision.
        check(":geo.lymph", Named::Revision(":geo.lymph".to_owned()));
    }
}
