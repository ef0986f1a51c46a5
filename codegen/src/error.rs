//! Errors: a struct for each, and one enum for each method that raises some.

use askama::Template;
use lymph_idl::model::{ErrorDef, Field, Method, Package, Scalar, TypeDef, TypeDefKind, TypeKind};

use crate::cx::Cx;
use crate::enumeration::catch_all;
use crate::record::{self, Derives, FieldView, StructView};
use crate::{docs, literal, names};

/// What makes a struct an error.
#[derive(Template)]
#[template(path = "error.txt")]
struct ErrorView {
    name: String,
    wire: String,
    default_message: String,
    /// The field that holds the message.
    message: Option<String>,
    /// Whether the message stands beside the schema's fields, to be set by whoever reads it.
    own_message: bool,
}

/// The struct of an error: its fields, and a message unless the schema has a field of that name.
pub(crate) fn generate(cx: &Cx<'_>, package: &Package, def: &TypeDef, error: &ErrorDef) -> String {
    let name = cx.names.of_type(def.id).to_owned();
    let selector = format!("{}.{}", package.name.value, def.meta.name.value);
    let declared =
        error.record.fields.iter().find(|field| names::value_name(&field.meta.name.value) == "message");
    let mut fields = record::fields(cx, package.id, &selector, &error.record.fields);
    if declared.is_none() {
        fields.push(message_field());
    }
    let definition = StructView {
        docs: docs::of(&def.meta, ""),
        attributes: cx.attributes.of(&selector, "") + &record::deprecated(&def.meta, ""),
        derives: Derives::of(cx, error.record.fields.iter()),
        name: name.clone(),
        parameters: record::parameters(cx, package.id, &error.record.fields),
        has_default: record::has_default(cx, &error.record.fields),
        fields,
    };
    let is_text =
        |field: &Field| matches!(cx.schema.resolve_alias(&field.ty).kind, TypeKind::Scalar(Scalar::String));
    let error = crate::render(&ErrorView {
        name: name.clone(),
        wire: literal::string(&def.meta.wire),
        default_message: literal::string(&default_message(def)),
        message: declared.is_none_or(is_text).then(|| "message".to_owned()),
        own_message: declared.is_none(),
    });
    let fields = &definition.fields;
    [definition.text(), record::encode(&name, fields), record::decode(&name, fields, None), error].concat()
}

fn message_field() -> FieldView {
    FieldView {
        docs: "    /// For people; empty: what the schema says of the error.\n".to_owned(),
        ident: "message".to_owned(),
        ty: "::std::string::String".to_owned(),
        initial: "::std::string::String::new()".to_owned(),
        setter: Some(record::Setter {
            name: "with_message".to_owned(),
            ty: "impl ::std::convert::Into<::std::string::String>".to_owned(),
            value: "::std::convert::Into::into(value)".to_owned(),
        }),
        finish: "::std::string::String::new()".to_owned(),
        local_only: true,
        ..FieldView::unseen()
    }
}

/// The first line of the docs without its stop, else the name in words.
fn default_message(def: &TypeDef) -> String {
    let line = def.docs_line();
    if !line.is_empty() {
        return line.trim_end_matches('.').to_owned();
    }
    names::words(&def.meta.name.value)
}

trait DocsLine {
    fn docs_line(&self) -> &str;
}

impl DocsLine for TypeDef {
    fn docs_line(&self) -> &str {
        self.meta.docs.iter().map(|line| line.trim()).find(|line| !line.is_empty()).unwrap_or("")
    }
}

/// The errors of one method.
#[derive(Template)]
#[template(path = "failure.txt")]
struct FailureView {
    name: String,
    method: String,
    derives: Derives,
    unknown: String,
    raised: Vec<Raised>,
    any_retryable: bool,
}

struct Raised {
    ident: String,
    /// The struct's path.
    path: String,
    docs: String,
    pattern: String,
    retryable: bool,
}

/// `LocateError`: which of its declared errors a method failed with.
pub(crate) fn failure(cx: &Cx<'_>, package: &Package, name: &str, method: &Method) -> String {
    let defs: Vec<_> = method.raises.iter().map(|raise| cx.schema.type_def(raise.error)).collect();
    let mut taken = names::Taken::default();
    let raised: Vec<_> = defs
        .iter()
        .map(|def| {
            let ident = cx.names.of_type(def.id).to_owned();
            let owner = cx.package(def.package).name.value.as_str();
            let qualified = names::type_name(&format!("{owner}.{}", def.meta.name.value));
            Raised {
                ident: taken.first_free(&[ident, qualified]),
                path: cx.type_path(package.id, def.id),
                docs: docs::comment(&docs::harmless(&[def.docs_line().to_owned()]), "    "),
                pattern: record::wire_names(&def.meta).map(literal::string).collect::<Vec<_>>().join(" | "),
                retryable: matches!(&def.kind, TypeDefKind::Error(error) if error.retryable),
            }
        })
        .collect();
    let fields = defs.iter().flat_map(|def| match &def.kind {
        TypeDefKind::Error(error) if cx.extern_type(def.id).is_none() => &error.record.fields[..],
        _ => &[],
    });
    let derives = Derives::of(cx, fields).without_hash();
    crate::render(&FailureView {
        name: name.to_owned(),
        method: method.meta.name.value.clone(),
        derives,
        unknown: catch_all(raised.iter().map(|raised| &*raised.ident), "Error"),
        any_retryable: raised.iter().any(|raised| raised.retryable),
        raised,
    })
}
