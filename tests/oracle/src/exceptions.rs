//! What is said to be right though nothing shows it. Whatever is in such a table, code cannot hold to account.

use lymph_diff::Effect;

use crate::direction::Direction;

/// What a rule says one way.
pub type Claim = (&'static str, Direction);

/// What a rule says that nothing shows.
#[derive(Debug, Clone, Copy)]
pub struct Beyond {
    /// The rule's id.
    pub rule: &'static str,
    /// Which way; `None` for both.
    pub direction: Option<Direction>,
    /// What is seen in place of what the rule says.
    pub shows: Effect,
    /// Why the rule is right all the same.
    pub because: &'static str,
}

impl Beyond {
    /// What it is about.
    pub fn claims(&self) -> impl Iterator<Item = Claim> {
        claims(self.rule, self.direction)
    }
}

/// What a rule says that might be anything: nobody would see.
#[derive(Debug, Clone, Copy)]
pub struct Unseen {
    /// The rule's id.
    pub rule: &'static str,
    /// Which way; `None` for both.
    pub direction: Option<Direction>,
    /// Why nothing shows it.
    pub because: &'static str,
}

impl Unseen {
    /// What it is about.
    pub fn claims(&self) -> impl Iterator<Item = Claim> {
        claims(self.rule, self.direction)
    }
}

/// What happens in one case only, and is right to be told otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Apart {
    /// The case's folder.
    pub case: &'static str,
    /// To what it happens.
    pub name: &'static str,
    /// Which way.
    pub direction: Direction,
    /// Why the report is right all the same.
    pub because: &'static str,
}

fn claims(rule: &'static str, direction: Option<Direction>) -> impl Iterator<Item = Claim> {
    let ways = Direction::ALL.into_iter().filter(move |it| direction.is_none_or(|only| only == *it));
    ways.map(move |direction| (rule, direction))
}

/// A table of [`Beyond`], of which one entry may be left out.
#[derive(Debug, Clone, Copy)]
pub struct Exceptions<'a> {
    table: &'a [Beyond],
    without: Option<usize>,
}

impl<'a> Exceptions<'a> {
    /// All of a table. Of those that apply to a claim the first counts.
    #[must_use]
    pub fn new(table: &'a [Beyond]) -> Self {
        Self { table, without: None }
    }

    /// What is to be seen of what a rule says.
    #[must_use]
    pub fn shown(&self, rule: &str, direction: Direction, said: Effect) -> Effect {
        let mut entries = self.table.iter().enumerate().filter(|(place, _)| Some(*place) != self.without);
        let applies = |it: &Beyond| it.claims().any(|it| it == (rule, direction));
        entries.find(|(_, it)| applies(it)).map_or(said, |(_, it)| it.shows)
    }

    /// The places of the entries without which `said` is something else.
    pub fn needed<T: PartialEq>(&self, said: impl Fn(&Self) -> T) -> impl Iterator<Item = usize> {
        (0..self.table.len())
            .filter(move |place| said(&Self { without: Some(*place), ..*self }) != said(self))
    }
}
