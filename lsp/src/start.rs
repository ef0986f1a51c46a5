//! The beginning of a session: what the client can do, what we can, and where schemas are.

use gen_lsp_types as lsp;
use lsp::CodeActionKind as Kind;
use serde_json::{Value, json};

use crate::features::semantic;
use crate::text::Encoding;
use crate::uri::path_of;
use crate::workspace::{Agreed, Workspace};

/// Answers `initialize`: the workspace with its folders not yet read, the answer, and whether the client can
/// watch files. Read by hand: a client that says something unknown shall not be turned away for it.
pub(crate) fn initialize(params: &Value) -> (Workspace, Value, bool) {
    let can = |pointer: &str| params.pointer(&format!("/capabilities/{pointer}"));
    let is = |pointer: &str| can(pointer).and_then(Value::as_bool).unwrap_or(false);
    let encodings = can("general/positionEncodings").and_then(Value::as_array);
    let offers = |name: &str| encodings.is_some_and(|list| list.iter().any(|it| it == name));
    // Ours are bytes of UTF-8, so those cost the least; UTF-16 is what all must know.
    let (encoding, name) = if offers("utf-8") {
        (Encoding::Utf8, "utf-8")
    } else if !offers("utf-16") && offers("utf-32") {
        (Encoding::Utf32, "utf-32")
    } else {
        (Encoding::Utf16, "utf-16")
    };
    let agreed = Agreed {
        encoding,
        document_changes: is("workspace/workspaceEdit/documentChanges"),
        snippets: is("textDocument/completion/completionItem/snippetSupport"),
        symbol_tree: is("textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
        keep_wire: params.pointer("/initializationOptions/rename/keepWire") != Some(&Value::Bool(false)),
    };
    let mut workspace = Workspace::new(agreed);
    let folders = params["workspaceFolders"].as_array();
    let folders = folders.into_iter().flatten().filter_map(|folder| folder["uri"].as_str());
    workspace.files.folders = folders.map(path_of).collect();
    if workspace.files.folders.is_empty() {
        workspace.files.folders.extend(params["rootUri"].as_str().map(path_of));
    }
    let result = json!({
        "capabilities": capabilities(name),
        "serverInfo": { "name": "lymph-idl", "version": env!("CARGO_PKG_VERSION") },
    });
    (workspace, result, is("workspace/didChangeWatchedFiles/dynamicRegistration"))
}

fn capabilities(encoding: &str) -> Value {
    json!({
        "positionEncoding": encoding,
        "textDocumentSync": { "openClose": true, "change": lsp::TextDocumentSyncKind::Incremental },
        "hoverProvider": true,
        "definitionProvider": true,
        "referencesProvider": true,
        "documentHighlightProvider": true,
        "documentSymbolProvider": true,
        "workspaceSymbolProvider": true,
        "documentFormattingProvider": true,
        "foldingRangeProvider": true,
        "renameProvider": { "prepareProvider": true },
        "completionProvider": { "triggerCharacters": ["@", ".", "<", "{", "("] },
        "codeActionProvider": { "codeActionKinds": [Kind::QuickFix, Kind::SourceFixAll] },
        "semanticTokensProvider": { "legend": semantic::legend(), "full": true },
        "workspace": { "workspaceFolders": { "supported": true, "changeNotifications": true } },
    })
}

/// Which files the client shall watch.
pub(crate) fn watchers() -> Value {
    let globs = ["**/*.lymph", "**/lymph.toml"];
    json!({ "registrations": [{
        "id": "lymph-files",
        "method": "workspace/didChangeWatchedFiles",
        "registerOptions": { "watchers": globs.map(|glob| json!({ "globPattern": glob })) },
    }] })
}
