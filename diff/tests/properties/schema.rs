//! Schemas made up by chance: one package with every kind of declaration, always right.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;

/// A package with one method, one event and one error.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    /// Named `T0`, `T1`, …; each can use those before it, and all others in lists.
    pub types: Vec<Declared>,
    pub params: Vec<Member>,
    pub result: Type,
    pub event: Vec<Member>,
    pub error: Vec<Member>,
}

#[derive(Debug, Clone)]
pub(crate) struct Declared {
    pub name: String,
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Struct { closed: bool, members: Vec<Member>, reserved: Vec<String> },
    Enum { closed: bool, has_fallback: bool, variants: Vec<Variant>, reserved: Vec<String> },
    Union { closed: bool, members: Vec<Member> },
    Alias(Type),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Variant {
    pub name: String,
    pub wire: Option<String>,
    pub was: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub head: Variant,
    pub ty: Type,
    pub presence: Presence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    Optional,
    Patch,
    /// A number between the bounds; required where the type takes none.
    Default(u8),
}

#[derive(Debug, Clone)]
pub(crate) enum Type {
    Scalar(&'static str),
    /// An integer or text, and its bounds.
    Bounded(&'static str, u8, u8),
    Pattern(&'static str),
    List(Box<Type>),
    Set(&'static str),
    Map(&'static str, Box<Type>),
    /// An optional element.
    Maybe(Box<Type>),
    Named(usize),
}

pub(crate) const SCALARS: [&str; 16] = [
    "bool", "i8", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "string", "bytes", "uuid",
    "duration", "decimal", "any",
];
const KEYS: [&str; 4] = ["string", "u16", "i64", "uuid"];
const INTEGERS: [&str; 4] = ["i32", "u8", "u16", "string"];
const PATTERNS: [&str; 3] = ["^[a-z]+$", "^[0-9]+$", "x"];

pub(crate) fn ty() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        4 => prop::sample::select(&SCALARS[..]).prop_map(Type::Scalar),
        1 => Just(Type::Scalar("string")),
        2 => (prop::sample::select(&INTEGERS[..]), 0..5_u8, 100..120_u8)
            .prop_map(|(name, min, max)| Type::Bounded(name, min, max)),
        1 => prop::sample::select(&PATTERNS[..]).prop_map(Type::Pattern),
        1 => prop::sample::select(&KEYS[..]).prop_map(Type::Set),
        4 => (0..8_usize).prop_map(Type::Named),
    ];
    leaf.prop_recursive(2, 4, 1, |inner| {
        let element = prop_oneof![
            3 => inner.clone(),
            1 => inner.clone().prop_map(|ty| Type::Maybe(Box::new(ty))),
        ];
        prop_oneof![
            element.clone().prop_map(|ty| Type::List(Box::new(ty))),
            (prop::sample::select(&KEYS[..]), element).prop_map(|(key, ty)| Type::Map(key, Box::new(ty))),
        ]
    })
}

pub(crate) fn presence() -> impl Strategy<Value = Presence> {
    prop_oneof![
        Just(Presence::Required),
        Just(Presence::Optional),
        Just(Presence::Patch),
        (5..100_u8).prop_map(Presence::Default),
    ]
}

pub(crate) fn member() -> impl Strategy<Value = Member> {
    let wire = prop::option::weighted(0.1, Just(()));
    (ty(), presence(), wire.clone(), wire).prop_map(|(ty, presence, wire, was)| Member {
        // Names follow from the place, so that they are different.
        head: Variant {
            name: String::new(),
            wire: wire.map(|()| String::new()),
            was: was.map(|()| String::new()),
        },
        ty,
        presence,
    })
}

fn members(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Member>> {
    vec(member(), count).prop_map(|mut members| {
        for (place, member) in members.iter_mut().enumerate() {
            name(&mut member.head, &format!("m{place}"));
        }
        members
    })
}

fn variants() -> impl Strategy<Value = Vec<Variant>> {
    vec(prop::option::weighted(0.2, Just(())), 1..4).prop_map(|wires| {
        let named = wires.into_iter().zip(0..).map(|(wire, place)| {
            let mut variant = Variant { wire: wire.map(|()| String::new()), ..Variant::default() };
            name(&mut variant, &format!("v{place}"));
            variant
        });
        named.collect()
    })
}

/// Gives a name, and others that follow from it where others are wanted.
fn name(head: &mut Variant, name: &str) {
    name.clone_into(&mut head.name);
    head.wire = head.wire.as_ref().map(|_| format!("{name}_wire"));
    head.was = head.was.as_ref().map(|_| format!("{name}_was"));
}

fn kind() -> impl Strategy<Value = Kind> {
    let closed = any::<bool>();
    prop_oneof![
        3 => (closed, members(0..4), any::<bool>()).prop_map(|(closed, members, reserves)| {
            let reserved = if reserves { vec!["gone".to_owned()] } else { Vec::new() };
            Kind::Struct { closed, members, reserved }
        }),
        2 => (closed, any::<bool>(), variants(), any::<bool>()).prop_map(
            |(closed, has_fallback, variants, reserves)| {
                let reserved = if reserves { vec!["gone".to_owned()] } else { Vec::new() };
                Kind::Enum { closed, has_fallback, variants, reserved }
            }
        ),
        1 => (closed, members(1..3)).prop_map(|(closed, members)| Kind::Union { closed, members }),
        1 => ty().prop_map(Kind::Alias),
    ]
}

pub(crate) fn package() -> impl Strategy<Value = Package> {
    let record = || members(0..4);
    (vec(kind(), 2..6), record(), ty(), record(), record()).prop_map(
        |(kinds, params, result, event, error)| {
            let named = kinds.into_iter().zip(0..);
            let types = named.map(|(kind, place)| Declared { name: format!("T{place}"), kind }).collect();
            Package { types, params, result, event, error }
        },
    )
}

impl Package {
    /// As a schema, with the version that it is to have.
    pub(crate) fn text(&self, version: &str) -> String {
        let all = self.types.len();
        let mut text = format!("package made @ {version};\n");
        let params: Vec<String> = self.params.iter().map(|it| self.member(it, all)).collect();
        let result = self.ty(&self.result, all);
        let mut put =
            |line: String| text.write_fmt(format_args!("{line}\n")).expect("a string takes everything");
        put(format!(
            "interface Service {{\n    rpc call({}) -> {result} raises Failed;\n}}",
            params.join(", ")
        ));
        put(format!("event happened {{\n{}}}", self.members(&self.event, all)));
        put(format!("error Failed {{\n{}}}", self.members(&self.error, all)));
        for (place, declared) in self.types.iter().enumerate() {
            let name = &declared.name;
            let closes = |closed: bool| if closed { "closed " } else { "" };
            put(match &declared.kind {
                Kind::Struct { closed, members, reserved } => {
                    let members = self.members(members, place) + &reservations(reserved);
                    format!("{}struct {name} {{\n{members}}}", closes(*closed))
                }
                Kind::Enum { closed, has_fallback, variants, reserved } => {
                    let fallback = (*has_fallback && !closed).then(|| variants.len() - 1);
                    let lines: String = variants
                        .iter()
                        .enumerate()
                        .map(|(place, variant)| {
                            let fallback = if fallback == Some(place) { "@fallback " } else { "" };
                            format!("    {fallback}{},\n", head(variant))
                        })
                        .collect();
                    format!("{}enum {name} {{\n{lines}{}}}", closes(*closed), reservations(reserved))
                }
                Kind::Union { closed, members } => {
                    let lines: String = members
                        .iter()
                        .map(|it| format!("    {}: {},\n", head(&it.head), self.ty(&it.ty, place)))
                        .collect();
                    format!("{}union {name} {{\n{lines}}}", closes(*closed))
                }
                Kind::Alias(ty) => format!("type {name} = {};", self.ty(ty, place)),
            });
        }
        text
    }

    fn members(&self, members: &[Member], place: usize) -> String {
        members.iter().map(|it| format!("    {},\n", self.member(it, place))).collect()
    }

    fn member(&self, member: &Member, place: usize) -> String {
        let (head, ty) = (head(&member.head), self.ty(&member.ty, place));
        match member.presence {
            Presence::Required => format!("{head}: {ty}"),
            Presence::Optional => format!("{head}: {ty}?"),
            Presence::Patch => format!("{head}: patch<{ty}>"),
            Presence::Default(number) => match &member.ty {
                Type::Scalar("string") => format!("{head}: {ty} = \"{number}\""),
                Type::Scalar("decimal") => format!("{head}: {ty} = \"{number}.50\""),
                Type::Scalar("duration") => format!("{head}: {ty} = {number}s"),
                Type::Scalar(name) if name.starts_with(['i', 'f']) || name.starts_with("u1") => {
                    format!("{head}: {ty} = {number}")
                }
                Type::Bounded(name, ..) if *name != "string" => format!("{head}: {ty} = {number}"),
                Type::List(_) | Type::Set(_) => format!("{head}: {ty} = []"),
                Type::Map(..) => format!("{head}: {ty} = {{}}"),
                _ => format!("{head}: {ty}"),
            },
        }
    }

    /// A type where those declared before `place` can be used as they are.
    fn ty(&self, ty: &Type, place: usize) -> String {
        match ty {
            Type::Scalar(name) => (*name).to_owned(),
            Type::Bounded(name, min, max) => format!("{name}({min}..={max})"),
            Type::Pattern(pattern) => format!("string(pattern = \"{pattern}\")"),
            Type::List(element) => format!("list<{}>", self.ty(element, place)),
            Type::Set(name) => format!("set<{name}>"),
            Type::Map(key, value) => format!("map<{key}, {}>", self.ty(value, place)),
            Type::Maybe(inner) => format!("{}?", self.ty(inner, place)),
            Type::Named(index) => {
                let declared = &self.types[index % self.types.len()];
                let is_alias = matches!(declared.kind, Kind::Alias(_));
                match index % self.types.len() {
                    index if index < place => declared.name.clone(),
                    // Aliases that lead to each other would never end.
                    _ if is_alias => "bool".to_owned(),
                    _ if place < self.types.len() && matches!(self.types[place].kind, Kind::Alias(_)) => {
                        "bool".to_owned()
                    }
                    _ => format!("list<{}>", declared.name),
                }
            }
        }
    }
}

fn head(head: &Variant) -> String {
    let mut text = String::new();
    if let Some(wire) = &head.wire {
        text += &format!("@wire(\"{wire}\") ");
    }
    if let Some(was) = &head.was {
        text += &format!("@was(\"{was}\") ");
    }
    text + &head.name
}

fn reservations(reserved: &[String]) -> String {
    reserved.iter().map(|name| format!("    reserved \"{name}\";\n")).collect()
}
