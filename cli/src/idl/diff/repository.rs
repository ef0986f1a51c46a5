//! The repository around a folder, read from its objects: the `git` program is not needed, and for revisions
//! no working tree either.

use std::path::{Component, Path, PathBuf};

use gix::ObjectId;
use gix::bstr::ByteSlice;
use lymph_idl::did_you_mean;

use super::tree::Tree;
use crate::output::Trouble;

/// Where the branch that others start from is looked for.
const DEFAULT_BRANCHES: [&str; 5] = [
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
];

/// What to do in a clone that lacks history.
const DEEPEN: &str = "this clone is shallow: `git fetch --unshallow` gets the rest of its history; in CI, let the \
                      checkout get all of it (`fetch-depth: 0`, or `GIT_DEPTH: 0`)";

/// A repository.
pub(super) struct Repository {
    git: gix::Repository,
    /// The working tree without links in its path; bare repositories have none.
    root: Option<PathBuf>,
}

/// A state of the files that a repository keeps.
pub(super) struct Revision<'r> {
    /// What stands before paths: what the user wrote, or a short hash.
    pub name: String,
    /// For a sentence.
    pub description: String,
    /// Its files.
    pub tree: Tree<'r>,
}

impl Repository {
    /// The repository that holds the current folder.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when there is none, or when it cannot be read.
    pub(super) fn around() -> Result<Self, Trouble> {
        let git = gix::discover_with_environment_overrides(".").map_err(|error| {
            let here = std::env::current_dir().unwrap_or_default();
            let trouble = match here.ancestors().any(|folder| folder.join(".git").exists()) {
                true => Trouble::new(format!("cannot read the git repository: {}", plain(&error))),
                false => Trouble::new("there is no git repository here to compare with"),
            };
            trouble.help("name two files or folders: `lymph-idl diff OLD NEW`")
        })?;
        let root = git.workdir().and_then(|root| root.canonicalize().ok());
        Ok(Self { git, root })
    }

    /// The working tree; `None` in a bare repository.
    pub(super) fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// `path` as seen from the root of the repository; `None` outside of it. Without a working tree, paths are
    /// taken to start there.
    pub(super) fn inside(&self, path: &Path) -> Option<PathBuf> {
        let Some(root) = &self.root else {
            return path.is_relative().then(|| normal(path)).flatten();
        };
        let here = std::env::current_dir().ok()?;
        let path = without_links(&normal(&here.join(path))?);
        path.strip_prefix(root).ok().map(Path::to_owned)
    }

    /// A path from the root of the repository as the current folder sees it.
    pub(super) fn outside(&self, path: &Path) -> Option<PathBuf> {
        let root = self.root.as_ref()?;
        let here = std::env::current_dir().ok()?.canonicalize().ok()?;
        Some(relative(&here, &root.join(path)))
    }

