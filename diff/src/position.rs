//! Where values travel, and who writes and reads them there.

use crate::effect::Effect;
use crate::pair::Pair;

/// Where values of a type travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Position {
    /// From client to server.
    Param,
    /// From server to client.
    Result,
    /// From server to client, in place of a result.
    Error,
    /// From producer to consumers.
    Event,
}

impl Position {
    /// In the order of tables.
    pub const ALL: [Self; 4] = [Self::Param, Self::Result, Self::Error, Self::Event];

    /// As ids begin with it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Param => "param",
            Self::Result => "result",
            Self::Error => "error",
            Self::Event => "event",
        }
    }

    /// Who writes and who reads, in the plural.
    #[must_use]
    pub fn roles(self) -> (Role, Role) {
        match self {
            Self::Param => (Role::Client, Role::Server),
            Self::Result | Self::Error => (Role::Server, Role::Client),
            Self::Event => (Role::Producer, Role::Consumer),
        }
    }
}

/// Who takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Calls.
    Client,
    /// Is called.
    Server,
    /// Emits.
    Producer,
    /// Handles events.
    Consumer,
}

impl Role {
    /// In the plural.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Client => "clients",
            Self::Server => "servers",
            Self::Producer => "producers",
            Self::Consumer => "consumers",
        }
    }

    /// One of them.
    #[must_use]
    pub fn singular(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Producer => "producer",
            Self::Consumer => "consumer",
        }
    }
}

/// What happens between two versions that run at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// What happens.
    pub effect: Effect,
    /// Whether callers are kept from it: what is new is not sent to, or looked for at, an older instance.
    pub guarded: bool,
}

/// What happens in the four ways in which two versions meet; `None` where they do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Matrix {
    /// An old client and a new server.
    pub old_client: Option<Cell>,
    /// A new client and an old server.
    pub new_client: Option<Cell>,
    /// An old consumer and a new producer.
    pub old_consumer: Option<Cell>,
    /// A new consumer and an old producer.
    pub new_consumer: Option<Cell>,
}

impl Matrix {
    /// Of a change of values that travel at `position`.
    #[must_use]
    pub fn of_shape(position: Position, backward: Effect, forward: Effect, guarded: bool) -> Self {
        let old = |effect| Some(Cell { effect, guarded: false });
        let new = |effect| Some(Cell { effect, guarded });
        match position {
            Position::Param => {
                Self { old_client: old(backward), new_client: new(forward), ..Self::default() }
            }
            Position::Result | Position::Error => {
                Self { old_client: old(forward), new_client: new(backward), ..Self::default() }
            }
            Position::Event => {
                Self { old_consumer: old(forward), new_consumer: old(backward), ..Self::default() }
            }
        }
    }

    /// The worse of both in every way.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        let worse = |a: Option<Cell>, b: Option<Cell>| match (a, b) {
            (Some(a), Some(b)) => {
                // What is guarded in one place only is not safe in the other.
                Some(if (a.effect, !a.guarded) >= (b.effect, !b.guarded) { a } else { b })
            }
            (a, b) => a.or(b),
        };
        Self {
            old_client: worse(self.old_client, other.old_client),
            new_client: worse(self.new_client, other.new_client),
            old_consumer: worse(self.old_consumer, other.old_consumer),
            new_consumer: worse(self.new_consumer, other.new_consumer),
        }
    }

    /// The four ways with whom they concern: the first runs the old schema's or the new one's version
    /// against the second, which runs the other.
    #[must_use]
    pub fn cells(&self) -> [(Pair<Role>, bool, Option<Cell>); 4] {
        let calls = Pair::new(Role::Client, Role::Server);
        let events = Pair::new(Role::Consumer, Role::Producer);
        [
            (calls, true, self.old_client),
            (calls, false, self.new_client),
            (events, true, self.old_consumer),
            (events, false, self.new_consumer),
        ]
    }
}

/// In which order instances have to be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// As one likes.
    Any,
    /// All of these before any of the others.
    First(Role),
    /// There is none in which nobody is hurt.
    None,
}

/// In which order instances have to be replaced, for calls and for events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rollout {
    /// Clients against servers.
    pub calls: Order,
    /// Consumers against producers.
    pub events: Order,
}

impl Rollout {
    /// What the matrix leaves open.
    #[must_use]
    pub fn of(matrix: &Matrix) -> Self {
        let order = |old: Option<Cell>, new: Option<Cell>, role, other| {
            let breaks = |cell: Option<Cell>| cell.is_some_and(|cell| cell.effect.is_break());
            match (breaks(old), breaks(new)) {
                (false, false) => Order::Any,
                // Only the new one of the first role is hurt: whoever it talks to must be new before.
                (false, true) => Order::First(other),
                (true, false) => Order::First(role),
                (true, true) => Order::None,
            }
        };
        Self {
            calls: order(matrix.old_client, matrix.new_client, Role::Client, Role::Server),
            events: order(matrix.old_consumer, matrix.new_consumer, Role::Consumer, Role::Producer),
        }
    }
}
