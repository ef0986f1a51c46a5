//! What happens when peers of two versions meet in a cluster: a client and a server, a consumer and a
//! producer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lymph::codec::to_bytes;
use lymph::container::Role;
use lymph::describe::{Delivery, DeliveryMode, HandlerInfo, MethodKind};
use lymph::error::ErrorBody;
use lymph::testing::Cluster;
use lymph::{Client, Container, Interface, Running, Value};
use lymph_diff::Effect;
use lymph_idl::Span;
use lymph_idl::model::{Field, Meta, Package, Subscription, TypeDef, TypeDefKind};

use crate::codec::{Codec, EventCodec, HandlerCodec, Side};
use crate::direction::Direction;
use crate::fixture;
use crate::hints::Hints;
use crate::operation::{Version, are_one};
use crate::peer::{Reply, Script, Server};
use crate::samples::{Sample, Samples};

/// What became of one declaration of a side at peers of the other.
#[derive(Debug)]
pub struct Meeting {
    /// `Interface.method`, `Interface.handler` or an event.
    pub name: String,
    /// The declaration on the side that it happened to; what is inside of it concerns it.
    pub span: Span,
    /// The operations whose values travel with it, by their names on both sides.
    pub operations: Vec<String>,
    /// What holds it or is used by it.
    pub around: Vec<Span>,
    /// All in all.
    pub effect: Effect,
    /// Whether nothing was sent; `None` where they only met since nobody minded their versions.
    pub is_kept_back: Option<bool>,
    /// What happened in words.
    pub what: String,
}

/// Whether somebody calls or listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Clients meet servers.
    Calls,
    /// Consumers meet producers.
    Events,
}

/// A meeting, and who met.
#[derive(Debug)]
pub struct Met {
    /// What they wanted of each other.
    pub kind: Kind,
    /// Whose version was whose.
    pub direction: Direction,
    /// What became of it.
    pub meeting: Meeting,
}

/// Lets all clients and servers, consumers and producers of a case meet, in both directions.
///
/// # Panics
///
/// When peers cannot start or generated code refuses what its own schema allows.
#[must_use]
pub fn meet(old: Version<'_>, new: Version<'_>) -> Vec<Met> {
    let hints = Hints::of(old.schema, new.schema);
    let mut all = Vec::new();
    for direction in Direction::ALL {
        let (sender, receiver) = match direction {
            Direction::Backward => (old, new),
            Direction::Forward => (new, old),
        };
        let met = |kind, meetings: Vec<Meeting>| {
            meetings.into_iter().map(move |meeting| Met { kind, direction, meeting })
        };
        all.extend(met(Kind::Calls, calls(sender, receiver, &hints)));
        all.extend(met(Kind::Events, events(receiver, sender, &hints)));
    }
    all
}

/// Calls every method of the caller's schema at servers and workers of the other side: once so that it
/// succeeds, and once for each error that it may raise there.
#[must_use]
pub fn calls(caller: Version<'_>, server: Version<'_>, hints: &Hints) -> Vec<Meeting> {
    in_paused_time(async {
        let cluster = Cluster::new();
        let script = Arc::new(Script::default());
        let mut servers = servers(server, hints, &script);
        answer_to_majors_of(caller, server, &mut servers);
        let _serving = start(cluster.container("server"), Role::Instance, &servers).await;
        let _working = start(cluster.container("worker"), Role::Worker, &servers).await;
        let calling = cluster.container("client").start().await.expect("it serves nothing");
        let client = Client::from(&calling);
        let mut meetings = Vec::new();
        for ((package, interface, method), codecs) in
            fixture::methods(caller.schema).zip(caller.codecs.methods)
        {
            let request = least(caller, &method.params, codecs.params, hints);
            let mut outcomes = Vec::new();
            let mut call = async |failure: Option<ErrorBody>| {
                let fails = failure.is_some();
                script.fail(failure);
                let reply = codecs.method.call(&client, &request).await;
                settle().await;
                let ran = script.take_calls();
                outcomes.push(judged(&reply, codecs.method.info().kind, fails, ran.is_empty()));
                ran
            };
            for ran in call(None).await {
                for failure in failures(server, ran, hints) {
                    call(Some(failure)).await;
                }
            }
            let own = codecs.method.interface();
            let is_led_on = servers.iter().any(|it| {
                it.interface.name == own.name
                    && it.interface.version == own.version
                    && it.declared.version != own.version
            });
            let errors = method.raises.iter().map(|raise| caller.schema.type_def(raise.error).meta.span);
            let (effect, is_kept_back, what) =
                outcomes.into_iter().max_by_key(|(effect, ..)| *effect).expect("it is called");
            let same = fixture::methods(server.schema).filter(|(_, other, it)| {
                share_a_name(&other.meta, &interface.meta) && share_a_name(&it.meta, &method.meta)
            });
            let others = same.map(|(_, interface, method)| member(&interface.meta, &method.meta));
            let name = member(&interface.meta, &method.meta);
            meetings.push(Meeting {
                operations: others.chain([name.clone()]).collect(),
                name,
                span: method.meta.span,
                around: errors.chain(around(package)).chain([interface.meta.span]).collect(),
                effect,
                is_kept_back: if is_led_on { None } else { Some(is_kept_back) },
                what,
            });
        }
        meetings
    })
}

