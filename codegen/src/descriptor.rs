//! What the runtime, mocks and tools read of an interface: constants, and nothing that runs.

use askama::Template;
use lymph_idl::Version;
use lymph_idl::model::{
    Delivery, DeliveryMode, Handler, Interface, Method, MethodKind, Package, Schema, Subscription,
};

use crate::cx::Cx;
use crate::scope::InterfaceNames;
use crate::{docs, literal, record, types, version};

#[derive(Template)]
#[template(path = "descriptor.txt")]
struct DescriptorView<'a> {
    names: &'a InterfaceNames,
    wire: String,
    version: String,
    docs: String,
    methods: Vec<MethodInfo>,
    handlers: Vec<HandlerInfo>,
    emits: String,
}

struct MethodInfo {
    docs: String,
    constant: String,
    /// `::lymph::Method<Q, R, E>`, seen from the module of the constants.
    ty: String,
    name: String,
    aliases: String,
    kind: &'static str,
    since: String,
    params: Vec<(String, String)>,
    help: String,
    idempotent: bool,
    timeout: String,
    delivery: String,
}

struct HandlerInfo {
    name: String,
    topics: String,
    delivery: String,
}

pub(crate) fn generate(
    cx: &Cx<'_>,
    package: &Package,
    interface: &Interface,
    names: &InterfaceNames,
) -> String {
    let versions = cx.versions(package.id);
    let own = interface.meta.since.as_ref().map(|_| versions.since(&interface.meta, None));
    let emits = interface.emits.iter().map(|emits| &*cx.schema.event(emits.event).meta.wire);
    crate::render(&DescriptorView {
        names,
        wire: literal::string(&interface.meta.wire),
        version: version::constant(versions.current),
        docs: literal::string(&interface.meta.docs.join("\n")),
        methods: (0..interface.methods.len())
            .map(|index| method(cx, package, interface, names, index, own))
            .collect(),
        handlers: interface.handlers.iter().map(|h| handler(cx.schema, h)).collect(),
        emits: literal::strings(emits),
    })
}

fn method(
    cx: &Cx<'_>,
    package: &Package,
    interface: &Interface,
    names: &InterfaceNames,
    index: usize,
    interface_since: Option<Version>,
) -> MethodInfo {
    let method = &interface.methods[index];
    let versions = cx.versions(package.id);
    let since = versions.since(&method.meta, interface_since);
    let [request, result, error] = method_types(cx, package, method, names, index);
    MethodInfo {
        docs: docs::of(&method.meta, "    "),
        constant: names.methods[index].constant.clone(),
        ty: format!("::lymph::Method<{request}, {result}, {error}>"),
        name: literal::string(&method.meta.wire),
        aliases: literal::strings(method.meta.was.iter().map(|was| &*was.value)),
        kind: match method.kind {
            MethodKind::Rpc => "Rpc",
            MethodKind::Oneway => "Oneway",
            MethodKind::Task => "Task",
        },
        since: version::constant(since),
        params: method
            .params
            .iter()
            .map(|param| {
                let since = versions.since(&param.meta, Some(since));
                (literal::string(&param.meta.wire), version::constant(since))
            })
            .collect(),
        help: literal::string(&method.meta.docs.join("\n")),
        idempotent: method.idempotent,
        timeout: match method.timeout {
            Some(timeout) => literal::some_duration(timeout),
            None => "::std::option::Option::None".to_owned(),
        },
        delivery: delivery(&method.delivery, ""),
    }
}

/// Which parameters are newer than their method.
pub(crate) fn newer_params(
    cx: &Cx<'_>,
    package: &Package,
    interface: &Interface,
    method: &Method,
) -> Vec<bool> {
    let versions = cx.versions(package.id);
    let interface_since = interface.meta.since.as_ref().map(|_| versions.since(&interface.meta, None));
    let since = versions.since(&method.meta, interface_since);
    method.params.iter().map(|param| versions.since(&param.meta, Some(since)) > since).collect()
}

/// Request, result and errors, as `super` shows them.
fn method_types(
    cx: &Cx<'_>,
    package: &Package,
    method: &Method,
    names: &InterfaceNames,
    index: usize,
) -> [String; 3] {
    let named = &names.methods[index];
    let local = |name: &Option<String>, none: &str| match name {
        Some(name) => format!("super::{name}"),
        None => none.to_owned(),
    };
    let result = method
        .result
        .as_ref()
        .map_or_else(|| "()".to_owned(), |ty| nested(&types::owned(cx, package.id, ty)));
    [local(&named.request, "()"), result, local(&named.error, "::lymph::NoErrors")]
}

/// A type as it is seen from a module inside: each path that is not absolute gets `super::`.
fn nested(ty: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '#');
    for c in ty.chars().chain(std::iter::once(' ')) {
        if is_part(c) {
            word.push(c);
            continue;
        }
        let primitive = word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if !primitive && !word.starts_with("::") {
            out.push_str("super::");
            out.push_str(word.strip_prefix("self::").unwrap_or(&word));
        } else {
            out.push_str(&word);
        }
        word.clear();
        out.push(c);
    }
    out.trim_end().to_owned()
}

fn handler(schema: &Schema, handler: &Handler) -> HandlerInfo {
    let (topics, key) = match &handler.subscription {
        Subscription::Event(id) => {
            let event = schema.event(*id);
            let key = match &handler.delivery.mode {
                DeliveryMode::Serial { key, .. } => {
                    event.record.fields.iter().find(|field| field.meta.name.value == *key)
                }
                _ => None,
            };
            let topics = literal::strings(record::wire_names(&event.meta));
            (topics, key.map(|field| field.meta.wire.clone()))
        }
        Subscription::Pattern(pattern) => (literal::strings([&**pattern]), None),
    };
    HandlerInfo {
        name: literal::string(&handler.meta.wire),
        topics,
        delivery: delivery(&handler.delivery, &key.unwrap_or_default()),
    }
}

/// `key` is the wire name of the field that orders a serial subscription.
fn delivery(delivery: &Delivery, key: &str) -> String {
    let mode = match &delivery.mode {
        DeliveryMode::Shared => "Shared".to_owned(),
        DeliveryMode::Sequential => "Sequential".to_owned(),
        DeliveryMode::Broadcast => "Broadcast".to_owned(),
        DeliveryMode::Serial { key: declared, partitions } => {
            let key = if key.is_empty() { declared } else { key };
            format!("Serial {{ key: {}, partitions: {partitions} }}", literal::string(key))
        }
    };
    if mode == "Shared" && delivery.retries == 0 && delivery.durable && delivery.queue.is_none() {
        return "::lymph::describe::Delivery::SHARED".to_owned();
    }
    let queue = match &delivery.queue {
        Some(queue) => format!("::std::option::Option::Some({})", literal::string(queue)),
        None => "::std::option::Option::None".to_owned(),
    };
    format!(
        "::lymph::describe::Delivery {{ mode: ::lymph::describe::DeliveryMode::{mode}, retries: {}, durable: {}, \
         queue: {queue} }}",
        delivery.retries, delivery.durable
    )
}

#[cfg(test)]
mod tests {
    use super::nested;

    #[test]
    fn paths_are_seen_from_one_module_deeper() {
        assert_eq!(nested("::std::vec::Vec<Match>"), "::std::vec::Vec<super::Match>");
        assert_eq!(nested("super::common::T"), "super::super::common::T");
        assert_eq!(nested("::lymph::Map<u8, self::a::T>"), "::lymph::Map<u8, super::a::T>");
        assert_eq!(nested("()"), "()");
    }
}
