//! What files declare: a tree for one, a list for all.

use gen_lsp_types as lsp;
use lymph_idl::analysis::{Analysis, Role, SymbolKind};
use lymph_idl::model::{Field, Interface, Meta, MethodKind, Package, TypeDef, TypeDefKind};
use lymph_idl::{FileId, Span};

use crate::projects::Analyzed;
use crate::uri::path_of;
use crate::workspace::Workspace;

/// The most symbols of one answer; editors show fewer and ask again with a longer query.
const MAX_FOUND: usize = 512;

/// The tree of what a file declares, in the order of the file; a list where the client knows no trees.
pub(crate) fn of_document(
    workspace: &Workspace,
    params: &lsp::DocumentSymbolParams,
) -> Option<lsp::DocumentSymbolResponse> {
    let (analyzed, file) = workspace.analyzed(&path_of(&params.text_document.uri.0))?;
    if !workspace.agreed.symbol_tree {
        let all = declared(workspace, analyzed, file, &|_| true).map(|(_, symbol)| symbol);
        return Some(lsp::DocumentSymbolResponse::SymbolInformationList(all.collect()));
    }
    let package = analyzed.analysis.schema.packages.iter().find(|package| package.file == file)?;
    let tree = Tree { workspace, analyzed };
    Some(lsp::DocumentSymbolResponse::DocumentSymbolList(vec![tree.package(package)]))
}

/// Everything whose name holds the letters of the query, in their order; the best first.
pub(crate) fn of_workspace(
    workspace: &Workspace,
    params: &lsp::WorkspaceSymbolParams,
) -> Vec<lsp::SymbolInformation> {
    let mut found: Vec<(u32, lsp::SymbolInformation)> = Vec::new();
    for project in &workspace.projects {
        let Some(analyzed) = &project.analyzed else { continue };
        // Files of other projects, or imported from elsewhere, are found there or not at all.
        let own = analyzed.paths().filter(|(path, _)| project.roots.iter().any(|root| root == path));
        for (_, file) in own {
            found.extend(declared(workspace, analyzed, file, &|name| score(name, &params.query).is_some()));
        }
    }
    for (rank, symbol) in &mut found {
        *rank = score(&symbol.base_symbol_information.name, &params.query).unwrap_or(u32::MAX);
    }
    // Stable: of the same rank, the order of files.
    found.sort_by_key(|(rank, _)| *rank);
    found.truncate(MAX_FOUND);
    found.into_iter().map(|(_, symbol)| symbol).collect()
}

/// How well a name fits a query, 0 the best; `None` if it does not.
fn score(name: &str, query: &str) -> Option<u32> {
    let (lower, query) = (name.to_lowercase(), query.to_lowercase());
    if lower == query {
        return Some(0);
    }
    if lower.starts_with(&query) {
        return Some(1);
    }
    if lower.contains(&query) {
        return Some(2);
    }
    let mut rest = lower.chars();
    query.chars().all(|wanted| rest.any(|char| char == wanted)).then_some(3)
}

fn declared<'a>(
    workspace: &'a Workspace,
    analyzed: &'a Analyzed,
    file: FileId,
    wanted: &'a dyn Fn(&str) -> bool,
) -> impl Iterator<Item = (u32, lsp::SymbolInformation)> + 'a {
    let analysis = &analyzed.analysis;
    let own = analysis.occurrences_in(file).iter().filter(|found| found.role == Role::Definition);
    let own = own.filter(|found| wanted(analysis.name(found.symbol)));
    own.map(move |found| {
        let name = analysis.name(found.symbol).to_owned();
        let container = container(analysis, found.symbol);
        let base = lsp::BaseSymbolInformation::new(name, kind(found.symbol.kind), None, container);
        (0, lsp::SymbolInformation::new(None, workspace.location(analyzed, found.span), base))
    })
}

/// What a symbol is a member of: `maps.geo.Geocoder`.
fn container(analysis: &Analysis, symbol: lymph_idl::analysis::Symbol) -> Option<String> {
    use lymph_idl::analysis::Declaration as D;
    let packages = &analysis.schema.packages;
    let package = &packages.iter().find(|package| package.file == symbol.name.file)?.name.value;
    let owner = match analysis.declaration(symbol)? {
        D::Package(_) => return None,
        D::Interface(_) | D::Type(_) | D::Event(_) => return Some(package.clone()),
        D::Method(interface, _) | D::Handler(interface, _) => interface.meta.name.value.clone(),
        D::Parameter(interface, method, _) => {
            format!("{}.{}", interface.meta.name.value, method.meta.name.value)
        }
        D::EventField(event, _) => event.meta.name.value.clone(),
        D::Field(def, _) | D::Variant(def, _) => def.meta.name.value.clone(),
    };
    Some(format!("{package}.{owner}"))
}

