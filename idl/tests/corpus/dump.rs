//! The resolved model as text that people can review.

use std::fmt::Write as _;

use lymph_idl::model::{
    Bounds, Constraints, Delivery, Field, Interface, Literal, Meta, Package, Record, Schema, Since,
    Subscription, Type, TypeDefKind, TypeKind,
};

/// Every package as it prints, what was resolved beyond that, and its older slices.
pub(crate) fn dump(schema: &Schema) -> String {
    let mut out = String::new();
    for package in &schema.packages {
        let kind = if package.is_root { "asked for" } else { "imported" };
        let module = if package.versioned_module { ", a module for each major" } else { "" };
        let _ = writeln!(out, "==== {} {} ({kind}{module})", package.name.value, package.version.value);
        out.push_str(&schema.canonical(package.id));
        let _ = writeln!(out, "---- resolved");
        resolved(&mut out, schema, package);
        let versions = schema.versions(package.id);
        for version in versions.iter().filter(|_| versions.len() > 1) {
            let _ = writeln!(out, "---- at {version}");
            match schema.slice(package.id, *version) {
                Ok(slice) => out.push_str(&slice.canonical(slice.packages[0].id)),
                Err(failure) => out.push_str(&failure.to_string()),
            }
        }
    }
    out
}

fn resolved(out: &mut String, schema: &Schema, package: &Package) {
    for import in &package.imports {
        let _ = writeln!(out, "import {}", schema.package(*import).name.value);
    }
    for attribute in &package.attributes {
        let _ = writeln!(out, "{}{:?}", attribute.name.value, attribute.arguments);
    }
    for interface in &package.interfaces {
        resolved_interface(out, schema, interface);
    }
    for id in &package.events {
        let event = schema.event(*id);
        let ttl = event.ttl.map(|ttl| format!(" ttl {ttl:?}")).unwrap_or_default();
        let _ = writeln!(out, "event {}{ttl}", meta(&event.meta));
        record(out, schema, &event.record);
    }
    for id in &package.types {
        let def = schema.type_def(*id);
        let name = meta(&def.meta);
        match &def.kind {
            TypeDefKind::Struct(fields) => {
                let _ = writeln!(out, "struct {name}{}", if fields.closed { " closed" } else { "" });
                record(out, schema, fields);
            }
            TypeDefKind::Error(error) => {
                let _ = writeln!(out, "error {name}{}", if error.retryable { " retryable" } else { "" });
                record(out, schema, &error.record);
            }
            TypeDefKind::Enum(declared) => {
                let _ = writeln!(out, "enum {name}{}", if declared.closed { " closed" } else { "" });
                for variant in &declared.variants {
                    let is_fallback = declared.fallback.as_ref() == Some(&variant.name.value);
                    let fallback = if is_fallback { " fallback" } else { "" };
                    let _ = writeln!(out, "    {}{fallback}", meta(variant));
                }
            }
            TypeDefKind::Union(union) => {
                let _ = writeln!(out, "union {name}{}", if union.closed { " closed" } else { "" });
                union.variants.iter().for_each(|variant| field(out, schema, variant));
            }
            TypeDefKind::Alias(target) => {
                let _ = writeln!(out, "type {name} = {}", ty(schema, target));
            }
        }
    }
}

