//! What could stand where the cursor is.

mod context;
mod items;
mod visible;

use std::ops::Range;

use gen_lsp_types as lsp;
use lymph_idl::Keyword;

use crate::text::Text;
use crate::uri::path_of;
use crate::workspace::Workspace;
use context::{Expected, Wanted, context};
use items::Items;
use visible::Visible;

/// The most items of one answer; a longer prefix asks again.
const MAX_ITEMS: usize = 1_000;

/// What could stand at a place of an open file.
pub(crate) fn complete(workspace: &Workspace, params: &lsp::CompletionParams) -> Option<lsp::CompletionList> {
    let position = &params.text_document_position_params;
    let document = workspace.document(&position.text_document.uri)?;
    let text = &document.text;
    let offset = text.offset(position.position, workspace.agreed.encoding);
    let Expected { wanted, prefix } = context(&text.text, offset)?;
    let path = path_of(&position.text_document.uri.0);
    let visible = Visible::new(workspace, &path, &text.text);
    let mut items = Items::new(workspace, text, prefix.clone());
    offer(&wanted, &visible, text, &mut items);
    let (items, is_incomplete) = items.best(&text.text[range(&prefix)], MAX_ITEMS);
    Some(lsp::CompletionList { is_incomplete, items, ..lsp::CompletionList::default() })
}

fn range(prefix: &Range<u32>) -> Range<usize> {
    prefix.start as usize..prefix.end as usize
}

fn offer(wanted: &Wanted, visible: &Visible<'_>, text: &Text, items: &mut Items<'_>) {
    use Keyword::*;
    match wanted {
        Wanted::Nothing => {}
        Wanted::Declaration { after_package: false } => {
            items.keywords(&[(Package, "package ${1:name} @ ${2:1.0.0};")]);
        }
        Wanted::Declaration { after_package: true } => items.keywords(&[
            (Use, "use "),
            (Interface, "interface ${1:Name} {\n    $0\n}"),
            (Struct, "struct ${1:Name} {\n    $0\n}"),
            (Enum, "enum ${1:Name} { $0 }"),
            (Union, "union ${1:Name} {\n    $0\n}"),
            (Type, "type ${1:Name} = $0;"),
            (Error, "error ${1:Name} { $0 }"),
            (Event, "event ${1:name} {\n    $0\n}"),
            (Closed, "closed "),
        ]),
        Wanted::AfterClosed => items.keywords(&[
            (Struct, "struct ${1:Name} {\n    $0\n}"),
            (Enum, "enum ${1:Name} { $0 }"),
            (Union, "union ${1:Name} {\n    $0\n}"),
        ]),
        Wanted::Member => items.keywords(&[
            (Rpc, "rpc ${1:name}($2) -> ${0:string};"),
            (Oneway, "oneway ${1:name}($0);"),
            (Task, "task ${1:name}($0);"),
            (Emits, "emits ${0};"),
            (On, "on ${0};"),
        ]),
        Wanted::Field => items.keywords(&[(Reserved, "reserved \"${0}\";")]),
        Wanted::AfterParameters { result: false } => {
            items.mark("->", "-> ");
            items.keywords(&[(Raises, "raises ")]);
        }
        Wanted::AfterParameters { result: true } => items.keywords(&[(Raises, "raises ")]),
        Wanted::AfterName => items.keywords(&[(As, "as ")]),
        Wanted::Type => {
            items.builtin_types();
            visible.types().for_each(|seen| items.seen(&seen, text));
        }
        Wanted::Error => visible.errors().for_each(|seen| items.seen(&seen, text)),
        Wanted::Event => visible.events().for_each(|seen| items.seen(&seen, text)),
        Wanted::Package => visible.packages().for_each(|(name, major)| items.package(&name, major)),
        Wanted::Imported { package, major } => {
            visible.exports(package, *major).for_each(|seen| items.exported(&seen));
        }
        Wanted::Default { ty } => items.defaults(visible, ty),
        Wanted::Attribute(places) => items.attributes(places),
        Wanted::Words(words) => words.iter().for_each(|word| items.word(word)),
        Wanted::EventField { event } => {
            visible.fields_of(event).iter().for_each(|field| items.word(field));
        }
        Wanted::Version => {
            items.word("next");
            items.versions(visible);
        }
    }
}
