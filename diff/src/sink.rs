//! What checks tell: changes, each with its place on both sides.

use lymph_idl::model::{Interface, Meta, Method, MethodKind, Package, Since, Type};
use lymph_idl::{Schema, Span};

use crate::graph::NodeId;
use crate::line;
use crate::node::Value;
use crate::pair::Pair;
use crate::path::{Part, Path};
use crate::rule::{Consequence, Rule};
use crate::side::Side;

/// A difference that a rule speaks of, before it is known where its type travels.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub rule: &'static Rule,
    /// The package that holds it, on the new side if it is there.
    pub package: String,
    pub path: String,
    /// The last part of the path.
    pub name: String,
    pub spans: Pair<Option<Span>>,
    /// What stood there and what stands there now, for messages and the fingerprint.
    pub values: Pair<String>,
    /// What holds the value; `None` for what is no value.
    pub node: Option<NodeId>,
    /// Whether new callers are kept from old servers.
    pub guarded: bool,
}

/// Both schemas and the packages that are compared now.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// Where names are looked up.
    pub schemas: Pair<&'a Schema>,
    /// The packages that hold what is compared; `None` where one side has none.
    pub packages: Pair<Option<&'a Package>>,
    /// The schemas, with what is looked up in them.
    pub(crate) sides: Pair<&'a Side<'a>>,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(sides: Pair<&'a Side<'a>>, packages: Pair<Option<&'a Package>>) -> Self {
        Self { schemas: sides.map(|side| side.schema), packages, sides }
    }

    /// A type of the old side as it is written, without a default.
    #[must_use]
    pub fn old_value(&self, ty: &'a Type) -> Value<'a> {
        Value::new(self.schemas.old, ty, None)
    }

    /// A type of the new side as it is written, without a default.
    #[must_use]
    pub fn new_value(&self, ty: &'a Type) -> Value<'a> {
        Value::new(self.schemas.new, ty, None)
    }
}

/// Where the walk is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'p, 'a> {
    pub scope: Scope<'a>,
    pub path: &'p Path<'p>,
    /// The last part of the path.
    pub name: &'p str,
    pub node: Option<NodeId>,
    /// Whether callers leave out what is newer than the instance they talk to.
    pub guards: bool,
    pub spans: Pair<Option<Span>>,
}

/// Takes in what one check of one rule finds at one place.
#[derive(Debug)]
pub struct Sink<'w, 'a> {
    changes: &'w mut Vec<Change>,
    rule: &'static Rule,
    at: At<'w, 'a>,
}

impl<'w, 'a> Sink<'w, 'a> {
    pub(crate) fn new(changes: &'w mut Vec<Change>, rule: &'static Rule, at: At<'w, 'a>) -> Self {
        Self { changes, rule, at }
    }

