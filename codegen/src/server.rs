//! What a server implements, and how a method's name leads to it.

use askama::Template;
use lymph_idl::model::{Interface, MethodKind, Package, Subscription, Type};

use crate::cx::Cx;
use crate::scope::InterfaceNames;
use crate::{docs, literal, record, types};

#[derive(Template)]
#[template(path = "server.txt")]
struct ServerView<'a> {
    docs: String,
    names: &'a InterfaceNames,
    functions: Vec<Function>,
    /// `"greet" | "hi" => call.unary(…)`
    calls: Vec<String>,
    handles: Vec<String>,
}

struct Function {
    docs: String,
    name: String,
    /// Behind `cx`.
    parameters: String,
    output: String,
    /// The body of a stub; empty without stubs.
    stub: String,
}

/// The shapes a function of the trait can have, and what dispatches to it.
struct Shape {
    /// Name and type behind `cx`.
    parameters: Vec<(&'static str, String)>,
    output: String,
    /// The runtime's method that decodes for it.
    dispatch: &'static str,
}

pub(crate) fn generate(
    cx: &Cx<'_>,
    package: &Package,
    interface: &Interface,
    names: &InterfaceNames,
) -> String {
    let mut view = ServerView {
        docs: Some(docs::of(&interface.meta, ""))
            .filter(|d| !d.is_empty())
            .map(|d| d + "///\n")
            .unwrap_or_default(),
        names,
        functions: Vec::new(),
        calls: Vec::new(),
        handles: Vec::new(),
    };
    for (index, method) in interface.methods.iter().enumerate() {
        let shape = method_shape(cx, package, interface, names, index);
        let named = &names.methods[index];
        let arms = if method.kind == MethodKind::Task { &mut view.handles } else { &mut view.calls };
        arms.push(arm(names, &named.function, &method.meta, &shape));
        view.functions.push(function(cx, docs::of(&method.meta, "    "), &named.function, shape));
    }
    for (handler, name) in interface.handlers.iter().zip(&names.handlers) {
        let (ty, dispatch) = match &handler.subscription {
            Subscription::Event(id) => (cx.event_path(package.id, *id), "event.event"),
            Subscription::Pattern(_) => ("::lymph::DynamicEvent".to_owned(), "event.dynamic"),
        };
        let shape = Shape { parameters: vec![("event", ty)], output: NOTHING.to_owned(), dispatch };
        view.handles.push(arm(names, name, &handler.meta, &shape));
        let fallback = match &handler.subscription {
            Subscription::Event(id) => format!("Handles `{}`.", cx.schema.event(*id).meta.name.value),
            Subscription::Pattern(pattern) => format!("Handles `{pattern}`."),
        };
        let docs = docs::of_or(&handler.meta, "    ", &fallback);
        view.functions.push(function(cx, docs, name, shape));
    }
    crate::render(&view)
}

const NOTHING: &str = "::std::result::Result<(), ::lymph::Fault>";

fn method_shape(
    cx: &Cx<'_>,
    package: &Package,
    interface: &Interface,
    names: &InterfaceNames,
    index: usize,
) -> Shape {
    let (method, named) = (&interface.methods[index], &names.methods[index]);
    let request = named.request.iter().map(|request| ("request", request.clone()));
    let result = result(cx, package, method.result.as_ref());
    let error = named.error.as_deref().unwrap_or("::lymph::NoErrors");
    match method.kind {
        MethodKind::Rpc if method.raw => Shape {
            parameters: request
                .chain([("reply", format!("::lymph::service::Replier<{result}, {error}>"))])
                .collect(),
            output: "()".to_owned(),
            dispatch: "call.raw",
        },
        MethodKind::Rpc => Shape {
            parameters: request.collect(),
            output: match named.error {
                Some(_) => format!("::std::result::Result<{result}, ::lymph::Fault<{error}>>"),
                None => format!("::std::result::Result<{result}, ::lymph::Fault>"),
            },
            dispatch: "call.unary",
        },
        MethodKind::Oneway => {
            Shape { parameters: request.collect(), output: NOTHING.to_owned(), dispatch: "call.unary" }
        }
        MethodKind::Task => {
            Shape { parameters: request.collect(), output: NOTHING.to_owned(), dispatch: "event.task" }
        }
    }
}

/// The type of a result; `()` for none.
pub(crate) fn result(cx: &Cx<'_>, package: &Package, ty: Option<&Type>) -> String {
    ty.map_or_else(|| "()".to_owned(), |ty| types::owned(cx, package.id, ty))
}

/// The trait's function is named in full: methods of other traits could hide it.
fn arm(names: &InterfaceNames, function: &str, meta: &lymph_idl::model::Meta, shape: &Shape) -> String {
    let patterns: Vec<_> = record::wire_names(meta).map(literal::string).collect();
    let has_request = shape.parameters.iter().any(|(name, _)| *name != "reply");
    let mut taken = vec!["cx", if has_request { "q" } else { "()" }];
    let mut given = vec!["&*s", "&cx"];
    given.extend(has_request.then_some("q"));
    if shape.dispatch == "call.raw" {
        taken.push("reply");
        given.push("reply");
    }
    format!(
        "{} => {}(move |{}| async move {{ {}::{function}({}).await }}),",
        patterns.join(" | "),
        shape.dispatch,
        taken.join(", "),
        names.service,
        given.join(", "),
    )
}

fn function(cx: &Cx<'_>, docs: String, name: &str, shape: Shape) -> Function {
    let parameters = shape.parameters.iter().map(|(name, ty)| format!(", {name}: {ty}")).collect();
    let stub = if !cx.options.default_stubs {
        String::new()
    } else if shape.dispatch == "call.raw" {
        "reply.nack();\n        ::std::future::ready(())".to_owned()
    } else {
        let message = literal::string(&format!("`{name}` is not implemented"));
        format!("::std::future::ready(::std::result::Result::Err(::lymph::Fault::internal({message})))")
    };
    Function { docs, name: name.to_owned(), parameters, output: shape.output, stub }
}
