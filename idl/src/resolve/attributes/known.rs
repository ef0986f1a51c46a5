//! Every attribute of the language, and where each belongs.

/// What attributes stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Place {
    Package,
    Interface,
    Struct,
    Enum,
    Union,
    Alias,
    Error,
    Event,
    Field,
    Param,
    Variant,
    Rpc,
    Oneway,
    Task,
    Emits,
    Handler,
    Raise,
}

impl Place {
    /// For messages, with its article.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Package => "a package",
            Self::Interface => "an interface",
            Self::Struct => "a struct",
            Self::Enum => "an enum",
            Self::Union => "a union",
            Self::Alias => "a type alias",
            Self::Error => "an error",
            Self::Event => "an event",
            Self::Field => "a field",
            Self::Param => "a parameter",
            Self::Variant => "a variant",
            Self::Rpc => "an `rpc`",
            Self::Oneway => "a `oneway`",
            Self::Task => "a `task`",
            Self::Emits => "an `emits` line",
            Self::Handler => "an `on` line",
            Self::Raise => "an error of a `raises` list",
        }
    }

    /// Without its article.
    pub(in crate::resolve) fn noun(self) -> &'static str {
        match self {
            Self::Rpc | Self::Oneway | Self::Task => "method",
            Self::Emits => "emitted event",
            Self::Handler => "handler",
            Self::Raise => "raised error",
            _ => self.describe().split_once(' ').map_or("", |(_, noun)| noun),
        }
    }
}

/// One attribute of the language.
#[derive(Debug, Clone, Copy)]
pub struct KnownAttribute {
    /// Without `@`.
    pub name: &'static str,
    /// An example, with `@`.
    pub usage: &'static str,
    /// Where it may stand.
    pub places: &'static [Place],
}

pub(super) const METHODS: [Place; 3] = [Place::Rpc, Place::Oneway, Place::Task];

/// Everything but packages.
const VERSIONED: &[Place] = &[
    Place::Interface,
    Place::Struct,
    Place::Enum,
    Place::Union,
    Place::Alias,
    Place::Error,
    Place::Event,
    Place::Field,
    Place::Param,
    Place::Variant,
    Place::Rpc,
    Place::Oneway,
    Place::Task,
    Place::Emits,
    Place::Handler,
    Place::Raise,
];

/// What can be discouraged: all that is versioned and has a name of its own.
const NAMED: &[Place] = &[
    Place::Interface,
    Place::Struct,
    Place::Enum,
    Place::Union,
    Place::Alias,
    Place::Error,
    Place::Event,
    Place::Field,
    Place::Param,
    Place::Variant,
    Place::Rpc,
    Place::Oneway,
    Place::Task,
    Place::Handler,
];

/// What peers rely on by its name.
const RELIED_ON: &[Place] = &[
    Place::Interface,
    Place::Struct,
    Place::Enum,
    Place::Union,
    Place::Alias,
    Place::Error,
    Place::Event,
    Place::Field,
    Place::Param,
    Place::Variant,
    Place::Rpc,
    Place::Oneway,
    Place::Task,
];

/// What travels by name.
const ON_THE_WIRE: &[Place] = &[
    Place::Interface,
    Place::Error,
    Place::Event,
    Place::Field,
    Place::Param,
    Place::Variant,
    Place::Rpc,
    Place::Oneway,
    Place::Task,
    Place::Handler,
];

/// What can be known under a former name; a handler's name is its queue's, and queues have one name.
const RENAMED: &[Place] = &[
    Place::Interface,
    Place::Error,
    Place::Event,
    Place::Field,
    Place::Param,
    Place::Variant,
    METHODS[0],
    METHODS[1],
    METHODS[2],
];

/// Every attribute without a dot.
pub const KNOWN: &[KnownAttribute] = &[
    KnownAttribute { name: "since", usage: "@since(1.2)", places: VERSIONED },
    KnownAttribute { name: "was", usage: "@was(\"old_name\")", places: RENAMED },
    KnownAttribute { name: "deprecated", usage: "@deprecated(1.4, \"why\")", places: NAMED },
    KnownAttribute { name: "unstable", usage: "@unstable", places: RELIED_ON },
    KnownAttribute { name: "wire", usage: "@wire(\"name\")", places: ON_THE_WIRE },
    KnownAttribute { name: "timeout", usage: "@timeout(2s)", places: &[Place::Rpc] },
    KnownAttribute { name: "idempotent", usage: "@idempotent", places: &[Place::Rpc] },
    KnownAttribute { name: "retryable", usage: "@retryable", places: &[Place::Error] },
    KnownAttribute { name: "fallback", usage: "@fallback", places: &[Place::Variant] },
    KnownAttribute { name: "raw", usage: "@raw", places: &[Place::Rpc] },
    KnownAttribute { name: "internal", usage: "@internal", places: &[Place::Rpc] },
    KnownAttribute { name: "http", usage: "@http(GET, \"/places/{address}\")", places: &[Place::Rpc] },
    KnownAttribute { name: "ttl", usage: "@ttl(30s)", places: &[Place::Event] },
    KnownAttribute { name: "sequential", usage: "@sequential", places: &[Place::Handler, Place::Task] },
    KnownAttribute { name: "broadcast", usage: "@broadcast", places: &[Place::Handler] },
    KnownAttribute { name: "retry", usage: "@retry(3)", places: &[Place::Handler, Place::Task] },
    KnownAttribute {
        name: "serial",
        usage: "@serial(key = user, partitions = 12)",
        places: &[Place::Handler],
    },
    KnownAttribute { name: "queue", usage: "@queue(\"name\")", places: &[Place::Handler] },
    KnownAttribute { name: "durable", usage: "@durable(false)", places: &[Place::Handler, Place::Task] },
];

/// Where an attribute may stand, in words.
pub(super) fn belongs(known: &KnownAttribute) -> String {
    let places: Vec<&str> = known.places.iter().map(|place| place.describe()).collect();
    match places.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("it belongs on {} or {last}", rest.join(", "))
        }
        Some((only, _)) => format!("it belongs on {only}"),
        None => String::new(),
    }
}
