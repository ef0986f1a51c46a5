//! What the client tells.

use std::io::{self, Write};

use gen_lsp_types as lsp;
use lsp::TextDocumentContentChangeEvent as Change;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::files::Document;
use crate::server::Server;
use crate::start;
use crate::text::Text;
use crate::transport::MESSAGE_BYTES;
use crate::uri::path_of;

impl<W: Write> Server<W> {
    pub(crate) fn notified(&mut self, method: &str, params: Value) -> io::Result<()> {
        match method {
            "initialized" => self.initialized(),
            "textDocument/didOpen" => self.with(method, params, Self::opened),
            "textDocument/didChange" => self.with(method, params, Self::edited),
            "textDocument/didClose" => self.with(method, params, Self::closed),
            "workspace/didChangeWatchedFiles" => self.with(method, params, Self::watched),
            "workspace/didChangeWorkspaceFolders" => self.with(method, params, Self::folders_changed),
            // What is not for us, or has no meaning here, as `didSave`.
            _ => Ok(()),
        }
    }

    fn with<P: DeserializeOwned>(
        &mut self,
        method: &str,
        params: Value,
        handle: impl FnOnce(&mut Self, P) -> io::Result<()>,
    ) -> io::Result<()> {
        match serde_json::from_value(params) {
            Ok(params) => handle(self, params),
            Err(error) => self.log(&format!("`{method}` was not understood: {error}")),
        }
    }

    fn initialized(&mut self) -> io::Result<()> {
        if self.watches {
            self.out.request("client/registerCapability", &start::watchers())?;
        }
        self.scan()
    }

    fn scan(&mut self) -> io::Result<()> {
        let left_out = self.workspace.as_mut().and_then(|workspace| workspace.scan());
        if let Some(message) = left_out {
            self.show(&message)?;
        }
        self.forget_gone()
    }

    fn opened(&mut self, params: lsp::DidOpenTextDocumentParams) -> io::Result<()> {
        let document = params.text_document;
        let path = path_of(&document.uri.0);
        let text = without_mark(&document.text);
        let document = Document { uri: document.uri.0, version: document.version, text: Text::new(text) };
        if let Some(workspace) = &mut self.workspace {
            workspace.open(path, document);
        }
        Ok(())
    }

    fn edited(&mut self, params: lsp::DidChangeTextDocumentParams) -> io::Result<()> {
        let Some(workspace) = &mut self.workspace else { return Ok(()) };
        let uri = params.text_document.text_document_identifier.uri;
        let path = path_of(&uri.0);
        let encoding = workspace.agreed.encoding;
        let Some(document) = workspace.files.open.get_mut(&path) else {
            return self.log(&format!("`{}` was changed without being open", uri.0));
        };
        for change in params.content_changes {
            document.text = match change {
                Change::TextDocumentContentChangePartial(part) => {
                    document.text.replaced(document.text.bytes(part.range, encoding), &part.text)
                }
                Change::TextDocumentContentChangeWholeDocument(whole) => Text::new(without_mark(&whole.text)),
            };
        }
        document.version = params.text_document.version;
        let bytes = document.text.text.len();
        if bytes > MESSAGE_BYTES {
            workspace.close(&path);
            let message =
                format!("`{}` has {bytes} bytes: it is not looked at until opened again", path.display());
            return self.show(&message);
        }
        workspace.changed(&path);
        Ok(())
    }

    fn closed(&mut self, params: lsp::DidCloseTextDocumentParams) -> io::Result<()> {
        if let Some(workspace) = &mut self.workspace {
            workspace.close(&path_of(&params.text_document.uri.0));
        }
        self.forget_gone()
    }

    fn watched(&mut self, params: lsp::DidChangeWatchedFilesParams) -> io::Result<()> {
        let paths: Vec<_> = params.changes.iter().map(|change| path_of(&change.uri.0)).collect();
        if let Some(workspace) = &mut self.workspace {
            workspace.touched(&paths);
        }
        self.forget_gone()
    }

    fn folders_changed(&mut self, params: lsp::DidChangeWorkspaceFoldersParams) -> io::Result<()> {
        if let Some(workspace) = &mut self.workspace {
            let removed: Vec<_> = params.event.removed.iter().map(|folder| path_of(&folder.uri.0)).collect();
            let folders = &mut workspace.files.folders;
            folders.retain(|folder| !removed.contains(folder));
            folders.extend(params.event.added.iter().map(|folder| path_of(&folder.uri.0)));
        }
        self.scan()
    }
}

/// A text without the byte order mark that some editors leave at its beginning.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}
