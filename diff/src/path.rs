//! Where in a schema something stands, as people say it: `Geocoder.locate(country)`, `Match.tags[]`.

use std::fmt;

/// One step of a path.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part<'p> {
    /// A declaration.
    Root(&'p str),
    /// A field, variant or method.
    Member(&'p str),
    /// A parameter.
    Param(&'p str),
    /// What a method returns.
    Result,
    /// A handler of an interface.
    Handler(&'p str),
    /// An event that an interface says it emits.
    Emits(&'p str),
    /// An error that a method declares.
    Raises(&'p str),
    /// Elements of a list or set.
    Elements,
    /// Keys of a map.
    Keys,
    /// Values of a map.
    Values,
}

impl<'p> Part<'p> {
    /// The name in it; empty when it has none.
    pub(crate) fn name(self) -> &'p str {
        match self {
            Self::Root(name)
            | Self::Member(name)
            | Self::Param(name)
            | Self::Handler(name)
            | Self::Emits(name)
            | Self::Raises(name) => name,
            Self::Result | Self::Elements | Self::Keys | Self::Values => "",
        }
    }
}

/// A path is cheap to make and written only when there is something to tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    part: Part<'p>,
}

impl<'p> Path<'p> {
    pub(crate) fn root(name: &'p str) -> Self {
        Self { parent: None, part: Part::Root(name) }
    }

    pub(crate) fn then<'c>(&'c self, part: Part<'c>) -> Path<'c>
    where
        'p: 'c,
    {
        Path { parent: Some(self), part }
    }

    /// What is taken out of the last thing that has a name: `[]` of `Match.tags[]`.
    pub(crate) fn inside(&self) -> String {
        match (self.part, self.parent) {
            (Part::Elements | Part::Keys | Part::Values, Some(parent)) => {
                format!("{}{}", parent.inside(), self.part)
            }
            _ => String::new(),
        }
    }
}

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Root(name) => f.write_str(name),
            Part::Member(name) => write!(f, ".{name}"),
            Part::Param(name) => write!(f, "({name})"),
            Part::Result => f.write_str(" -> result"),
            Part::Handler(name) => write!(f, " on {name}"),
            Part::Emits(name) => write!(f, " emits {name}"),
            Part::Raises(name) => write!(f, " raises {name}"),
            Part::Elements => f.write_str("[]"),
            Part::Keys => f.write_str("{key}"),
            Part::Values => f.write_str("{value}"),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        self.part.fmt(f)
    }
}