/// Callers of one major are not led to servers of another. What findings say of two majors of a package is what
/// would happen if they were, and so they are: the servers register with the callers' version.
fn answer_to_majors_of(caller: Version<'_>, server: Version<'_>, servers: &mut [Server]) {
    for package in &server.schema.packages {
        let is_one = |it: &&Package| are_one(caller, it, server, package);
        let Some(asks) = caller.schema.packages.iter().find(is_one) else { continue };
        let (asked, has) = (asks.version.value, package.version.value);
        if asked.next_breaking() == has.next_breaking() {
            continue;
        }
        let version = |it: lymph_idl::Version| lymph::Version::new(it.major, it.minor, it.patch);
        let is_of_package = |it: &&mut Server| {
            let mut names = package.interfaces.iter().map(|interface| &*interface.meta.wire);
            it.declared.version == version(has) && names.any(|name| name == it.interface.name)
        };
        servers.iter_mut().filter(is_of_package).for_each(|it| it.register_as(version(asked)));
    }
}

/// Emits every event of the producer's schema to consumers of the other side: its handlers, and one more for
/// each event that it declares. Handlers of both sides consume beside each other, as they do while one version
/// takes the other's place: together they should hear what two of one version hear.
#[must_use]
pub fn events(consumer: Version<'_>, producer: Version<'_>, hints: &Hints) -> Vec<Meeting> {
    let meeting = |name: String, event: Option<&Meta>, span, around: Vec<Span>, (effect, what)| {
        let is_it = |meta: &&Meta| event.is_some_and(|event| share_a_name(meta, event));
        let theirs = fixture::events(producer.schema).map(|(_, event)| &event.meta).filter(is_it);
        let operations = theirs.chain(event).map(|meta| meta.name.value.clone()).collect();
        Meeting { name, operations, span, around, effect, is_kept_back: None, what }
    };
    let listener = listener(consumer);
    let listened = in_paused_time(async {
        let cluster = Cluster::new();
        let _listening =
            start(cluster.container("listener"), Role::Instance, std::slice::from_ref(&listener)).await;
        emit_all(&cluster, producer, hints).await;
        Arc::clone(&listener.script)
    });
    let mut meetings = Vec::new();
    for ((package, event), codec) in fixture::events(consumer.schema).zip(&listener.listeners) {
        let name = event.meta.name.value.clone();
        let heard = heard(listened.heard(codec.name));
        let around = around(package).collect();
        meetings.push(meeting(name, Some(&event.meta), event.meta.span, around, heard));
    }
    for ((package, interface, handler), codec) in
        fixture::handlers(consumer.schema).zip(consumer.codecs.handlers)
    {
        let event = match handler.subscription {
            Subscription::Event(id) => Some(consumer.schema.event(id)),
            Subscription::Pattern(_) => None,
        };
        let around = around(package).chain([interface.meta.span]).collect();
        let alone = beside(codec, consumer, consumer, consumer, hints);
        let mixed = beside(codec, consumer, producer, producer, hints);
        let heard = match (alone, mixed) {
            (_, Err(error)) => (Effect::Breaks, error),
            (_, Ok((given, read))) if read < given => (Effect::BreaksSome, format!("read {read} of {given}")),
            (Ok((_, alone)), Ok((_, mixed))) if alone != mixed => {
                (Effect::Lossy, format!("heard {mixed} in place of {alone}"))
            }
            (_, Ok((_, mixed))) => (Effect::Fine, format!("heard {mixed}")),
        };
        let name = member(&interface.meta, &handler.meta);
        let event = event.map(|event| &event.meta);
        meetings.push(meeting(name, event, handler.meta.span, around, heard));
    }
    meetings
}