    /// The revision that `name` names.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when there is none, with the nearest name that there is.
    pub(super) fn revision(&self, name: &str) -> Result<Revision<'_>, Trouble> {
        let commit = self.find(name)?;
        let (name, description) = (name.to_owned(), format!("`{name}`"));
        Ok(Revision { name, description, tree: self.tree(commit)? })
    }

    /// Where HEAD left the branch that others start from: `base`, or the default branch.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when there is no such branch or no shared history, and what to do about it.
    pub(super) fn merge_base(&self, base: Option<&str>) -> Result<Revision<'_>, Trouble> {
        let head = self.git.head_id().map_err(|_| {
            Trouble::new("the repository has no commit to compare with")
                .help("name two files or folders: `lymph-idl diff OLD NEW`")
        })?;
        let (name, branch) = match base {
            Some(name) => (name.to_owned(), self.find(name)?),
            None => self.default_branch()?,
        };
        let found = self.git.merge_base(head, branch).map_err(|error| self.unreadable(&error))?;
        let Some(found) = found else {
            let message = format!("HEAD and `{name}` share no history that is here");
            return Err(Trouble::new(message).help(if self.is_shallow() {
                DEEPEN
            } else {
                "name the revision to compare with: `lymph-idl diff REV`"
            }));
        };
        let short = found.shorten_or_id().to_string();
        let description = format!("{short}, the merge base of HEAD and `{name}`");
        Ok(Revision { name: short, description, tree: self.tree(found.detach())? })
    }

    /// Whom git takes for the author of what is committed here.
    pub(super) fn author(&self) -> Option<String> {
        let author = self.git.author()?.ok()?;
        Some(author.name.to_string())
    }

    /// Whether git was told to look away from a file or folder of the working tree.
    pub(super) fn ignores(&self) -> Option<impl FnMut(&Path) -> bool + '_> {
        let index = self.git.index_or_empty().ok()?;
        let mut stack = self.git.excludes(&index, None, Default::default()).ok()?;
        Some(move |path: &Path| {
            let mode = path.is_dir().then_some(gix::index::entry::Mode::DIR);
            let Some(path) = self.inside(path).filter(|path| !path.as_os_str().is_empty()) else {
                return false;
            };
            // What is committed anyway counts, whatever `.gitignore` says.
            let is_tracked =
                gix::path::into_bstr(path.as_path()).is_ok_and(|path| index.entry_by_path(&path).is_some());
            !is_tracked && stack.at_path(path, mode).is_ok_and(|platform| platform.is_excluded())
        })
    }

    fn default_branch(&self) -> Result<(String, ObjectId), Trouble> {
        for name in DEFAULT_BRANCHES {
            let Ok(Some(mut reference)) = self.git.try_find_reference(name) else { continue };
            // A symbolic reference is told by what it leads to; one that leads nowhere is none.
            let target = reference.follow().and_then(Result::ok);
            let shown = target.as_ref().unwrap_or(&reference).name().shorten().to_string();
            if let Ok(id) = reference.peel_to_id() {
                return Ok((shown, id.detach()));
            }
        }
        Err(Trouble::new("cannot tell the default branch: there is no `origin/HEAD`, `main` or `master`")
            .help(match self.is_shallow() {
                true => DEEPEN,
                false => "name the revision to compare with: `lymph-idl diff REV`",
            }))
    }

    /// What `name` names, with tags followed.
    fn find(&self, name: &str) -> Result<ObjectId, Trouble> {
        if name.contains("..") {
            return Err(Trouble::new(format!("`{name}` is a range, not a revision"))
                .help("give both ends: `lymph-idl diff OLD NEW`"));
        }
        match self.git.rev_parse_single(name.as_bytes().as_bstr()) {
            Ok(id) => Ok(id.detach()),
            Err(_) => Err(self.unknown(name)),
        }
    }

    fn unknown(&self, name: &str) -> Trouble {
        let mut known = vec!["HEAD".to_owned()];
        if let Ok(references) = self.git.references()
            && let Ok(all) = references.all()
        {
            known.extend(all.flatten().map(|reference| reference.name().shorten().to_string()));
        }
        let folder = Path::new(name).parent().unwrap_or(Path::new(""));
        let entries = std::fs::read_dir(Path::new(".").join(folder)).into_iter().flatten().flatten();
        known.extend(
            entries.filter_map(|entry| folder.join(entry.file_name()).into_os_string().into_string().ok()),
        );
        known.sort_unstable();
        let trouble = Trouble::new(format!("`{name}` is neither a file nor a revision"));
        // A branch that only the remote has is the usual reason.
        let remote = known.iter().find(|known| known.rsplit_once('/').is_some_and(|(_, last)| last == name));
        match remote {
            Some(remote) => trouble.help(format!("did you mean `{remote}`?")),
            None if self.is_shallow() => trouble.help(DEEPEN),
            None => match did_you_mean(name, known.iter().map(String::as_str)) {
                Some(help) => trouble.help(help),
                None => trouble.help("revisions are branches, tags and commits of this repository"),
            },
        }
    }

    fn tree(&self, commit: ObjectId) -> Result<Tree<'_>, Trouble> {
        let object = self.git.find_object(commit).map_err(|error| self.unreadable(&error))?;
        let tree = object.peel_to_tree().map_err(|error| self.unreadable(&error))?;
        Ok(Tree::new(&self.git, tree.id))
    }

    fn unreadable(&self, error: &gix::Error) -> Trouble {
        let trouble = Trouble::new(format!("cannot read the repository: {}", plain(error)));
        if self.is_shallow() { trouble.help(DEEPEN) } else { trouble }
    }

    fn is_shallow(&self) -> bool {
        self.git.is_shallow().unwrap_or(false)
    }
}

/// What an error of the repository says, as part of our own sentence.
fn plain(error: &gix::Error) -> String {
    let text = format!("{error:#}").replace('\n', " ");
    let mut chars = text.trim_end_matches('.').chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// `path` without `.` and with `..` taken back; `None` when it leaves its start.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                if !normal.pop() {
                    return None;
                }
            }
            other => normal.push(other),
        }
    }
    Some(normal)
}

/// An absolute path with the links in its folders followed, as far as there are such folders.
fn without_links(path: &Path) -> PathBuf {
    match (path.canonicalize(), path.parent(), path.file_name()) {
        (Ok(path), ..) => path,
        (Err(_), Some(folder), Some(name)) => without_links(folder).join(name),
        (Err(_), ..) => path.to_owned(),
    }
}

/// How to get from one absolute path to another.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(from, to)| from == to).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}