/// The protocol's nearest kind.
fn kind(kind: SymbolKind) -> lsp::SymbolKind {
    match kind {
        SymbolKind::Package => lsp::SymbolKind::Package,
        SymbolKind::Interface => lsp::SymbolKind::Interface,
        SymbolKind::Method => lsp::SymbolKind::Method,
        SymbolKind::Parameter => lsp::SymbolKind::Variable,
        SymbolKind::Handler => lsp::SymbolKind::Function,
        SymbolKind::Struct | SymbolKind::Error => lsp::SymbolKind::Struct,
        SymbolKind::Enum | SymbolKind::Union => lsp::SymbolKind::Enum,
        SymbolKind::Alias => lsp::SymbolKind::TypeParameter,
        SymbolKind::Event => lsp::SymbolKind::Event,
        SymbolKind::Field => lsp::SymbolKind::Field,
        SymbolKind::Variant => lsp::SymbolKind::EnumMember,
    }
}

struct Tree<'a> {
    workspace: &'a Workspace,
    analyzed: &'a Analyzed,
}

impl Tree<'_> {
    fn package(&self, package: &Package) -> lsp::DocumentSymbol {
        let schema = &self.analyzed.analysis.schema;
        let interfaces = package.interfaces.iter().map(|interface| self.interface(interface));
        let types = package.types.iter().map(|id| self.type_def(schema.type_def(*id)));
        let events = package.events.iter().map(|id| {
            let event = schema.event(*id);
            self.node(&event.meta, SymbolKind::Event, "event", self.fields(&event.record.fields))
        });
        let mut children: Vec<_> = interfaces.chain(types).chain(events).collect();
        children.sort_by_key(|child| child.range.start);
        let name = package.name.span;
        let whole = Span { start: 0, end: self.analyzed.text(package.file).len(), ..name };
        let detail = format!("package {}", package.version.value);
        self.symbol(&package.name.value, SymbolKind::Package, &detail, whole, name, children)
    }

    fn interface(&self, interface: &Interface) -> lsp::DocumentSymbol {
        let methods = interface.methods.iter().map(|method| {
            let word = match method.kind {
                MethodKind::Rpc => "rpc",
                MethodKind::Oneway => "oneway",
                MethodKind::Task => "task",
            };
            self.node(&method.meta, SymbolKind::Method, word, Vec::new())
        });
        let handlers = interface.handlers.iter();
        let handlers =
            handlers.map(|handler| self.node(&handler.meta, SymbolKind::Handler, "on", Vec::new()));
        let mut members: Vec<_> = methods.chain(handlers).collect();
        members.sort_by_key(|member| member.range.start);
        self.node(&interface.meta, SymbolKind::Interface, "interface", members)
    }

    fn type_def(&self, def: &TypeDef) -> lsp::DocumentSymbol {
        let (kind, word, children) = match &def.kind {
            TypeDefKind::Struct(record) => (SymbolKind::Struct, "struct", self.fields(&record.fields)),
            TypeDefKind::Error(error) => (SymbolKind::Error, "error", self.fields(&error.record.fields)),
            TypeDefKind::Alias(_) => (SymbolKind::Alias, "type", Vec::new()),
            TypeDefKind::Union(union) => {
                let variants = union.variants.iter();
                let variants = variants.map(|it| self.node(&it.meta, SymbolKind::Variant, "", Vec::new()));
                (SymbolKind::Union, "union", variants.collect())
            }
            TypeDefKind::Enum(declared) => {
                let variants = declared.variants.iter();
                let variants = variants.map(|it| self.node(it, SymbolKind::Variant, "", Vec::new()));
                (SymbolKind::Enum, "enum", variants.collect())
            }
        };
        self.node(&def.meta, kind, word, children)
    }

    fn fields(&self, fields: &[Field]) -> Vec<lsp::DocumentSymbol> {
        let sources = &self.analyzed.analysis.schema.sources;
        let field = |field: &Field| {
            self.node(&field.meta, SymbolKind::Field, sources.text(field.ty.span), Vec::new())
        };
        fields.iter().map(field).collect()
    }

    fn node(
        &self,
        meta: &Meta,
        kind: SymbolKind,
        detail: &str,
        children: Vec<lsp::DocumentSymbol>,
    ) -> lsp::DocumentSymbol {
        let mut symbol = self.symbol(&meta.name.value, kind, detail, meta.span, meta.name.span, children);
        symbol.tags = meta.deprecated.as_ref().map(|_| vec![lsp::SymbolTag::Deprecated]);
        symbol
    }

    fn symbol(
        &self,
        name: &str,
        of_kind: SymbolKind,
        detail: &str,
        whole: Span,
        at: Span,
        children: Vec<lsp::DocumentSymbol>,
    ) -> lsp::DocumentSymbol {
        let range = |span: Span| self.workspace.location(self.analyzed, span).range;
        let detail = (!detail.is_empty()).then(|| detail.to_owned());
        let children = (!children.is_empty()).then_some(children);
        let (name, kind) = (name.to_owned(), kind(of_kind));
        lsp::DocumentSymbol::new(name, detail, kind, None, None, range(whole), range(at), children)
    }
}
