//! Everywhere in one file that a name stands.

use gen_lsp_types as lsp;
use lymph_idl::analysis::Role;

use crate::workspace::Workspace;

/// What stands at a place, wherever else in its file it is named.
pub(crate) fn highlight(
    workspace: &Workspace,
    params: &lsp::DocumentHighlightParams,
) -> Option<Vec<lsp::DocumentHighlight>> {
    let place = workspace.place(&params.text_document_position_params)?;
    let analysis = &place.analyzed.analysis;
    let symbol = analysis.at(place.file, place.offset)?.symbol;
    let here = analysis.occurrences_in(place.file).iter().filter(|found| found.symbol == symbol);
    let highlight = here.map(|found| lsp::DocumentHighlight {
        range: workspace.location(place.analyzed, found.span).range,
        kind: Some(match found.role {
            Role::Definition => lsp::DocumentHighlightKind::Write,
            Role::Reference => lsp::DocumentHighlightKind::Read,
        }),
    });
    Some(highlight.collect())
}
