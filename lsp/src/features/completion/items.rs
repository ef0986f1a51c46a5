//! Completions as clients show and insert them.

use std::ops::Range;

use gen_lsp_types as lsp;
use lymph_idl::Keyword;
use lymph_idl::language::{ATTRIBUTES, Place, builtin_types, generic_types};

use super::visible::{Seen, Visible};
use crate::features::{imports, words};
use crate::text::Text;
use crate::workspace::Workspace;

/// Characters of docs that are shown with an item.
const DOC_CHARS: usize = 400;

/// Where an item stands among the others.
#[derive(Debug, Clone, Copy)]
enum Rank {
    InSight = 0,
    Language = 1,
    Importable = 2,
}

/// Items that all replace the same text.
pub(super) struct Items<'a> {
    workspace: &'a Workspace,
    text: &'a Text,
    range: lsp::Range,
    found: Vec<lsp::CompletionItem>,
}

impl<'a> Items<'a> {
    pub(super) fn new(workspace: &'a Workspace, text: &'a Text, prefix: Range<u32>) -> Self {
        let range = text.range(prefix, workspace.agreed.encoding);
        Self { workspace, text, range, found: Vec::new() }
    }

    /// Those that have the letters of `prefix` in order, up to a limit, and whether there are more.
    pub(super) fn best(self, prefix: &str, limit: usize) -> (Vec<lsp::CompletionItem>, bool) {
        let wanted = prefix.to_lowercase();
        let fits = |item: &lsp::CompletionItem| {
            let label = item.filter_text.as_ref().unwrap_or(&item.label).to_lowercase();
            let mut rest = label.chars();
            wanted.chars().all(|char| rest.any(|other| other == char))
        };
        let mut found: Vec<_> = self.found.into_iter().filter(fits).collect();
        found.sort_by(|one, other| one.sort_text.cmp(&other.sort_text));
        let more = found.len() > limit;
        found.truncate(limit);
        (found, more)
    }

    fn push(
        &mut self,
        label: &str,
        kind: lsp::CompletionItemKind,
        rank: Rank,
        insert: &str,
    ) -> &mut lsp::CompletionItem {
        let is_snippet = insert.contains('$') && self.workspace.agreed.snippets;
        let new_text = if is_snippet { insert.to_owned() } else { plain(insert) };
        let edit = lsp::TextEdit { range: self.range, new_text };
        self.found.push(lsp::CompletionItem {
            label: label.to_owned(),
            kind: Some(kind),
            sort_text: Some(format!("{}{label}", rank as u8)),
            insert_text_format: is_snippet.then_some(lsp::InsertTextFormat::Snippet),
            text_edit: Some(edit.into()),
            ..lsp::CompletionItem::default()
        });
        self.found.last_mut().expect("just pushed")
    }

    /// Keywords, each with what it inserts.
    pub(super) fn keywords(&mut self, keywords: &[(Keyword, &str)]) {
        for (keyword, insert) in keywords {
            self.push(keyword.text(), lsp::CompletionItemKind::Keyword, Rank::Language, insert);
        }
    }

    /// Something that is no word.
    pub(super) fn mark(&mut self, label: &str, insert: &str) {
        self.push(label, lsp::CompletionItemKind::Operator, Rank::InSight, insert);
    }

    /// A word that means something just here.
    pub(super) fn word(&mut self, word: &str) {
        self.push(word.trim_end_matches([' ', '=']), lsp::CompletionItemKind::Value, Rank::InSight, word);
    }

    pub(super) fn versions(&mut self, visible: &Visible<'_>) {
        for version in visible.versions() {
            self.word(&format!("{}.{}", version.major, version.minor));
        }
    }

    pub(super) fn builtin_types(&mut self) {
        for name in builtin_types() {
            let arguments = generic_types().iter().find(|(generic, _)| *generic == name);
            let insert = match arguments {
                Some((_, 2)) => format!("{name}<${{1:string}}, $2>"),
                Some(_) => format!("{name}<$1>"),
                None => name.to_owned(),
            };
            let item = self.push(name, lsp::CompletionItemKind::Keyword, Rank::Language, &insert);
            item.documentation = words::builtin(name).map(markdown);
        }
    }

    /// A declaration, with the `use` line that it needs.
    pub(super) fn seen(&mut self, seen: &Seen<'_>, text: &Text) {
        let rank = if seen.import.is_some() { Rank::Importable } else { Rank::InSight };
        let import = seen.import.map(|major| {
            let (at, new_text) = imports::import(&text.text, seen.package, major, &seen.name);
            let range = self.text.range(at..at, self.workspace.agreed.encoding);
            lsp::TextEdit { range, new_text }
        });
        let how = if import.is_some() { ", to be imported" } else { "" };
        let item = self.push(&seen.name, kind(seen.what), rank, &seen.name);
        item.detail = Some(format!("{} of {}{how}", seen.what, seen.package));
        item.additional_text_edits = import.map(|edit| vec![edit]);
        describe(item, seen);
    }