/// What became of what a listener was given, and of what it could read.
fn heard((given, read): (usize, usize)) -> (Effect, String) {
    let effect = match (given, read) {
        (0, _) => Effect::Lossy,
        _ if read < given => Effect::Breaks,
        _ => Effect::Fine,
    };
    (effect, format!("given {given}, read {read}"))
}

/// What a handler and those of another version that share its work are given and read, while one version
/// takes the other's place. Of what every instance gets only the handler's own counts.
///
/// The error says why they cannot.
fn beside(
    handler: &HandlerCodec,
    own: Version<'_>,
    other: Version<'_>,
    producer: Version<'_>,
    hints: &Hints,
) -> Result<(usize, usize), String> {
    let is_broadcast = handler.info().delivery.mode == DeliveryMode::Broadcast;
    let others = if is_broadcast { Vec::new() } else { heirs(handler, own.codecs, other.codecs) };
    in_paused_time(async {
        let cluster = Cluster::new();
        let mut running = Vec::new();
        let mut scripts = Vec::new();
        for (name, version, handlers) in [("own", own, vec![handler.name]), ("other", other, others)] {
            let script = Arc::new(Script::default());
            let mut servers = servers(version, hints, &script);
            servers.retain(|server| server.interface.name == handler.interface.name);
            let started = started(cluster.container(name), Role::Instance, &servers).await;
            running.push(started.map_err(|error| error.to_string())?);
            scripts.push((script, handlers));
        }
        emit_all(&cluster, producer, hints).await;
        let heard = scripts.iter().flat_map(|(script, handlers)| handlers.iter().map(|it| script.heard(it)));
        Ok(heard.fold((0, 0), |(given, read), heard| (given + heard.0, read + heard.1)))
    })
}

/// The handlers of the other side that do a handler's work: the one of its name, or on its queue, or those
/// that are new and listen to what it listens to.
fn heirs(handler: &HandlerCodec, own: &Side, other: &Side) -> Vec<&'static str> {
    let is_of_interface = |it: &&HandlerCodec| it.interface.name == handler.interface.name;
    let theirs: Vec<_> = other.handlers.iter().filter(is_of_interface).collect();
    let named = theirs.iter().find(|it| it.name == handler.name);
    if let Some(heir) = named.or_else(|| theirs.iter().find(|it| it.queue() == handler.queue())) {
        return vec![heir.name];
    }
    let is_known = |it: &HandlerCodec| {
        let mut ours = own.handlers.iter().filter(is_of_interface);
        ours.any(|one| one.name == it.name || one.queue() == it.queue())
    };
    let hears =
        |it: &HandlerCodec| it.info().topics.iter().any(|topic| handler.info().topics.contains(topic));
    theirs.into_iter().filter(|it| !is_known(it) && hears(it)).map(|it| it.name).collect()
}

/// Emits each event of a side once.
async fn emit_all(cluster: &Cluster, producer: Version<'_>, hints: &Hints) {
    let producing = cluster.container("producer").start().await.expect("it serves nothing");
    let client = Client::from(&producing);
    for ((_, event), codec) in fixture::events(producer.schema).zip(producer.codecs.events) {
        let body = least(producer, &event.record.fields, codec.values, hints);
        (codec.emit)(&client, &body).await.expect("the bus takes it");
    }
    settle().await;
}

/// No clock is waited for: it stands still while anybody has something to do.
fn in_paused_time<T>(meeting: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().start_paused(true).build().expect("a runtime on this thread").block_on(meeting)
}

/// Returns when nobody has anything left to do.
async fn settle() {
    tokio::time::sleep(Duration::from_secs(1)).await;
}

async fn start(container: Container, role: Role, servers: &[Server]) -> Running {
    started(container, role, servers).await.expect("nothing is in its way")
}

async fn started(mut container: Container, role: Role, servers: &[Server]) -> Result<Running, lymph::Error> {
    container.settings().role = role;
    for server in servers {
        container = container.serve(server.clone());
    }
    container.start().await
}

