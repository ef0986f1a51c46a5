//! A rule: one way in which two schemas differ, and what follows from it.

use lymph_idl::model::{ErrorDef, Event, Handler, Interface, Meta, Method, Package, TypeDef};

use crate::changes::{MemberChanges, VariantChanges};
use crate::effect::{Edit, Effect, Step};
use crate::history::OldBreak;
use crate::matching::{InterfaceMembers, PackageMembers};
use crate::node::{Choice, Members, Value};
use crate::pair::Pair;
use crate::policy::Left;
use crate::position::Position;
use crate::sink::Sink;
use crate::verdict::PackageChange;

/// One way in which two schemas differ.
///
/// Texts may hold `{name}`, the last part of the path, and `{old}` and `{new}`, what stood there before
/// and what stands there now.
#[derive(Debug)]
pub struct Rule {
    /// Noun first, kebab-case; shape rules are told with their position, as `param-became-required`.
    pub id: &'static str,
    /// What it finds, in one line, for tables and lists.
    pub summary: &'static str,
    /// What happened, in one line, for a finding.
    pub message: &'static str,
    /// What the old and the new side mean, in a few words beside the source line; may be empty.
    pub notes: Pair<&'static str>,
    /// Why those who break do, or what is lost, in a few words; empty when nothing is.
    pub because: &'static str,
    /// Why it matters, in one or two paragraphs of Markdown.
    pub explanation: &'static str,
    /// Declarations on which the rule fires; a package line is put before each.
    pub example: Pair<&'static str>,
    /// The quickest way out, in a few words.
    pub fix: &'static str,
    /// How to make such a change so that nobody is hurt, in one or two sentences of Markdown.
    pub migration: &'static str,
    /// Who is hurt, and which version it needs.
    pub consequence: Consequence,
    /// Whose Rust code has to be edited when it is built against the new schema.
    pub edits: &'static [Edit],
    /// Finds it.
    pub check: Check,
}

/// Who is hurt by a change, and which version it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequence {
    /// Of values, wherever they travel. The position says who writes and who reads.
    Shape {
        /// An old writer's values at a new reader.
        backward: Effect,
        /// A new writer's values at an old reader.
        forward: Effect,
        /// In parameters.
        param: Step,
        /// In results and errors.
        result: Step,
        /// In events.
        event: Step,
    },
    /// Of methods and interfaces.
    Call {
        /// An old client's calls to a new server.
        old_client: Effect,
        /// A new client's calls to an old server.
        new_client: Effect,
        /// The version that it needs.
        step: Step,
    },
    /// Of events and those who handle them.
    Event {
        /// An old consumer hears a new producer.
        old_consumer: Effect,
        /// A new consumer hears an old producer.
        new_consumer: Effect,
        /// The version that it needs.
        step: Step,
    },
    /// Of versions: nothing on the wire, but the promise that a version makes.
    Promise {
        /// How much it matters.
        level: Level,
    },
}

/// What a finding does to the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Told when asked for.
    Note,
    /// Told.
    Warning,
    /// Told, and the change is not acceptable.
    Error,
}

impl Level {
    /// As people and programs read it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Which pairs a rule looks at. The walk pairs; a check only compares, and tells the sink.
///
/// Of the kinds marked *exclusive* the first rule in the order of [`RULES`](crate::RULES) that speaks of a
/// pair is the only one.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// Whether a member or element has to be there. Exclusive.
    Presence(fn(&Pair<Value<'_>>, &mut Sink<'_, '_>)),
    /// Types that differ after aliases and optionality. Exclusive.
    Type(fn(&Pair<Value<'_>>, &mut Sink<'_, '_>)),
    /// Constraints on values of the same shape.
    Bounds(fn(&Pair<Value<'_>>, &mut Sink<'_, '_>)),
    /// How a type is named and through which aliases it is reached.
    Naming(fn(&Pair<Value<'_>>, &mut Sink<'_, '_>)),
    /// Fields or parameters, and what became of them.
    Members(fn(&Pair<Members<'_>>, &MemberChanges<'_>, &mut Sink<'_, '_>)),
    /// Variants of enums and unions, and what became of them.
    Choice(fn(&Pair<Choice<'_>>, &VariantChanges<'_>, &mut Sink<'_, '_>)),
    /// Declared types that meet, once however often they are used.
    TypeDef(fn(&Pair<&TypeDef>, &mut Sink<'_, '_>)),
    /// What a package declares.
    Package(fn(&PackageMembers<'_>, &mut Sink<'_, '_>)),
    /// What an interface holds.
    Interface(fn(&Pair<&Interface>, &InterfaceMembers<'_, '_>, &mut Sink<'_, '_>)),
    /// A method that both sides have.
    Method(fn(&Pair<&Method>, &mut Sink<'_, '_>)),
    /// An error that both sides have.
    Error(fn(&Pair<&ErrorDef>, &mut Sink<'_, '_>)),
    /// An event that both sides have.
    Event(fn(&Pair<&Event>, &mut Sink<'_, '_>)),
    /// A handler that both sides have.
    Handler(fn(&Pair<&Handler>, &mut Sink<'_, '_>)),
    /// What everything that is declared carries: docs, versions, attributes.
    Meta(fn(&Pair<&Meta>, &mut Sink<'_, '_>)),
    /// A package whose findings are known.
    Version(fn(&PackageChange<'_>, &mut Sink<'_, '_>)),
    /// An acceptance that accepts nothing.
    Acceptance(fn(&Left<'_>, &mut Sink<'_, '_>)),
    /// A break that only an older version makes visible.
    History(fn(&OldBreak, &mut Sink<'_, '_>)),
    /// Two majors of one package, both on the new side.
    Majors(fn(Pair<&Package>, &mut Sink<'_, '_>)),
}

impl Rule {
    /// The ids that findings of this rule can have: with each position before it, or as it is.
    pub fn ids(&self) -> impl Iterator<Item = String> {
        let positions: &[Position] =
            if matches!(self.consequence, Consequence::Shape { .. }) { &Position::ALL } else { &[] };
        let plain = if positions.is_empty() { Some(self.id.to_owned()) } else { None };
        positions.iter().map(|position| format!("{}-{}", position.name(), self.id)).chain(plain)
    }
}
