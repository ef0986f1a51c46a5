//! Reading a section key by key: mistakes are collected, keys that nobody asked for are mistakes.

use std::cell::RefCell;

use serde::de::DeserializeOwned;

use super::de;
use super::error::{Place, Problem};
use super::tree::{Entry, Kind, Node};

/// What all readers of one configuration share.
pub(crate) struct Reader<'a> {
    problems: RefCell<Vec<Problem>>,
    /// What `dep:NAME` refers to.
    dependencies: Option<&'a Node>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(dependencies: Option<&'a Node>) -> Self {
        Self { problems: RefCell::default(), dependencies }
    }

    pub(crate) fn report(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }

    /// The node that `dep:NAME` stands for, or `node` itself.
    pub(crate) fn resolve(&self, node: &'a Node) -> Option<&'a Node> {
        let Some(name) = node.text().and_then(|text| text.strip_prefix("dep:")) else {
            return Some(node);
        };
        let found = self.dependencies.and_then(|dependencies| dependencies.get(name));
        if found.is_none() {
            let entries = self.dependencies.and_then(Node::entries).unwrap_or_default();
            let known = entries.iter().map(|entry| &*entry.key);
            let problem = Problem::at(&node.place, format!("no dependency `{name}`")).nearest(name, known);
            self.report(problem.clone().help(
                problem.help.unwrap_or_else(|| format!("describe it under `dependencies: {{{name}: …}}`")),
            ));
        }
        found
    }

    /// Starts to read a section; reports when `node` is none.
    pub(crate) fn fields<'r>(&'r self, node: &'a Node) -> Option<Fields<'r, 'a>> {
        let node = self.resolve(node)?;
        let Some(entries) = node.entries() else {
            self.report(Problem::at(&node.place, format!("expected a section, found {}", node.found())));
            return None;
        };
        Some(Fields { reader: self, place: &node.place, entries, known: Vec::new() })
    }
}

/// A section under reading; [`Self::finish`] reports the keys that are left.
pub(crate) struct Fields<'r, 'a> {
    pub(crate) reader: &'r Reader<'a>,
    pub(crate) place: &'a Place,
    entries: &'a [Entry],
    known: Vec<&'static str>,
}

impl<'a> Fields<'_, 'a> {
    /// What stands behind `key`; nil counts as nothing.
    pub(crate) fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        (!matches!(entry.value.kind, Kind::Null)).then_some(&entry.value)
    }

    /// Whether `key` is there and says `null` in so many letters.
    pub(crate) fn is_null(&self, key: &str) -> bool {
        let is_null = |node: &Node| matches!(node.kind, Kind::Null) && node.place.width > 1;
        self.entries.iter().any(|entry| entry.key == key && is_null(&entry.value))
    }

    /// Reads `key` as a `T`.
    pub(crate) fn get<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<T> {
        let node = self.node(key)?;
        de::read(node).map_err(|problem| self.reader.report(problem)).ok()
    }

    /// Reads the text behind `key` with `parse`; `expected` is for messages.
    pub(crate) fn parse<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let node = self.node(key)?;
        let value = node.text().and_then(parse);
        if value.is_none() {
            self.reader.report(Problem::at(&node.place, format!("expected {expected}")));
        }
        value
    }

    /// Every entry, for sections whose keys are names that people choose.
    pub(crate) fn entries(&self) -> &'a [Entry] {
        self.entries
    }

    /// Takes keys that mean something to Python only.
    pub(crate) fn ignore(&mut self, keys: &[&'static str]) {
        self.known.extend(keys);
    }

    pub(crate) fn missing(&self, key: &str, help: &str) {
        self.reader.report(Problem::at(self.place, format!("`{key}` is missing")).help(help));
    }

    /// Reports every key that was not asked for.
    pub(crate) fn finish(self) {
        for entry in self.entries {
            if !self.known.contains(&entry.key.as_str()) {
                let problem = Problem::at(&entry.place, format!("unknown key `{}`", entry.key));
                self.reader.report(problem.nearest(&entry.key, self.known.iter().copied()));
            }
        }
    }
}