fn resolved_interface(out: &mut String, schema: &Schema, interface: &Interface) {
    let _ = writeln!(out, "interface {}", meta(&interface.meta));
    for method in &interface.methods {
        let _ = write!(out, "  {:?} {}", method.kind, meta(&method.meta));
        let flags = [(method.idempotent, "idempotent"), (method.raw, "raw"), (method.internal, "internal")];
        for (_, flag) in flags.iter().filter(|(set, _)| *set) {
            let _ = write!(out, " {flag}");
        }
        if let Some(timeout) = method.timeout {
            let _ = write!(out, " timeout {timeout:?}");
        }
        if let Some(http) = &method.http {
            let _ = write!(out, " {} {}", http.verb, http.path);
            if let Some(status) = http.status {
                let _ = write!(out, " status {status}");
            }
        }
        let _ = writeln!(out, "{}", delivery(&method.delivery));
        method.params.iter().for_each(|param| field(out, schema, param));
        if let Some(result) = &method.result {
            let _ = writeln!(out, "    -> {}", ty(schema, result));
        }
        for raise in &method.raises {
            let error = &schema.type_def(raise.error).meta;
            let _ = writeln!(out, "    raises {} as {}{}", error.name.value, error.wire, since(&raise.since));
        }
    }
    for emits in &interface.emits {
        let _ = writeln!(out, "  emits {}{}", schema.event(emits.event).meta.wire, since(&emits.since));
    }
    for handler in &interface.handlers {
        let what = match &handler.subscription {
            Subscription::Event(id) => schema.event(*id).meta.wire.clone(),
            Subscription::Pattern(pattern) => format!("pattern {pattern}"),
        };
        let _ = writeln!(out, "  on {what} as {}{}", meta(&handler.meta), delivery(&handler.delivery));
    }
}

fn delivery(delivery: &Delivery) -> String {
    let mut text = String::new();
    if *delivery
        != (Delivery { mode: lymph_idl::model::DeliveryMode::Shared, retries: 0, durable: true, queue: None })
    {
        let _ = write!(text, " {:?}, {} retries", delivery.mode, delivery.retries);
        if !delivery.durable {
            text.push_str(", not durable");
        }
        if let Some(queue) = &delivery.queue {
            let _ = write!(text, ", queue {queue}");
        }
    }
    text
}

fn record(out: &mut String, schema: &Schema, record: &Record) {
    record.fields.iter().for_each(|member| field(out, schema, member));
    for name in &record.reserved {
        let _ = writeln!(out, "    reserved {}", name.value);
    }
}

fn field(out: &mut String, schema: &Schema, field: &Field) {
    let boxed = if field.boxed { " boxed" } else { "" };
    let default = field.default.as_ref().map(|default| format!(" = {}", literal(&default.value)));
    let default = default.unwrap_or_default();
    let _ = writeln!(out, "    {}: {}{default}{boxed}", meta(&field.meta), ty(schema, &field.ty));
}

fn meta(meta: &Meta) -> String {
    let mut text = meta.name.value.clone();
    if meta.wire != meta.name.value {
        let _ = write!(text, " as {:?}", meta.wire);
    }
    for was in &meta.was {
        let _ = write!(text, " was {:?}", was.value);
    }
    text.push_str(&since(&meta.since));
    if let Some(deprecated) = &meta.deprecated {
        let _ = write!(text, " deprecated {:?}", deprecated.why);
    }
    if meta.unstable {
        text.push_str(" unstable");
    }
    for attribute in &meta.attributes {
        let _ = write!(text, " {}{:?}", attribute.name.value, attribute.arguments);
    }
    text
}

fn since(since: &Option<lymph_idl::Spanned<Since>>) -> String {
    match since.as_ref().map(|since| since.value) {
        Some(Since::Version(version)) => format!(" since {version}"),
        Some(Since::Next) => " since next".to_owned(),
        None => String::new(),
    }
}

fn literal(value: &Literal) -> String {
    format!("{value:?}")
}

fn ty(schema: &Schema, of: &Type) -> String {
    let kind = match &of.kind {
        TypeKind::Scalar(scalar) => scalar.name().to_owned(),
        TypeKind::List(element) => format!("list<{}>", ty(schema, element)),
        TypeKind::Set(element) => format!("set<{}>", ty(schema, element)),
        TypeKind::Map(key, value) => format!("map<{}, {}>", ty(schema, key), ty(schema, value)),
        TypeKind::Optional(inner) => format!("{}?", ty(schema, inner)),
        TypeKind::Patch(inner) => format!("patch<{}>", ty(schema, inner)),
        TypeKind::Named(id) => {
            let def = schema.type_def(*id);
            format!("{}.{}", schema.package(def.package).name.value, def.meta.name.value)
        }
    };
    kind + &constraints(&of.constraints)
}

fn constraints(constraints: &Constraints) -> String {
    if constraints.is_empty() {
        return String::new();
    }
    let Bounds { min, max, pattern } = &**constraints;
    format!("({min:?}..={max:?}, {pattern:?})")
}
