//! AST to text, in one style: four blanks, one declaration or member a line, trailing commas.

mod writer;

use std::path::Path;

use crate::ast::{
    Attribute, Constraint, ConstraintKind, Enum, Field, File, Head, Import, Item, ItemKind, Literal, Member,
    Method, MethodKind, Record, TypeRef,
};
use crate::limits::Limits;
use crate::model::{PackageId, Schema};
use crate::parse::parse;
use crate::report::{Errors, Failure};
use crate::scan::Comment;
use crate::source::{SourceMap, Spanned};
use writer::Writer;

/// Past this many columns parameters stand one a line.
const WIDTH: usize = 100;

/// The text of one file in the one style, ordinary comments kept.
///
/// # Errors
///
/// [`Failure`] when the text does not parse; names are not looked up.
pub fn format(path: impl AsRef<Path>, text: &str) -> Result<String, Failure> {
    let limits = Limits::default();
    let mut sources = SourceMap::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut errors = Errors::new(limits.errors);
    let file = sources.add(path.as_ref(), text);
    if text.len() > limits.file_bytes {
        let path = path.as_ref().display().to_string();
        let (limit, span) = (limits.file_bytes, None);
        errors.push(crate::SchemaError::FileTooLarge { path, limit, span });
        return Err(errors.into_failure(sources));
    }
    match parse(file, text, &limits) {
        Ok((parsed, comments)) => Ok(print(&parsed, text, comments)),
        Err(found) => {
            found.into_iter().for_each(|error| errors.push(error));
            Err(errors.into_failure(sources))
        }
    }
}

impl Schema {
    /// A package's text in the one style, docs kept and ordinary comments dropped: equal for schemas that
    /// differ in their layout only.
    #[must_use]
    pub fn canonical(&self, package: PackageId) -> String {
        print(&self.units[package.0 as usize].ast, "", Vec::new())
    }
}

/// Prints a file with the comments found in `text`.
fn print(file: &File, text: &str, comments: Vec<Comment>) -> String {
    let mut out = Writer::new(text, comments);
    for line in &file.docs {
        out.line(&marked("//!", line));
    }
    for attribute in &file.attributes {
        out.before(attribute.span.start);
        out.line(&self::attribute(attribute));
        out.after(attribute.span.end);
    }
    out.before(file.package.span.start);
    out.line(&format!("package {} @ {};", file.package.value, file.version.value));
    out.after(file.version.span.end);
    if !file.imports.is_empty() {
        out.blank();
    }
    for import in &file.imports {
        out.before(import.span.start);
        out.line(&self::import(import));
        out.after(import.span.end);
    }
    for item in &file.items {
        out.blank();
        print_item(&mut out, item);
    }
    out.finish()
}

fn print_item(out: &mut Writer<'_>, item: &Item) {
    let head = &item.head;
    print_head(out, head);
    let name = &head.name.value;
    let end = head.span.end;
    match &item.kind {
        ItemKind::Interface(members) => {
            let lines = members.iter().map(Line::Member).collect();
            print_body(out, &format!("interface {name}"), lines, head);
        }
        ItemKind::Struct(record) => {
            let closed = if record.closed { "closed " } else { "" };
            print_body(out, &format!("{closed}struct {name}"), record_lines(record), head);
        }
        ItemKind::Error(record) => print_body(out, &format!("error {name}"), record_lines(record), head),
        ItemKind::Event(record) => print_body(out, &format!("event {name}"), record_lines(record), head),
        ItemKind::Union(union) => {
            let closed = if union.closed { "closed " } else { "" };
            print_body(out, &format!("{closed}union {name}"), record_lines(&union.record), head);
        }
        ItemKind::Enum(Enum { closed, variants, reserved }) => {
            let closed = if *closed { "closed " } else { "" };
            let mut lines: Vec<Line<'_>> = variants.iter().map(Line::Variant).collect();
            lines.extend(reserved_line(reserved));
            print_body(out, &format!("{closed}enum {name}"), lines, head);
        }
        ItemKind::Alias(target) => {
            out.line(&format!("type {name} = {};", type_ref(target)));
            out.after(end);
        }
    }
}

/// Docs and attributes, each on lines of their own.
fn print_head(out: &mut Writer<'_>, head: &Head) {
    out.before(head.span.start);
    print_docs(out, &head.docs);
    print_attributes(out, &head.attributes);
}

fn print_docs(out: &mut Writer<'_>, docs: &[String]) {
    for line in docs {
        out.line(&marked("///", line));
    }
}

fn print_attributes(out: &mut Writer<'_>, attributes: &[Attribute]) {
    if !attributes.is_empty() {
        out.line(&attributes.iter().map(attribute).collect::<Vec<_>>().join(" "));
    }
}

