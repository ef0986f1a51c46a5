//! Notes what stands where, for whoever asked.

use super::{Decl, Resolver};
use crate::analysis::{Occurrence, Role, Symbol, SymbolKind};
use crate::ast::{self, ItemKind, Member};
use crate::load::Unit;
use crate::model::{EventId, TypeId};
use crate::source::{Span, Spanned};

impl Resolver<'_> {
    /// Notes that `span` names `symbol`, if that is asked for.
    pub(super) fn note(&mut self, span: Span, symbol: Symbol) {
        if let Some(noted) = &mut self.noted {
            noted.push(Occurrence { span, symbol, role: Role::Reference });
        }
    }

    pub(super) fn note_package(&mut self, span: Span, unit: usize) {
        self.note(span, package(&self.units[unit]));
    }

    /// Notes a type or error named in `unit`, perhaps behind its package's name.
    pub(super) fn note_type(&mut self, unit: usize, name: &Spanned<String>, id: TypeId) {
        let decl = self.type_decls[id.0 as usize];
        let last = name.value.rfind('.').map_or(0, |dot| dot + 1);
        self.note_qualified(unit, name, last, decl);
    }

    /// Notes an event named in `unit`, perhaps behind its package's name.
    pub(super) fn note_event(&mut self, unit: usize, name: &Spanned<String>, id: EventId) {
        let own = self.event_part(unit, &name.value).len();
        let decl = self.event_decls[id.0 as usize];
        self.note_qualified(unit, name, name.value.len() - own, decl);
    }

    /// Notes `name`, whose own part begins at byte `own`; what stands before is the package's name and a dot.
    fn note_qualified(&mut self, unit: usize, name: &Spanned<String>, own: usize, decl: Decl) {
        if self.noted.is_none() {
            return;
        }
        let (span, symbol) = (name.span, symbol(self.item(decl)));
        // Offsets in the name are offsets in the text unless blanks or the like stand between.
        let is_plain = (span.end - span.start) as usize == name.value.len();
        if own == 0 || !is_plain {
            self.note(span, symbol);
            return;
        }
        let start = span.start + own as u32;
        self.note(Span { start, ..span }, symbol);
        let imported = |target: &&usize| self.units[**target].ast.package.value == name.value[..own - 1];
        if let Some(target) = self.scopes[unit].imports.iter().find(imported).copied() {
            self.note_package(Span { end: start - 1, ..span }, target);
        }
    }

    /// Notes one of the names in the braces of a `use` line, and what `as` makes of it.
    pub(super) fn note_import(&mut self, name: &ast::ImportName, decl: Decl) {
        let symbol = symbol(self.item(decl));
        self.note(name.name.span, symbol);
        if let Some(alias) = &name.alias {
            self.note(alias.span, symbol);
        }
    }

    /// Notes a `{parameter}` of an `@http` path. `path` is the text with its quotes.
    pub(super) fn note_http(&mut self, path: Span, text: &str, at: usize, length: usize, param: Span) {
        // With escapes in it the text is shorter than what is written.
        if (path.end - path.start) as usize == text.len() + 2 {
            let start = path.start + 1 + at as u32;
            let span = Span { start, end: start + length as u32, ..path };
            self.note(span, Symbol { name: param, kind: SymbolKind::Parameter });
        }
    }
}

/// Notes everything that the files declare.
pub(super) fn note_declarations(units: &[Unit], noted: &mut Vec<Occurrence>) {
    for unit in units {
        let mut define = |name: &Spanned<String>, kind| {
            let symbol = Symbol { name: name.span, kind };
            noted.push(Occurrence { span: name.span, symbol, role: Role::Definition });
        };
        define(&unit.ast.package, SymbolKind::Package);
        for item in &unit.ast.items {
            define(&item.head.name, kind(item));
            match &item.kind {
                ItemKind::Interface(members) => {
                    members.iter().for_each(|member| note_member(member, &mut define));
                }
                ItemKind::Struct(record) | ItemKind::Error(record) | ItemKind::Event(record) => {
                    record.fields.iter().for_each(|field| define(&field.head.name, SymbolKind::Field));
                }
                ItemKind::Union(union) => {
                    let variants = union.record.fields.iter();
                    variants.for_each(|variant| define(&variant.head.name, SymbolKind::Variant));
                }
                ItemKind::Enum(declared) => {
                    declared.variants.iter().for_each(|variant| define(&variant.name, SymbolKind::Variant));
                }
                ItemKind::Alias(_) => {}
            }
        }
    }
}

fn note_member(member: &Member, define: &mut impl FnMut(&Spanned<String>, SymbolKind)) {
    match member {
        Member::Method(method) => {
            define(&method.head.name, SymbolKind::Method);
            method.params.iter().for_each(|param| define(&param.head.name, SymbolKind::Parameter));
        }
        Member::Handler(handler) => {
            handler.alias.iter().for_each(|alias| define(alias, SymbolKind::Handler));
        }
        Member::Emits(_) => {}
    }
}

fn package(unit: &Unit) -> Symbol {
    Symbol { name: unit.ast.package.span, kind: SymbolKind::Package }
}

fn symbol(item: &ast::Item) -> Symbol {
    Symbol { name: item.head.name.span, kind: kind(item) }
}

fn kind(item: &ast::Item) -> SymbolKind {
    match item.kind {
        ItemKind::Interface(_) => SymbolKind::Interface,
        ItemKind::Struct(_) => SymbolKind::Struct,
        ItemKind::Enum(_) => SymbolKind::Enum,
        ItemKind::Union(_) => SymbolKind::Union,
        ItemKind::Alias(_) => SymbolKind::Alias,
        ItemKind::Error(_) => SymbolKind::Error,
        ItemKind::Event(_) => SymbolKind::Event,
    }
}
