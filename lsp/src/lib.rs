//! A language server for `.lymph` schemas: what editors ask, answered from [`lymph_idl::analyze`].
//!
//! [`serve`] speaks the Language Server Protocol over two streams until the client is done:
//!
//! ```
//! let quit = r#"{"jsonrpc":"2.0","method":"exit"}"#;
//! let input = format!("Content-Length: {}\r\n\r\n{quit}", quit.len());
//! let mut output = Vec::new();
//! let exit = lymph_lsp::serve(std::io::Cursor::new(input), &mut output);
//! assert_eq!(exit, lymph_lsp::Exit::Early, "nobody asked to shut down first");
//! ```
//!
//! One thread reads messages, one does all else, in the order in which they came. What was typed while it
//! was busy is applied as a whole before anything is analysed again: the first key is analysed at once, and
//! a burst of them costs one more run, not one each. Nothing is locked, and nothing is ever answered from
//! a text that is no longer there.

mod diagnostics;
mod features;
mod files;
mod heads;
mod notifications;
mod projects;
mod requests;
mod server;
mod start;
mod text;
mod transport;
mod uri;
mod workspace;

use std::io::{Read, Write};

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The client said that it would end, then ended.
    Proper,
    /// The client ended, or its stream did, before it asked to shut down.
    Early,
}

/// Serves one client until it ends. Messages that are none are answered with an error; a stream in which no
/// message can be found ends the session.
pub fn serve(input: impl Read + Send + 'static, output: impl Write) -> Exit {
    server::Server::new(output).run(input)
}