    /// A declaration whose name alone is wanted.
    pub(super) fn exported(&mut self, seen: &Seen<'_>) {
        let item = self.push(&seen.name, kind(seen.what), Rank::InSight, &seen.name);
        item.detail = Some(seen.what.to_owned());
        describe(item, seen);
    }

    pub(super) fn package(&mut self, name: &str, major: Option<u32>) {
        let label = major.map_or_else(|| name.to_owned(), |major| format!("{name}@{major}"));
        self.push(&label, lsp::CompletionItemKind::Module, Rank::InSight, &format!("{label}.{{$0}};"));
    }

    /// Values of a field whose type is written as `ty`.
    pub(super) fn defaults(&mut self, visible: &Visible<'_>, ty: &str) {
        for (variant, owner) in visible.variants(ty) {
            let item = self.push(
                &variant.name.value,
                lsp::CompletionItemKind::EnumMember,
                Rank::InSight,
                &variant.name.value,
            );
            item.detail = Some(format!("of {owner}"));
        }
        let literals: &[&str] = match ty {
            "bool" => &["true", "false"],
            "list" | "set" => &["[]"],
            "map" => &["{}"],
            "string" => &["\"\""],
            "duration" => &["1s"],
            _ => &[],
        };
        for literal in literals {
            self.push(literal, lsp::CompletionItemKind::Value, Rank::InSight, literal);
        }
    }

    /// Attributes that may stand on one of `places`.
    pub(super) fn attributes(&mut self, places: &[Place]) {
        for known in ATTRIBUTES.iter().filter(|known| known.places.iter().any(|it| places.contains(it))) {
            let label = format!("@{}", known.name);
            let insert = snippet(known.usage);
            let item = self.push(&label, lsp::CompletionItemKind::Property, Rank::Language, &insert);
            item.detail = Some(known.usage.to_owned());
            item.documentation = words::attribute(known.name).map(|(_, means)| markdown(means));
        }
    }
}

fn kind(what: &str) -> lsp::CompletionItemKind {
    match what {
        "enum" | "union" => lsp::CompletionItemKind::Enum,
        "event" => lsp::CompletionItemKind::Event,
        "type" => lsp::CompletionItemKind::Reference,
        _ => lsp::CompletionItemKind::Struct,
    }
}

fn describe(item: &mut lsp::CompletionItem, seen: &Seen<'_>) {
    let docs: String = seen.meta.docs.join("\n").chars().take(DOC_CHARS).collect();
    item.documentation = (!docs.is_empty()).then(|| markdown(&docs));
    item.tags = super::visible::is_deprecated(seen.meta).then(|| vec![lsp::CompletionItemTag::Deprecated]);
}

fn markdown(text: &str) -> lsp::Documentation {
    lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: text.to_owned() }.into()
}

/// An attribute's usage with its arguments as places to fill in.
fn snippet(usage: &str) -> String {
    let Some((name, rest)) = usage.split_once('(') else { return usage.to_owned() };
    let arguments =
        rest.strip_suffix(')').unwrap_or(rest).split(", ").enumerate().map(|(index, argument)| {
            let number = index + 1;
            let (before, value) = argument
                .split_once(" = ")
                .map_or((String::new(), argument), |(key, value)| (format!("{key} = "), value));
            match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
                // A path is written by hand.
                Some(path) if path.starts_with('/') => format!("\"/${number}\""),
                Some(text) => format!("{before}\"${{{number}:{text}}}\""),
                None => format!("{before}${{{number}:{value}}}"),
            }
        });
    format!("{name}({})", arguments.collect::<Vec<_>>().join(", "))
}

/// A snippet without its places.
fn plain(snippet: &str) -> String {
    let mut text = String::new();
    let mut rest = snippet;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        rest = match after.strip_prefix('{') {
            Some(place) => {
                let (place, behind) = place.split_once('}').unwrap_or((place, ""));
                text.push_str(place.split_once(':').map_or("", |(_, default)| default));
                behind
            }
            None => after.trim_start_matches(|char: char| char.is_ascii_digit()),
        };
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usages_become_snippets() {
        assert_eq!(snippet("@idempotent"), "@idempotent");
        assert_eq!(snippet("@deprecated(1.4, \"why\")"), "@deprecated(${1:1.4}, \"${2:why}\")");
        assert_eq!(
            snippet("@serial(key = user, partitions = 12)"),
            "@serial(key = ${1:user}, partitions = ${2:12})"
        );
        assert_eq!(snippet("@http(GET, \"/places/{address}\")"), "@http(${1:GET}, \"/$2\")");
    }

    #[test]
    fn snippets_become_texts() {
        assert_eq!(plain("rpc ${1:name}($2) -> ${0:string};"), "rpc name() -> string;");
        assert_eq!(plain("emits ${0};"), "emits ;");
    }
}
