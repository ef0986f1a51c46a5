//! Interfaces and their members.

use std::collections::HashMap;
use std::fmt::Arguments;

use super::attributes::{Attributes, Place};
use super::names::Target;
use super::{Owner, Resolver};
use crate::ast::{self, ItemKind, Member};
use crate::error::SchemaError;
use crate::model::{
    Delivery, DeliveryMode, Emits, Event, EventId, Handler, Interface, Method, MethodKind, Raise,
    Subscription, TypeId,
};
use crate::source::{Span, Spanned};
use crate::suggest::did_you_mean;

/// The interface that every instance serves, and its package.
const BUILT_IN: &str = "lymph";

impl Resolver<'_> {
    pub(super) fn resolve_interfaces(&mut self, unit: usize, events: &[Event]) -> Vec<Interface> {
        let mut interfaces = Vec::new();
        for item in &self.units[unit].ast.items {
            let ItemKind::Interface(members) = &item.kind else { continue };
            if self.errors.is_full() {
                break;
            }
            let (meta, _, owner) = self.meta(&item.head, Place::Interface, &self.package_owner(unit));
            if meta.wire == BUILT_IN && self.units[unit].ast.package.value != BUILT_IN {
                let help = "every instance serves an interface of that name already";
                self.reserved_wire(&meta, Place::Interface, help);
            }
            let mut interface =
                Interface { meta, methods: Vec::new(), emits: Vec::new(), handlers: Vec::new() };
            let mut emitted = HashMap::new();
            for member in members {
                if self.errors.is_full() {
                    break;
                }
                match member {
                    Member::Method(written) => {
                        let method = self.resolve_method(&owner, &interface.meta.name.value, written);
                        interface.methods.push(method);
                    }
                    Member::Emits(written) => {
                        self.resolve_emits(&owner, written, &mut emitted, &mut interface.emits);
                    }
                    Member::Handler(written) => {
                        interface.handlers.extend(self.resolve_handler(&owner, written, events));
                    }
                }
            }
            self.check_interface_members(&interface);
            interfaces.push(interface);
        }
        interfaces
    }

    fn resolve_method(&mut self, owner: &Owner, interface: &str, written: &ast::Method) -> Method {
        let (kind, place, word) = match written.kind {
            ast::MethodKind::Rpc => (MethodKind::Rpc, Place::Rpc, "rpc"),
            ast::MethodKind::Oneway => (MethodKind::Oneway, Place::Oneway, "oneway"),
            ast::MethodKind::Task => (MethodKind::Task, Place::Task, "task"),
        };
        let (meta, mut attributes, own) = self.meta(&written.head, place, owner);
        let name = &written.head.name.value;
        let mut params = Vec::with_capacity(written.params.len());
        for param in &written.params {
            let user = format_args!("parameter `{}` of `{interface}.{name}`", param.head.name.value);
            params.push(self.resolve_field(&own, param, Place::Param, user));
        }
        self.check_members(params.iter().map(|param| &param.meta), Place::Param);
        self.check_tagged(&params, "parameter list");
        if kind != MethodKind::Rpc {
            let result = written.result.as_ref().map(|result| ("result", result.span));
            let raises = written.raises.first().map(|raise| ("errors", raise.error.span));
            for (what, span) in result.into_iter().chain(raises) {
                self.errors.push(SchemaError::NoReply { kind: word, what, span });
            }
        }
        let result = written
            .result
            .as_ref()
            .map(|result| self.resolve_type(&own, result, format_args!("method `{interface}.{name}`")));
        let user = format_args!("`raises` of `{interface}.{name}`");
        let raises = self.resolve_raises(&own, user, &written.raises);
        // A parameter that the path names may be among those that could not be read.
        if let Some(http) = attributes.http.as_ref().filter(|_| !written.damaged) {
            self.check_http(http, attributes.http_path, &params, &own);
            self.check_http_status(http, result.as_ref());
        }
        Method {
            meta,
            kind,
            params,
            result,
            raises,
            timeout: attributes.timeout,
            idempotent: attributes.idempotent,
            raw: attributes.raw,
            internal: attributes.internal,
            http: attributes.http.take().map(|http| http.value),
            delivery: delivery(&attributes),
        }
    }

    fn resolve_raises(&mut self, owner: &Owner, user: Arguments<'_>, written: &[ast::Raise]) -> Vec<Raise> {
        let mut raises: Vec<Raise> = Vec::with_capacity(written.len());
        let mut seen: HashMap<TypeId, Span> = HashMap::new();
        for raise in written {
            let name = &raise.error;
            let attributes = self.attributes(owner.unit, &raise.attributes, Place::Raise);
            let own = self.age(&attributes, Place::Raise, name, owner);
            let found = self.find_type(owner.unit, &name.value);
            if let Some(Target::Type(id)) = found {
                self.note_type(owner.unit, name, id);
            }
            let what = match found {
                Some(Target::Unknown) => continue,
                Some(Target::Type(id)) if self.is_error(id) => {
                    let decl = self.type_decls[id.0 as usize];
                    self.check_age(&own, user, decl, name);
                    if let Some(first) = seen.get(&id) {
                        self.duplicate("error", name, *first, None);
                        continue;
                    }
                    seen.insert(id, name.span);
                    let (since, span) = (attributes.since, name.span);
                    raises.push(Raise { error: id, since, attributes: attributes.custom, span });
                    continue;
                }
                Some(Target::Type(_)) => "a type",
                Some(Target::Interface) => "an interface",
                None => {
                    let items = self.units[owner.unit].ast.items.iter();
                    let errors = items.filter(|item| matches!(item.kind, ItemKind::Error(_)));
                    let own_names = errors.map(|item| item.head.name.value.as_str());
                    let imports = self.units[owner.unit].ast.imports.iter();
                    let imported = imports.flat_map(|import| import.names.iter().flatten());
                    let imported =
                        imported.map(|name| name.alias.as_ref().unwrap_or(&name.name).value.as_str());
                    let help = did_you_mean(&name.value, own_names.chain(imported))
                        .or_else(|| Some(format!("declare it: `error {} {{}}`", name.value)));
                    let (name, span) = (name.value.clone(), name.span);
                    self.errors.push(SchemaError::UnknownError { name, span, help });
                    continue;
                }
            };
            let (name, span) = (name.value.clone(), name.span);
            self.errors.push(SchemaError::NotAnError { name, what, span });
        }
        raises
    }

    fn resolve_emits(
        &mut self,
        owner: &Owner,
        written: &ast::Emits,
        emitted: &mut HashMap<EventId, Span>,
        emits: &mut Vec<Emits>,
    ) {
        let attributes = self.attributes(owner.unit, &written.attributes, Place::Emits);
        for name in &written.events {
            let own = self.age(&attributes, Place::Emits, name, owner);
            let Some(event) = self.resolve_event(&own, name, format_args!("`emits`")) else { continue };
            if let Some(first) = emitted.insert(event, name.span) {
                self.duplicate("event", name, first, Some("name it once".to_owned()));
                continue;
            }
            emits.push(Emits {
                event,
                since: attributes.since.clone(),
                attributes: attributes.custom.clone(),
                span: name.span,
            });
        }
    }

    fn resolve_handler(
        &mut self,
        owner: &Owner,
        written: &ast::Handler,
        events: &[Event],
    ) -> Option<Handler> {
        let topic = &written.topic;
        let is_pattern = topic.value.contains(['*', '#']);
        let name = match &written.alias {
            Some(alias) => alias.clone(),
            None if is_pattern => {
                self.errors
                    .push(SchemaError::NamelessHandler { topic: topic.value.clone(), span: topic.span });
                return None;
            }
            None => Spanned {
                value: self.event_part(owner.unit, &topic.value).replace('.', "_"),
                span: topic.span,
            },
        };
        let mut span = written.span;
        if let Some(first) = written.attributes.first() {
            span.start = first.span.start;
        }
        let head =
            ast::Head { docs: written.docs.clone(), attributes: written.attributes.clone(), name, span };
        let (meta, attributes, own) = self.meta(&head, Place::Handler, owner);
        self.check_delivery(&attributes);
        let subscription = if is_pattern {
            self.check_topic(topic)?;
            Subscription::Pattern(topic.value.clone())
        } else {
            Subscription::Event(self.resolve_event(
                &own,
                topic,
                format_args!("handler `{}`", meta.name.value),
            )?)
        };
        if let Some(serial) = &attributes.serial {
            self.check_serial(&own, serial, &subscription, events);
        }
        Some(Handler { meta, subscription, delivery: delivery(&attributes) })
    }

    fn check_delivery(&mut self, attributes: &Attributes) {
        const ORDER: &str = "`@serial` already keeps the events of one key in order";
        const EVERYONE: &str =
            "`@broadcast` gives every instance a queue of its own, each event to all of them";
        const QUEUES: &str = "`@serial` names its queues itself, one for each partition";
        let sequential = attributes.sequential.map(|span| ("sequential", span));
        let broadcast = attributes.broadcast.map(|span| ("broadcast", span));
        let serial = attributes.serial.as_ref().map(|serial| ("serial", serial.span));
        let queue = attributes.queue.as_ref().map(|queue| ("queue", queue.span));
        let pairs = [
            (broadcast, sequential, EVERYONE),
            (broadcast, serial, EVERYONE),
            (broadcast, queue, EVERYONE),
            (serial, sequential, ORDER),
            (serial, queue, QUEUES),
        ];
        for (one, other, help) in pairs {
            let (Some(one), Some(other)) = (one, other) else { continue };
            let (first, second) = if one.1 < other.1 { (one, other) } else { (other, one) };
            self.errors.push(SchemaError::ConflictingAttributes {
                first_name: first.0,
                second_name: second.0,
                help,
                second: second.1,
                first: first.1,
            });
        }
    }
}

fn delivery(attributes: &Attributes) -> Delivery {
    let mode = if let Some(serial) = &attributes.serial {
        let (key, partitions) = &serial.value;
        DeliveryMode::Serial { key: key.value.clone(), partitions: *partitions }
    } else if attributes.broadcast.is_some() {
        DeliveryMode::Broadcast
    } else if attributes.sequential.is_some() {
        DeliveryMode::Sequential
    } else {
        DeliveryMode::Shared
    };
    Delivery {
        mode,
        retries: attributes.retries,
        durable: attributes.durable.unwrap_or(true),
        queue: attributes.queue.as_ref().map(|queue| queue.value.clone()),
    }
}
