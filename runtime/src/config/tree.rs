//! A configuration as a tree, each value with its place.

use std::path::{Path, PathBuf};

use super::error::{Place, Problem};

/// One value.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
    /// Its text came from the environment or a file of variables: never shown.
    pub(crate) hidden: bool,
}

#[derive(Clone)]
pub(crate) enum Kind {
    Null,
    /// `plain` texts may be read as numbers and booleans where nobody says what is expected.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One key of a map.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) value: Node,
}

impl Node {
    pub(crate) fn new(place: Place, kind: Kind) -> Self {
        Self { place, kind, hidden: false }
    }

    /// What it is, with an article.
    pub(crate) fn found(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Scalar { .. } => "a single value",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a section",
        }
    }

    /// The path that it holds, from the folder of the settings that it stands in.
    pub(crate) fn path(&self) -> Result<PathBuf, Problem> {
        let name = self.text().ok_or_else(|| Problem::at(&self.place, "expected the path of a file"))?;
        let folder = Path::new(&self.place.source.name).parent().unwrap_or(Path::new(""));
        Ok(folder.join(name))
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The entries of a section; none when nothing stands behind its key.
    pub(crate) fn entries(&self) -> Option<&[Entry]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            Kind::Null => Some(&[]),
            _ => None,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries()?.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Takes over the sections of `other`. Where both have a section, its keys are taken over one
    /// by one and each as a whole: half of one registry and half of another make none.
    pub(crate) fn merge(&mut self, other: Self) {
        let theirs = match other.kind {
            Kind::Map(theirs) => theirs,
            Kind::Null => return,
            _ => {
                *self = other;
                return;
            }
        };
        let Kind::Map(ours) = &mut self.kind else {
            *self = Self { kind: Kind::Map(theirs), ..other };
            return;
        };
        for their in theirs {
            let our = ours.iter_mut().find(|our| our.key == their.key);
            match (our, their) {
                (None, their) => ours.push(their),
                (Some(our), Entry { value: Self { kind: Kind::Map(theirs), .. }, .. })
                    if matches!(our.value.kind, Kind::Map(_)) =>
                {
                    our.value.replace(theirs);
                }
                (Some(our), their) => *our = their,
            }
        }
    }

    fn replace(&mut self, theirs: Vec<Entry>) {
        let Kind::Map(ours) = &mut self.kind else { return };
        for their in theirs {
            match ours.iter_mut().find(|our| our.key == their.key) {
                Some(our) => *our = their,
                None => ours.push(their),
            }
        }
    }
}
