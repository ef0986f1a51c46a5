//! AST to text that parses to the same again, without any layout.

use crate::ast::{
    Attribute, Constraint, ConstraintKind, Field, File, Head, Import, Item, ItemKind, Literal, Member,
    Method, MethodKind, Record, TypeRef,
};
use crate::source::Spanned;

/// The text of a file.
pub(super) fn text(file: &File) -> String {
    let mut out = String::new();
    for line in &file.docs {
        out.push_str(&format!("//! {line}\n"));
    }
    out.push_str(&attributes(&file.attributes));
    out.push_str(&format!("package {} @ {};", file.package.value, file.version.value));
    file.imports.iter().for_each(|import| out.push_str(&self::import(import)));
    file.items.iter().for_each(|item| out.push_str(&self::item(item)));
    out
}

fn item(item: &Item) -> String {
    let name = &item.head.name.value;
    let closed = |closed: bool| if closed { "closed " } else { "" };
    let text = match &item.kind {
        ItemKind::Interface(members) => format!("interface {name} {{{}}}", join(members, member)),
        ItemKind::Struct(fields) => format!("{}struct {name} {{{}}}", closed(fields.closed), record(fields)),
        ItemKind::Error(fields) => format!("error {name} {{{}}}", record(fields)),
        ItemKind::Event(fields) => format!("event {name} {{{}}}", record(fields)),
        ItemKind::Union(union) => {
            format!("{}union {name} {{{}}}", closed(union.closed), record(&union.record))
        }
        ItemKind::Enum(declared) => {
            let variants = join(&declared.variants, |head| format!("{}{},", prelude(head), head.name.value));
            format!("{}enum {name} {{{variants}{}}}", closed(declared.closed), reserved(&declared.reserved))
        }
        ItemKind::Alias(target) => format!("type {name} = {};", type_ref(target)),
    };
    prelude(&item.head) + &text
}

fn join<T>(parts: &[T], print: impl Fn(&T) -> String) -> String {
    parts.iter().map(print).collect()
}

fn prelude(head: &Head) -> String {
    docs(&head.docs) + &attributes(&head.attributes)
}

/// On a line of its own each.
fn docs(docs: &[String]) -> String {
    docs.iter().map(|line| format!("\n/// {line}\n")).collect()
}

fn record(record: &Record) -> String {
    join(&record.fields, |field| self::field(field) + ",") + &reserved(&record.reserved)
}

fn reserved(names: &[Spanned<String>]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let names: Vec<String> = names.iter().map(|name| quote(&name.value)).collect();
    format!("reserved {};", names.join(","))
}

fn member(member: &Member) -> String {
    match member {
        Member::Method(method) => self::method(method),
        Member::Emits(emits) => {
            let events: Vec<&str> = emits.events.iter().map(|event| event.value.as_str()).collect();
            format!("{}{}emits {};", docs(&emits.docs), attributes(&emits.attributes), events.join(","))
        }
        Member::Handler(handler) => {
            let alias = handler.alias.as_ref().map(|alias| format!(" as {}", alias.value));
            let (topic, alias) = (&handler.topic.value, alias.unwrap_or_default());
            format!("{}{}on {topic}{alias};", docs(&handler.docs), attributes(&handler.attributes))
        }
    }
}

fn method(method: &Method) -> String {
    let kind = match method.kind {
        MethodKind::Rpc => "rpc",
        MethodKind::Oneway => "oneway",
        MethodKind::Task => "task",
    };
    let params = join(&method.params, |param| field(param) + ",");
    let result = method.result.as_ref().map(|result| format!(" -> {}", type_ref(result)));
    let raises: Vec<String> =
        method.raises.iter().map(|raise| attributes(&raise.attributes) + &raise.error.value).collect();
    let raises = if raises.is_empty() { String::new() } else { format!(" raises {}", raises.join(",")) };
    let name = &method.head.name.value;
    format!("{}{kind} {name}({params}){}{raises};", prelude(&method.head), result.unwrap_or_default())
}

fn import(import: &Import) -> String {
    let mut text = format!("use {}", import.package.value);
    if let Some(major) = &import.major {
        text.push_str(&format!("@{}", major.value));
    }
    if let Some(names) = &import.names {
        let names: Vec<String> = names
            .iter()
            .map(|name| match &name.alias {
                Some(alias) => format!("{} as {}", name.name.value, alias.value),
                None => name.name.value.clone(),
            })
            .collect();
        text.push_str(&format!(".{{{}}}", names.join(", ")));
    }
    text + ";"
}

fn field(field: &Field) -> String {
    let docs = docs(&field.head.docs);
    let default = field.default.as_ref().map(|default| format!(" = {}", literal(&default.value)));
    let attributes = self::attributes(&field.head.attributes);
    let name = &field.head.name.value;
    format!("{docs}{attributes}{name}: {}{}", type_ref(&field.ty), default.unwrap_or_default())
}

fn attributes(attributes: &[Attribute]) -> String {
    attributes.iter().map(|written| attribute(written) + " ").collect()
}

fn attribute(attribute: &Attribute) -> String {
    let arguments: Vec<String> = attribute
        .arguments
        .iter()
        .map(|argument| match &argument.name {
            Some(name) => format!("{} = {}", name.value, literal(&argument.value.value)),
            None => literal(&argument.value.value),
        })
        .collect();
    if arguments.is_empty() {
        format!("@{}", attribute.name.value)
    } else {
        format!("@{}({})", attribute.name.value, arguments.join(", "))
    }
}

fn type_ref(ty: &TypeRef) -> String {
    let mut text = ty.name.value.clone();
    if !ty.arguments.is_empty() {
        let arguments: Vec<String> = ty.arguments.iter().map(type_ref).collect();
        text.push_str(&format!("<{}>", arguments.join(", ")));
    }
    if !ty.constraints.is_empty() {
        let constraints: Vec<String> = ty.constraints.iter().map(constraint).collect();
        text.push_str(&format!("({})", constraints.join(", ")));
    }
    text + &"?".repeat(ty.optional as usize)
}

fn constraint(constraint: &Constraint) -> String {
    match &constraint.kind {
        ConstraintKind::Range { min, inclusive, max } => {
            let end = |end: &Option<Spanned<String>>| end.as_ref().map_or("", |end| &end.value).to_owned();
            let dots = if *inclusive { "..=" } else { ".." };
            format!("{}{dots}{}", end(min), end(max))
        }
        ConstraintKind::Named(name, value) => format!("{} = {}", name.value, literal(&value.value)),
        ConstraintKind::Value(value) => literal(value),
    }
}

fn literal(value: &Literal) -> String {
    match value {
        Literal::Number(text) | Literal::Name(text) => text.clone(),
        Literal::Text(text) => quote(text),
        Literal::List(values) => {
            let values: Vec<String> = values.iter().map(|value| literal(&value.value)).collect();
            format!("[{}]", values.join(", "))
        }
        Literal::EmptyMap => "{}".to_owned(),
    }
}

/// A text in quotes, escaped where it must be.
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\0' => quoted.push_str("\\0"),
            control if control.is_control() => quoted.push_str(&format!("\\u{{{:X}}}", u32::from(control))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