    /// Where the compared pair stands.
    #[must_use]
    pub fn scope(&self) -> Scope<'a> {
        self.at.scope
    }

    /// Tells of the compared pair itself, with what stood there and what stands there now.
    pub fn here(&mut self, values: Pair<impl Into<String>>) {
        let name = format!("{}{}", self.at.name, self.at.path.inside());
        self.tell(self.at.path.to_string(), name, self.at.spans, values.map_into(), false);
    }

    /// Tells of a member that only the new side has.
    pub fn added(&mut self, member: &Meta) {
        let guarded = self.is_guarded(member);
        self.member(member, Pair::new(self.at.spans.old, Some(member.span)), Pair::default(), guarded);
    }

    /// Tells of a member that only the old side has.
    pub fn removed(&mut self, member: &Meta) {
        self.member(member, Pair::new(Some(member.span), self.at.spans.new), Pair::default(), false);
    }

    /// Tells of a member that is other on both sides, under the name that it has now.
    pub fn changed(&mut self, members: Pair<&Meta>, values: Pair<impl Into<String>>) {
        let spans = members.map(|member| Some(member.span));
        self.member(members.new, spans, values.map_into(), false);
    }

    /// Tells of something of the compared pair that has a place of its own.
    pub fn at(&mut self, name: &str, spans: Pair<Option<Span>>, values: Pair<impl Into<String>>) {
        let path = self.at.path.then(self.part(name)).to_string();
        self.tell(path, name.to_owned(), spans, values.map_into(), false);
    }

    /// Tells of a part of the compared pair that is no member, under the pair's name if it has none. Where
    /// a side has no such part, the place is that of the pair.
    pub(crate) fn part_of(
        &mut self,
        part: Part<'_>,
        spans: Pair<Option<Span>>,
        values: Pair<impl Into<String>>,
    ) {
        let spans = Pair::new(spans.old.or(self.at.spans.old), spans.new.or(self.at.spans.new));
        let path = self.at.path.then(part).to_string();
        let name = if part.name().is_empty() { self.at.name } else { part.name() }.to_owned();
        self.tell(path, name, spans, values.map_into(), false);
    }

    /// Tells of a whole declaration, by a path of its own.
    pub fn declaration(&mut self, name: &str, spans: Pair<Option<Span>>, values: Pair<impl Into<String>>) {
        self.tell(name.to_owned(), name.to_owned(), spans, values.map_into(), false);
    }

    /// Tells of a method that only the new side has. Callers look for instances that have it, but tasks are
    /// published whoever is there.
    pub fn added_method(&mut self, method: &Method) {
        let guarded = self.is_guarded(&method.meta) && method.kind != MethodKind::Task;
        let spans = Pair::new(self.at.spans.old, Some(method.meta.span));
        self.member(&method.meta, spans, Pair::default(), guarded);
    }

    /// Tells of an interface that only the new side has. No older instance registers it, so nobody calls such
    /// an instance.
    pub fn offered(&mut self, interface: &Interface) {
        let (name, spans) = (&interface.meta.name.value, Pair::new(None, Some(interface.meta.span)));
        self.tell(name.clone(), name.clone(), spans, Pair::default(), is_only_called(interface));
    }

    /// Tells of the compared interface, which registers under another name: as that no older instance does,
    /// nobody calls such an instance.
    pub fn offered_instead(&mut self, interfaces: &Pair<&Interface>) {
        let (path, name) = (self.at.path.to_string(), self.at.name.to_owned());
        let values = interfaces.map(|interface| interface.meta.wire.clone());
        self.tell(path, name, self.at.spans, values, is_only_called(interfaces.new));
    }

    /// Tells of something by a path of its own and the last part of it.
    pub fn elsewhere(
        &mut self,
        owner: &str,
        name: &str,
        spans: Pair<Option<Span>>,
        values: Pair<impl Into<String>>,
    ) {
        let path = if owner.is_empty() { name.to_owned() } else { format!("{owner}.{name}") };
        self.tell(path, name.to_owned(), spans, values.map_into(), false);
    }

    /// Whether something came to be after the version that is compared with.
    #[must_use]
    pub fn is_newer(&self, member: &Meta) -> bool {
        let since = member.since.as_ref().map(|since| since.value);
        match (since, self.at.scope.packages.old) {
            (Some(Since::Next), _) => true,
            (Some(Since::Version(since)), Some(old)) => since > old.version.value,
            _ => false,
        }
    }

    /// Whether new callers leave out what is new, or look for instances that have it.
    fn is_guarded(&self, member: &Meta) -> bool {
        let is_of_calls = matches!(self.rule.consequence, Consequence::Call { .. });
        (self.at.guards || is_of_calls) && self.is_newer(member)
    }

    fn part<'n>(&self, name: &'n str) -> Part<'n> {
        if self.at.guards { Part::Param(name) } else { Part::Member(name) }
    }

    fn member(&mut self, member: &Meta, spans: Pair<Option<Span>>, values: Pair<String>, guarded: bool) {
        let name = &member.name.value;
        let path = self.at.path.then(self.part(name)).to_string();
        self.tell(path, name.clone(), spans, values, guarded);
    }

    fn tell(
        &mut self,
        path: String,
        name: String,
        spans: Pair<Option<Span>>,
        values: Pair<String>,
        guarded: bool,
    ) {
        let packages = self.at.scope.packages;
        let package = packages.new.or(packages.old);
        let package = package.map_or_else(String::new, |it| line::name(self.at.scope.sides, it));
        let (rule, node) = (self.rule, self.at.node);
        self.changes.push(Change { rule, package, path, name, spans, values, node, guarded });
    }
}

/// Whether discovery is asked for everything that it offers. Tasks are published whoever is there.
fn is_only_called(interface: &Interface) -> bool {
    interface.methods.iter().all(|method| method.kind != MethodKind::Task)
}

impl<T: Into<String>> Pair<T> {
    fn map_into(self) -> Pair<String> {
        self.map(Into::into)
    }
}