fn servers(version: Version<'_>, hints: &Hints, script: &Arc<Script>) -> Vec<Server> {
    let side = version.codecs;
    let result = |(_, _, method): (&Package, &_, &lymph_idl::model::Method)| {
        let sample = method.result.as_ref().map(|ty| Samples::new(version.schema, hints).of(ty));
        to_bytes(&sample.and_then(first).unwrap_or(Value::Nil))
    };
    let results: Arc<[Bytes]> = fixture::methods(version.schema).map(result).collect();
    let of_methods = side.methods.iter().map(|it| it.method.interface());
    let mut interfaces: Vec<&'static Interface> = Vec::new();
    for interface in of_methods.chain(side.handlers.iter().map(|it| it.interface)) {
        if !interfaces.iter().any(|it| std::ptr::eq(*it, interface)) {
            interfaces.push(interface);
        }
    }
    let server = |interface| Server {
        interface,
        declared: interface,
        side,
        results: Arc::clone(&results),
        listeners: Vec::new(),
        script: Arc::clone(script),
    };
    interfaces.into_iter().map(server).collect()
}

/// Listens to each event of a side, as others would who import it; a handler for each, in the same order.
fn listener(version: Version<'_>) -> Server {
    let codecs = version.codecs.events;
    // Majors beside each other may declare one topic each.
    let names: Vec<&'static str> = (0..codecs.len()).map(|place| &*format!("event-{place}").leak()).collect();
    let handler = |(codec, name): (&EventCodec, &&'static str)| {
        let topics: &'static [&'static str] = (codec.topics)().leak();
        HandlerInfo { name, topics, delivery: Delivery::SHARED }
    };
    let interface: &'static Interface = Box::leak(Box::new(Interface {
        name: "Listener",
        version: lymph::Version::new(1, 0, 0),
        docs: "",
        methods: &[],
        handlers: codecs.iter().zip(&names).map(handler).collect::<Vec<_>>().leak(),
        emits: &[],
        idl: "",
    }));
    let codec =
        |(codec, name): (&EventCodec, &&'static str)| HandlerCodec { interface, name, hear: codec.hear };
    Server {
        interface,
        declared: interface,
        side: version.codecs,
        results: Arc::new([]),
        listeners: codecs.iter().zip(&names).map(codec).collect(),
        script: Arc::new(Script::default()),
    }
}

/// What the other side certainly understands: nothing in it may be left out.
fn least(version: Version<'_>, fields: &[Field], codec: Codec, hints: &Hints) -> Bytes {
    let least = Samples::new(version.schema, hints).of_members(fields).pop();
    let least = least.expect("types of the cases end somewhere");
    (codec.write)(&to_bytes(&least.value)).expect("its own codec reads it")
}

fn first(samples: Vec<Sample>) -> Option<Value> {
    samples.into_iter().next().map(|sample| sample.value)
}

/// The errors of a method of a server, as it sends them.
fn failures(server: Version<'_>, method: usize, hints: &Hints) -> Vec<ErrorBody> {
    let (_, _, method) = fixture::methods(server.schema).nth(method).expect("it ran");
    let failure = |def: &TypeDef| {
        let TypeDefKind::Error(error) = &def.kind else { unreachable!("only errors are raised") };
        let data = first(Samples::new(server.schema, hints).of_members(&error.record.fields))?;
        let message = "as the schema declares".to_owned();
        Some(ErrorBody { kind: def.meta.wire.clone(), message, data: Some(to_bytes(&data)) })
    };
    method.raises.iter().filter_map(|raise| failure(server.schema.type_def(raise.error))).collect()
}

fn judged(reply: &Reply, kind: MethodKind, fails: bool, is_lost: bool) -> (Effect, bool, String) {
    match reply {
        Reply::NotSent(reason) => (Effect::Breaks, true, format!("not sent: {reason}")),
        Reply::Unanswered(reason) => (Effect::Breaks, false, reason.clone()),
        Reply::Failed { is_known: true } => (Effect::Fine, false, "a declared error".to_owned()),
        Reply::Failed { is_known: false } => (Effect::Lossy, false, "an unknown error".to_owned()),
        Reply::Done if is_lost => (Effect::Breaks, false, "no handler ran".to_owned()),
        Reply::Done if fails && kind == MethodKind::Rpc => {
            (Effect::Lossy, false, "no word of the error".to_owned())
        }
        Reply::Done => (Effect::Fine, false, "done".to_owned()),
    }
}

fn member(owner: &Meta, member: &Meta) -> String {
    format!("{}.{}", owner.name.value, member.name.value)
}

fn share_a_name(one: &Meta, other: &Meta) -> bool {
    let names = |meta: &Meta| {
        let was: Vec<_> = meta.was.iter().map(|was| was.value.clone()).collect();
        [vec![meta.wire.clone()], was].concat()
    };
    names(one).iter().any(|name| names(other).contains(name))
}

fn around(package: &Package) -> impl Iterator<Item = Span> {
    std::iter::once(package.name.span)
}
