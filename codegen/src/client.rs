//! What a caller uses.

use askama::Template;
use lymph_idl::model::{Interface, MethodKind, Package};

use crate::cx::Cx;
use crate::scope::InterfaceNames;
use crate::types::BorrowedKind;
use crate::{docs, record, server, types};

#[derive(Template)]
#[template(path = "client.txt")]
struct ClientView<'a> {
    names: &'a InterfaceNames,
    methods: Vec<Call>,
}

struct Call {
    docs: String,
    attributes: String,
    /// `greet<'a>`
    name: String,
    /// Behind `&self`.
    parameters: String,
    output: String,
    /// `call`, `oneway` or `task`.
    verb: &'static str,
    constant: String,
    /// The arguments' type; `None` without parameters.
    args: Option<String>,
}

pub(crate) fn generate(
    cx: &Cx<'_>,
    package: &Package,
    interface: &Interface,
    names: &InterfaceNames,
) -> String {
    let call = |(method, named): (&lymph_idl::model::Method, &crate::scope::MethodNames)| {
        let borrows = method
            .params
            .iter()
            .any(|param| types::borrowed(cx, package.id, &param.ty).kind != BorrowedKind::Value);
        let lifetime = if borrows { "<'a>" } else { "" };
        let result = server::result(cx, package, method.result.as_ref());
        let (output, verb) = match method.kind {
            MethodKind::Rpc => match &named.error {
                Some(error) => (format!("::lymph::Call<{result}, {error}>"), "call"),
                None => (format!("::lymph::Call<{result}>"), "call"),
            },
            MethodKind::Oneway => ("::lymph::Oneway".to_owned(), "oneway"),
            MethodKind::Task => ("::lymph::Emit".to_owned(), "task"),
        };
        Call {
            docs: docs::of(&method.meta, "    "),
            attributes: record::deprecated(&method.meta, "    "),
            name: format!("{}{lifetime}", named.client_function),
            parameters: match &named.args {
                Some(args) => format!(", args: impl ::std::convert::Into<{args}{lifetime}>"),
                None => String::new(),
            },
            output,
            verb,
            constant: format!("{}::{}", names.methods_module, named.constant),
            args: named.args.as_ref().map(|args| format!("{args}{lifetime}")),
        }
    };
    crate::render(&ClientView {
        names,
        methods: interface.methods.iter().zip(&names.methods).map(call).collect(),
    })
}