/// What stands in braces.
enum Line<'a> {
    Field(&'a Field),
    Variant(&'a Head),
    Reserved(&'a [Spanned<String>]),
    Member(&'a Member),
}

fn record_lines(record: &Record) -> Vec<Line<'_>> {
    record.fields.iter().map(Line::Field).chain(reserved_line(&record.reserved)).collect()
}

fn reserved_line(reserved: &[Spanned<String>]) -> Option<Line<'_>> {
    (!reserved.is_empty()).then_some(Line::Reserved(reserved))
}

fn print_body(out: &mut Writer<'_>, head: &str, lines: Vec<Line<'_>>, owner: &Head) {
    if lines.is_empty() && !out.has_comment_before(owner.span.end) {
        out.line(&format!("{head} {{}}"));
        out.after(owner.span.end);
        return;
    }
    out.line(&format!("{head} {{"));
    out.after(owner.name.span.end);
    out.indent(1);
    let spaced = lines.iter().map(Line::is_tall).collect::<Vec<_>>();
    for (index, line) in lines.iter().enumerate() {
        // A blank line around what has docs of its own.
        if index > 0 && (spaced[index] || spaced[index - 1]) {
            out.blank();
        }
        line.print(out);
    }
    out.before(owner.span.end);
    out.indent(-1);
    out.line("}");
    out.after(owner.span.end);
}

impl Line<'_> {
    /// Whether it takes several lines.
    fn is_tall(&self) -> bool {
        match self {
            Self::Member(Member::Method(method)) => {
                !method.head.docs.is_empty() || !method.head.attributes.is_empty()
            }
            Self::Member(Member::Handler(handler)) => {
                !handler.docs.is_empty() || !handler.attributes.is_empty()
            }
            Self::Member(Member::Emits(emits)) => !emits.docs.is_empty() || !emits.attributes.is_empty(),
            Self::Field(_) | Self::Variant(_) | Self::Reserved(_) => false,
        }
    }

    fn print(&self, out: &mut Writer<'_>) {
        match self {
            Self::Field(field) => {
                out.before(field.head.span.start);
                print_docs(out, &field.head.docs);
                out.line(&format!("{},", self::field(field)));
                out.after(field.head.span.end);
            }
            Self::Variant(head) => {
                out.before(head.span.start);
                print_docs(out, &head.docs);
                out.line(&format!("{}{},", inline(&head.attributes), head.name.value));
                out.after(head.span.end);
            }
            Self::Reserved(names) => {
                let quoted: Vec<String> = names.iter().map(|name| quote(&name.value)).collect();
                out.line(&format!("reserved {};", quoted.join(", ")));
                if let Some(last) = names.last() {
                    out.after(last.span.end);
                }
            }
            Self::Member(member) => print_member(out, member),
        }
    }
}

fn print_member(out: &mut Writer<'_>, member: &Member) {
    match member {
        Member::Method(method) => {
            print_head(out, &method.head);
            print_method(out, method);
            out.after(method.head.span.end);
        }
        Member::Emits(emits) => {
            let start = emits.attributes.first().map_or(emits.span.start, |first| first.span.start);
            out.before(start);
            print_docs(out, &emits.docs);
            print_attributes(out, &emits.attributes);
            let events: Vec<&str> = emits.events.iter().map(|event| event.value.as_str()).collect();
            out.line(&format!("emits {};", events.join(", ")));
            out.after(emits.span.end);
        }
        Member::Handler(handler) => {
            let start = handler.attributes.first().map_or(handler.span.start, |first| first.span.start);
            out.before(start);
            print_docs(out, &handler.docs);
            print_attributes(out, &handler.attributes);
            let alias = handler.alias.as_ref().map(|alias| format!(" as {}", alias.value));
            out.line(&format!("on {}{};", handler.topic.value, alias.unwrap_or_default()));
            out.after(handler.span.end);
        }
    }
}

fn print_method(out: &mut Writer<'_>, method: &Method) {
    let kind = match method.kind {
        MethodKind::Rpc => "rpc",
        MethodKind::Oneway => "oneway",
        MethodKind::Task => "task",
    };
    let mut tail = String::new();
    if let Some(result) = &method.result {
        tail.push_str(&format!(" -> {}", type_ref(result)));
    }
    let raises: Vec<String> = method
        .raises
        .iter()
        .map(|raise| format!("{}{}", inline(&raise.attributes), raise.error.value))
        .collect();
    if !raises.is_empty() {
        tail.push_str(&format!(" raises {}", raises.join(", ")));
    }
    let start = format!("{kind} {}(", method.head.name.value);
    let params: Vec<String> = method.params.iter().map(field).collect();
    let one_line = format!("{start}{}){tail};", params.join(", "));
    let documented = method.params.iter().any(|param| !param.head.docs.is_empty());
    let commented = match (method.params.first(), method.params.last()) {
        (Some(_), Some(last)) => out.has_comment_before(last.head.span.end),
        _ => false,
    };
    if !documented && !commented && one_line.chars().count() + 4 <= WIDTH {
        out.line(&one_line);
        return;
    }
    out.line(&start);
    out.indent(1);
    for param in &method.params {
        Line::Field(param).print(out);
    }
    out.indent(-1);
    out.line(&format!("){tail};"));
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

/// Without docs.
fn field(field: &Field) -> String {
    let default = field.default.as_ref().map(|default| format!(" = {}", literal(&default.value)));
    let attributes = inline(&field.head.attributes);
    let name = &field.head.name.value;
    format!("{attributes}{name}: {}{}", type_ref(&field.ty), default.unwrap_or_default())
}

fn inline(attributes: &[Attribute]) -> String {
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
    text + &"?".repeat(ty.optional)
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

fn marked(marker: &str, line: &str) -> String {
    if line.is_empty() { marker.to_owned() } else { format!("{marker} {line}") }
}
