//! Repositories made for a test, always with the same hashes.

use std::fs;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::actor::Signature;
use gix::bstr::BString;
use gix::objs::Commit;
use gix::objs::tree::EntryKind;
use tempfile::TempDir;

/// The files of a commit or of a working tree: paths and texts.
pub(crate) type Files<'a> = &'a [(&'a str, &'a str)];

pub(crate) struct Repository {
    folder: TempDir,
    git: gix::Repository,
}

impl Repository {
    /// An empty one, with HEAD at a `main` that is not born yet.
    pub(crate) fn new() -> Self {
        Self::opened(|folder| gix::init(folder).unwrap())
    }

    /// One without a working tree.
    pub(crate) fn bare() -> Self {
        Self::opened(|folder| gix::init_bare(folder).unwrap())
    }

    fn opened(open: impl FnOnce(&Path) -> gix::Repository) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let git = open(folder.path());
        fs::write(git.git_dir().join("HEAD"), "ref: refs/heads/main\n").unwrap();
        Self { folder, git }
    }

    /// The root of the working tree.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The folder of git's own files.
    pub(crate) fn git_dir(&self) -> &Path {
        self.git.git_dir()
    }

    /// Adds a commit that holds exactly `files`; a text that starts with `->` is a link.
    pub(crate) fn commit(&self, files: Files<'_>, parents: &[ObjectId]) -> ObjectId {
        let mut tree = self.git.edit_tree(ObjectId::empty_tree(gix::hash::Kind::Sha1)).unwrap();
        for (path, text) in files {
            let (kind, text) = match text.strip_prefix("->") {
                Some(target) => (EntryKind::Link, target),
                None => (EntryKind::Blob, *text),
            };
            tree.upsert(*path, kind, self.git.write_blob(text).unwrap()).unwrap();
        }
        let who = Signature {
            name: BString::from("Joe"),
            email: BString::from("joe@example.org"),
            // As late as it has ancestors, which is how the best merge base is told.
            time: gix::date::Time::new(1_700_000_000 + parents.len() as i64, 0),
        };
        let commit = Commit {
            tree: tree.write().unwrap().detach(),
            parents: parents.iter().copied().collect(),
            author: who.clone(),
            committer: who,
            encoding: None,
            message: BString::from("change"),
            extra_headers: Vec::new(),
        };
        self.git.write_object(&commit).unwrap().detach()
    }

    /// Makes a reference, as `refs/heads/main`, lead to a commit.
    pub(crate) fn point(&self, reference: &str, to: ObjectId) {
        self.write_git(reference, &format!("{to}\n"));
    }

    /// Makes HEAD lead to a branch.
    pub(crate) fn switch(&self, branch: &str) {
        self.write_git("HEAD", &format!("ref: refs/heads/{branch}\n"));
    }

    /// Replaces the working tree.
    pub(crate) fn check_out(&self, files: Files<'_>) {
        for entry in fs::read_dir(self.root()).unwrap().map(Result::unwrap) {
            match entry.file_name() == ".git" {
                true => {}
                false if entry.path().is_dir() => fs::remove_dir_all(entry.path()).unwrap(),
                false => fs::remove_file(entry.path()).unwrap(),
            }
        }
        write(self.root(), files);
    }

    /// Takes away the history before `commit`, as a clone of depth 1 does.
    pub(crate) fn forget_before(&self, commit: ObjectId, forgotten: &[ObjectId]) {
        self.write_git("shallow", &format!("{commit}\n"));
        for id in forgotten {
            let id = id.to_string();
            let (folder, file) = id.split_at(2);
            fs::remove_file(self.git_dir().join("objects").join(folder).join(file)).unwrap();
        }
    }

    /// Adds a working tree of its own, as `git worktree add` does.
    pub(crate) fn link(&self, at: &Path, commit: ObjectId, files: Files<'_>) {
        let own = self.git_dir().canonicalize().unwrap().join("worktrees/linked");
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("HEAD"), format!("{commit}\n")).unwrap();
        fs::write(own.join("commondir"), "../..\n").unwrap();
        fs::write(own.join("gitdir"), format!("{}\n", at.join(".git").display())).unwrap();
        write(at, files);
        fs::write(at.join(".git"), format!("gitdir: {}\n", own.display())).unwrap();
    }

    fn write_git(&self, path: &str, text: &str) {
        let path: PathBuf = self.git_dir().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn write(root: &Path, files: Files<'_>) {
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}
