//! `lymph-idl lsp`: a language server for one editor.

use std::io;

use lymph_lsp::Exit;

use crate::output::Outcome;

/// Serves until the editor is done. One that ends without saying so beforehand is something found.
pub(super) fn run() -> Outcome {
    match lymph_lsp::serve(io::stdin(), io::stdout()) {
        Exit::Proper => Outcome::Fine,
        Exit::Early => Outcome::Found,
    }
}
