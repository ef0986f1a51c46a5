//! From a name to where it is declared, and to everywhere it stands.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gen_lsp_types as lsp;
use lymph_idl::analysis::{Role, Symbol};

use crate::projects::Analyzed;
use crate::workspace::Workspace;

/// Where what stands at a place is declared.
pub(crate) fn definition(workspace: &Workspace, params: &lsp::DefinitionParams) -> Option<lsp::Location> {
    let place = workspace.place(&params.text_document_position_params)?;
    let found = place.analyzed.analysis.at(place.file, place.offset)?;
    Some(workspace.location(place.analyzed, found.symbol.name))
}

/// Everywhere that what stands at a place is named, in all projects.
pub(crate) fn references(workspace: &Workspace, params: &lsp::ReferenceParams) -> Option<Vec<lsp::Location>> {
    let place = workspace.place(&params.text_document_position_params)?;
    let found = place.analyzed.analysis.at(place.file, place.offset)?;
    let all = everywhere(workspace, place.analyzed, found.symbol).into_values();
    let wanted = all.filter(|(role, _)| params.context.include_declaration || *role == Role::Reference);
    Some(wanted.map(|(_, location)| location).collect())
}

/// Everywhere that a symbol is named, in all projects, by file and place. A file that several projects read
/// is told about once.
pub(crate) fn everywhere(
    workspace: &Workspace,
    analyzed: &Analyzed,
    symbol: Symbol,
) -> BTreeMap<(PathBuf, u32, u32), (Role, lsp::Location)> {
    let declared = analyzed.path(symbol.name.file);
    let mut places = BTreeMap::new();
    for other in workspace.all() {
        let Some(file) = other.id(declared) else { continue };
        let symbol = Symbol { name: lymph_idl::Span { file, ..symbol.name }, ..symbol };
        for found in other.analysis.occurrences_of(symbol) {
            let span = found.span;
            let key = (other.path(span.file).to_owned(), span.start, span.end);
            places.entry(key).or_insert_with(|| (found.role, workspace.location(other, span)));
        }
    }
    places
}
