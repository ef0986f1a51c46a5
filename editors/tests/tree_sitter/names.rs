//! What is declared where, and which words are keywords.

use std::collections::BTreeSet;
use std::ops::Range;

use lymph_editors::{Sample, Verdict, corpus, nodes, parse, root};
use lymph_idl::analysis::{Analysis, Role, SymbolKind, analyze};
use lymph_idl::{FileId, FileSystem, Keyword, Options};
use tree_sitter::Node;

/// A declared name, what it is, and the whole declaration without its docs.
type Declared = (usize, usize, SymbolKind, Option<Range<usize>>);

#[test]
fn declarations_are_those_of_the_model() {
    let mut compared = 0;
    for sample in corpus().iter().filter(|sample| sample.verdict == Verdict::Accepted) {
        let analysis = analyze([root().join(&sample.path)], &Options::default(), &FileSystem);
        let Some(file) = file(&analysis, sample) else { continue };
        let tree = parse(&sample.text);
        let found: Vec<Declared> = nodes(&tree).into_iter().filter_map(declared).collect();
        let known = in_model(&analysis, file);
        if analysis.errors.is_empty() {
            let shown = |all: &[Declared]| -> BTreeSet<String> {
                all.iter().map(|declared| shown(&sample.text, declared)).collect()
            };
            assert_eq!(shown(&found), shown(&known), "{}", sample.path.display());
            compared += 1;
        }
        // What is wrong in other ways may be missing in the model, or not be known as a whole.
        for (start, end, kind, _) in known {
            let name = &sample.text[start..end];
            let is_there = found.iter().any(|found| (found.0, found.1, found.2) == (start, end, kind));
            assert!(is_there, "{}: the tree lacks {kind:?} `{name}`", sample.path.display());
        }
    }
    assert!(compared > 200, "only {compared} schemas were compared as a whole");
}

#[test]
fn keywords_are_no_names() {
    for sample in corpus().iter().filter(|sample| sample.verdict == Verdict::Accepted) {
        let analysis = analyze([root().join(&sample.path)], &Options::default(), &FileSystem);
        let Some(file) = file(&analysis, sample) else { continue };
        let tree = parse(&sample.text);
        let root = tree.root_node();
        for node in nodes(&tree).into_iter().filter(|node| is_keyword(*node)) {
            let word = &sample.text[node.byte_range()];
            assert!(Keyword::from_text(word).is_some(), "{}: `{word}`", sample.path.display());
            let start = node.start_byte() as u32;
            let names = analysis.occurrences_in(file);
            let name = names.iter().find(|name| name.span.start <= start && start < name.span.end);
            assert_eq!(name, None, "{}: `{word}` is a name", sample.path.display());
        }
        for name in analysis.occurrences_in(file) {
            let node = root.named_descendant_for_byte_range(name.span.start as usize, name.span.end as usize);
            let kind = node.map_or("nothing", |node| node.kind());
            let is_name =
                // Fields are named in values of attributes too: `{address}` of a path, say.
                matches!(kind, "identifier" | "path" | "topic" | "topic_word" | "string_content");
            assert!(is_name, "{}: {kind} in place of a name", sample.path.display());
        }
    }
}

/// Whether it is a word of the grammar itself.
pub(crate) fn is_keyword(node: Node<'_>) -> bool {
    !node.is_named()
        && node.child_count() == 0
        && node.kind().starts_with(|first: char| first.is_alphabetic())
}

/// The file of a schema among all that were read.
fn file(analysis: &Analysis, sample: &Sample) -> Option<FileId> {
    let mut files = analysis.schema.sources.files();
    files.find(|(_, file)| file.path.ends_with(&sample.path)).map(|(id, _)| id)
}

fn in_model(analysis: &Analysis, file: FileId) -> Vec<Declared> {
    let names = analysis.occurrences_in(file).iter().filter(|name| name.role == Role::Definition);
    names
        .map(|name| {
            let meta = analysis.declaration(name.symbol);
            let meta = meta.as_ref().and_then(|declared| declared.meta());
            let span = meta.map(|meta| meta.span.start as usize..meta.span.end as usize);
            (name.span.start as usize, name.span.end as usize, name.symbol.kind, span)
        })
        .collect()
}

fn declared(node: Node<'_>) -> Option<Declared> {
    let kind = match node.kind() {
        "package" => SymbolKind::Package,
        "interface" => SymbolKind::Interface,
        "method" => SymbolKind::Method,
        "parameter" => SymbolKind::Parameter,
        "handler" => SymbolKind::Handler,
        "struct" => SymbolKind::Struct,
        "enum" => SymbolKind::Enum,
        "union" => SymbolKind::Union,
        "alias" => SymbolKind::Alias,
        "error" => SymbolKind::Error,
        "event" => SymbolKind::Event,
        "variant" => SymbolKind::Variant,
        "field" if node.parent()?.parent()?.kind() == "union" => SymbolKind::Variant,
        "field" => SymbolKind::Field,
        _ => return None,
    };
    let name = node.child_by_field_name("name")?.byte_range();
    let mut cursor = node.walk();
    let first = node.children(&mut cursor).find(|child| !matches!(child.kind(), "doc" | "comment"))?;
    let whole = (kind != SymbolKind::Package).then(|| first.start_byte()..node.end_byte());
    Some((name.start, name.end, kind, whole))
}

fn shown(text: &str, (start, end, kind, whole): &Declared) -> String {
    let line = text[..*start].matches('\n').count() + 1;
    format!("line {line}: {kind:?} `{}` in {whole:?}", &text[*start..*end])
}
