//! What the client asks, and which part of the crate answers.

use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::features::{
    actions, completion, folding, format, highlight, hover, navigate, rename, semantic, symbols,
};
use crate::transport::code;
use crate::uri::path_of;
use crate::workspace::Workspace;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) code: i32,
    pub(crate) message: String,
}

impl Problem {
    /// Something that the user can do differently.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self { code: code::REQUEST_FAILED, message: message.into() }
    }
}

/// What must be up to date before a request is answered.
#[derive(Debug, PartialEq)]
pub(crate) enum Needs {
    Nothing,
    File(PathBuf),
    /// All projects.
    Everything,
    /// All projects, and what lints find in them.
    Lints,
}

pub(crate) fn needs(method: &str, params: &Value) -> Needs {
    match method {
        "textDocument/references"
        | "textDocument/rename"
        | "textDocument/completion"
        | "workspace/symbol" => Needs::Everything,
        "textDocument/codeAction" => Needs::Lints,
        "textDocument/formatting" | "textDocument/foldingRange" => Needs::Nothing,
        _ => {
            let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
            uri.map_or(Needs::Nothing, |uri| Needs::File(path_of(uri)))
        }
    }
}

pub(crate) fn answer(workspace: &Workspace, method: &str, params: Value) -> Result<Value, Problem> {
    match method {
        "textDocument/hover" => call(params, |params| hover::hover(workspace, &params)),
        "textDocument/definition" => call(params, |params| navigate::definition(workspace, &params)),
        "textDocument/references" => call(params, |params| navigate::references(workspace, &params)),
        "textDocument/documentHighlight" => call(params, |params| highlight::highlight(workspace, &params)),
        "textDocument/prepareRename" => try_call(params, |params| rename::prepare(workspace, &params)),
        "textDocument/rename" => try_call(params, |params| rename::rename(workspace, &params)),
        "textDocument/completion" => call(params, |params| completion::complete(workspace, &params)),
        "textDocument/documentSymbol" => call(params, |params| symbols::of_document(workspace, &params)),
        "workspace/symbol" => call(params, |params| symbols::of_workspace(workspace, &params)),
        "textDocument/formatting" => try_call(params, |params| format::format(workspace, &params)),
        "textDocument/codeAction" => call(params, |params| actions::actions(workspace, &params)),
        "textDocument/semanticTokens/full" => call(params, |params| semantic::tokens(workspace, &params)),
        "textDocument/foldingRange" => call(params, |params| folding::ranges(workspace, &params)),
        _ => Err(Problem { code: code::METHOD_NOT_FOUND, message: format!("unknown method `{method}`") }),
    }
}

fn call<P: DeserializeOwned, R: Serialize>(
    params: Value,
    feature: impl FnOnce(P) -> R,
) -> Result<Value, Problem> {
    try_call(params, |params| Ok(feature(params)))
}

fn try_call<P: DeserializeOwned, R: Serialize>(
    params: Value,
    feature: impl FnOnce(P) -> Result<R, Problem>,
) -> Result<Value, Problem> {
    let params = serde_json::from_value(params)
        .map_err(|error| Problem { code: code::INVALID_PARAMS, message: error.to_string() })?;
    let internal = |error: serde_json::Error| Problem {
        code: code::INTERNAL_ERROR,
        message: format!("the answer cannot be written: {error}"),
    };
    serde_json::to_value(feature(params)?).map_err(internal)
}
