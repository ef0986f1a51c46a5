//! A file: its package, its imports, and what it declares.

use std::sync::Arc;

use super::Parser;
use super::attributes::Prelude;
use super::expected::{DECLARATIONS, MEMBERS, did_you_mean, meant};
use crate::ast::{self, Import, ImportName, Item, ItemKind};
use crate::lex::Punctuation::{At, CloseBrace, Dot, Equals, OpenBrace, Semicolon, Star};
use crate::lex::{Keyword, TokenKind};
use crate::source::{Span, Spanned};
use crate::version::Version;

const DECLARATION: &str = "a declaration";

impl Parser<'_> {
    /// Rule `file`.
    pub(super) fn file(&mut self) -> ast::File {
        let mut docs = Vec::new();
        let mut attributes = Vec::new();
        let mut reported = false;
        loop {
            match self.kind(0) {
                Some(TokenKind::InnerDoc) if attributes.is_empty() => {
                    let token = self.bump();
                    docs.push(self.doc_line(token));
                }
                Some(TokenKind::Punctuation(At)) => attributes.extend(self.attribute()),
                Some(TokenKind::Doc | TokenKind::InnerDoc) => {
                    let help = "a package is documented with `//!`, before its attributes";
                    self.unexpected_doc("`package`", help);
                    reported = true;
                    self.skip_docs();
                }
                _ => break,
            }
        }
        let (first, noted) = (self.next, self.errors.len());
        let (package, version) = self.package(reported);
        self.note_damage(first, noted);
        let nothing = ast::File::nothing(version.span);
        let mut file = ast::File { docs, attributes, package, version, ..nothing };
        self.declarations(&mut file);
        file.items.shrink_to_fit();
        file
    }

    /// Rules `import` and `declaration`, to the end.
    pub(super) fn declarations(&mut self, file: &mut ast::File) {
        while !self.at_end() {
            let start = self.next;
            self.declaration(file);
            if self.next == start {
                self.next += 1;
            }
        }
    }

    /// Rule `package`. What cannot be read is made up, and noted as damage.
    fn package(&mut self, reported: bool) -> (Spanned<String>, Spanned<Version>) {
        let nothing = Span { end: self.start(), ..self.span_from(self.start()) };
        let mut name = Spanned { value: String::new(), span: nothing };
        let mut version = Spanned { value: Version::new(1, 0, 0), span: nothing };
        self.damage.package = true;
        if !self.find_package(reported) {
            return (name, version);
        }
        self.next += 1;
        let Some(read) = self.path("a name") else {
            self.skip_statement();
            return (name, version);
        };
        name = read;
        version.span = name.span;
        if !self.eat(At) {
            let help = format!("a package has a version: `package {} @ 1.0.0;`", name.value);
            self.expected_with("`@`", Some(help));
            self.skip_statement();
            return (name, version);
        }
        if self.kind(0) != Some(TokenKind::Number) {
            self.expected_help("a version", "write three numbers, as in `1.4.0`");
            self.skip_statement();
            return (name, version);
        }
        let token = self.bump();
        version.span = self.span(token);
        if let Some(read) = self.version(token) {
            version.value = read;
            self.damage.package = false;
        }
        self.semicolon();
        (name, version)
    }

    /// Goes to the word `package`, or to what was meant by it; reports what comes before. `false` when there
    /// is none.
    fn find_package(&mut self, reported: bool) -> bool {
        if self.at_keyword(Keyword::Package) {
            return true;
        }
        if !reported {
            let help = match meant(self.word(0), &["package"]) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "a schema begins with its package, as in `package maps.geo @ 1.0.0;`".to_owned(),
            };
            self.unexpected("`package`", Some(help));
        }
        if meant(self.word(0), &["package"]).is_some() && self.kind(1) == Some(TokenKind::Word) {
            return true;
        }
        let start = self.next;
        while !self.at_end() && !self.is_declaration() {
            if self.at_keyword(Keyword::Package) && self.is_first_on_line(0) {
                return true;
            }
            self.next += 1;
        }
        self.next = start;
        false
    }

    /// Rules `import` and `declaration`.
    fn declaration(&mut self, file: &mut ast::File) {
        let (first, noted) = (self.next, self.errors.len());
        let prelude = self.prelude(DECLARATION);
        if self.at_end() {
            if !prelude.is_empty() {
                self.unexpected(DECLARATION, Some(prelude.of_nothing().to_owned()));
            }
            return;
        }
        let keyword = match Keyword::from_text(self.word(0)) {
            Some(keyword) if self.declares() => Some(keyword),
            _ => self.foreign_declaration(file, &prelude),
        };
        match keyword {
            None => {}
            Some(Keyword::Use) => {
                if !prelude.is_empty() {
                    self.unexpected(DECLARATION, Some(prelude.of_nothing().to_owned()));
                }
                let import = self.import();
                self.note_damage(first, noted);
                self.damage.any_name |= import.is_none();
                file.imports.extend(import);
            }
            Some(keyword) => {
                let item = self.item(prelude, keyword, (first, noted));
                self.damage.any_name |= item.is_none();
                file.items.extend(item.map(Arc::new));
            }
        }
    }

    /// The keyword that was meant by something else, which is reported. `None` when there is no telling; then
    /// it is passed over.
    fn foreign_declaration(&mut self, file: &mut ast::File, prelude: &Prelude) -> Option<Keyword> {
        let word = self.word(0);
        let help = match self.kind(0) {
            Some(TokenKind::Punctuation(Semicolon)) => "no `;` stands after a `}`".to_owned(),
            Some(TokenKind::Punctuation(CloseBrace)) if prelude.is_empty() => {
                "there is one `}` too many before or at this place".to_owned()
            }
            _ if !prelude.is_empty() && word.is_empty() => prelude.of_nothing().to_owned(),
            _ if self.at_keyword(Keyword::Package) => "a file holds one package".to_owned(),
            _ if self.is_member() => {
                format!("`{word}` stands in an `interface`; is there one `}}` too many before it?")
            }
            _ if self.is_field() => {
                "fields stand in a declaration; is there one `}` too many before it?".to_owned()
            }
            _ => did_you_mean(word, DECLARATIONS),
        };
        // What comes behind a declaration inside of another one.
        let is_rest = self.at(CloseBrace) || self.is_field() || self.is_member();
        if is_rest && self.unclosed_bodies > 0 {
            self.unclosed_bodies -= 1;
        } else {
            self.unexpected(DECLARATION, Some(help));
        }
        if matches!(self.kind(0), Some(TokenKind::Punctuation(Semicolon | CloseBrace))) {
            self.next += 1;
        } else if self.at_keyword(Keyword::Package) {
            self.skip_statement();
        } else if self.is_member() && MEMBERS.contains(&word) {
            self.stray_members(file);
        } else if self.is_field() {
            self.stray_fields();
        } else {
            let meant = meant(word, DECLARATIONS).filter(|meant| self.fits(meant));
            if let Some(meant) = meant {
                return Keyword::from_text(meant);
            }
            self.skip_to_declaration();
        }
        None
    }

    /// Whether what follows the next word could follow a keyword.
    fn fits(&self, keyword: &str) -> bool {
        let name = matches!(self.kind(1), Some(TokenKind::Word));
        match Keyword::from_text(keyword) {
            Some(Keyword::Use | Keyword::Closed | Keyword::Event) => name,
            Some(Keyword::Type) => name && self.kind(2) == Some(TokenKind::Punctuation(Equals)),
            _ => name && self.kind(2) == Some(TokenKind::Punctuation(OpenBrace)),
        }
    }

    /// Members of an interface that was closed too early, with the `}` that should have closed it.
    fn stray_members(&mut self, file: &mut ast::File) {
        let mut strays = Vec::new();
        let members = match file.items.last_mut().and_then(Arc::get_mut) {
            Some(Item { kind: ItemKind::Interface(members), .. }) => members,
            _ => &mut strays,
        };
        self.open_missing(OpenBrace);
        self.interface_members(members);
    }

    /// The same for fields. They are no longer known as anybody's.
    fn stray_fields(&mut self) {
        self.open_missing(OpenBrace);
        while !self.ends_body() {
            let start = self.next;
            self.skip_member();
            if self.next == start {
                self.next += 1;
            }
        }
    }

    /// Rule `import`. `None` when it names no package, which was reported.
    fn import(&mut self) -> Option<Import> {
        let start = self.bump().start;
        let Some(package) = self.path("a name") else {
            self.skip_statement();
            return None;
        };
        let mut major = None;
        if self.eat(At) {
            if self.kind(0) == Some(TokenKind::Number) {
                let token = self.bump();
                major = self.major(token);
            } else {
                self.expected_help("a number", "an import may name a major, as in `use maps.geo@2;`");
            }
        }
        let names = if self.eat(Dot) { self.import_names() } else { None };
        self.semicolon();
        Some(Import { package, major, names, span: self.span_from(start) })
    }

    /// The names of a rule `import`, behind its dot.
    fn import_names(&mut self) -> Option<Vec<ImportName>> {
        let mut names = Vec::new();
        if !self.at(OpenBrace) {
            let help = "name what you use, as in `use maps.geo.{LatLng};`";
            self.expected_help("`{`", help);
            self.eat(Star);
            self.damage.any_name = true;
            return Some(names);
        }
        if !self.open(OpenBrace) {
            return Some(names);
        }
        let begins = |parser: &Self| parser.kind(0) == Some(TokenKind::Word) && !parser.declares();
        let whole = self.list(CloseBrace, "a name", begins, |parser| {
            let Some(name) = parser.path("a name") else { return false };
            let mut alias = None;
            if parser.eat_keyword(Keyword::As) {
                alias = parser.ident();
            }
            names.push(ImportName { name, alias });
            true
        });
        self.damage.any_name |= !whole;
        Some(names)
    }

    /// One declaration, at its keyword; `before` is where its prelude begins, and how many errors there were.
    /// `None` when it has no name, which was reported.
    fn item(&mut self, prelude: Prelude, keyword: Keyword, before: (usize, usize)) -> Option<Item> {
        let start = self.bump().start;
        let mut keyword = keyword;
        let closed = keyword == Keyword::Closed;
        if closed {
            keyword = match Keyword::from_text(self.word(0)) {
                Some(keyword @ (Keyword::Struct | Keyword::Enum | Keyword::Union)) => keyword,
                other => {
                    let help = matches!(other, Some(Keyword::Error | Keyword::Event)).then(|| {
                        "readers of events and errors ignore keys that they do not know: drop the `closed`"
                            .to_owned()
                    });
                    self.expected_with("`struct`, `enum` or `union`", help);
                    match other {
                        Some(keyword) if self.declares() && keyword != Keyword::Use => keyword,
                        _ => {
                            self.skip_to_declaration();
                            return None;
                        }
                    }
                }
            };
            self.next += 1;
        }
        let name = if keyword == Keyword::Event { self.path("a name") } else { self.ident() };
        self.note_damage(before.0, before.1);
        let declared = match &name {
            Some(name) => format!("{} {}", keyword.text(), name.value),
            None => format!("{} Name", keyword.text()),
        };
        if name.is_none() && !self.at(OpenBrace) && !self.at(Equals) {
            if !self.is_first_on_line(0) {
                self.skip_to_declaration();
            }
            return None;
        }
        let kind = match keyword {
            Keyword::Interface => ItemKind::Interface(self.interface(&declared)),
            Keyword::Enum => ItemKind::Enum(self.variants(&declared, closed)),
            Keyword::Union => ItemKind::Union(ast::Union { closed, record: self.record(&declared) }),
            Keyword::Error => ItemKind::Error(self.record(&declared)),
            Keyword::Event => ItemKind::Event(self.record(&declared)),
            Keyword::Type => ItemKind::Alias(self.alias()),
            _ => ItemKind::Struct(ast::Record { closed, ..self.record(&declared) }),
        };
        Some(Item { head: self.head(prelude, name?, start), kind })
    }

    /// Rule `alias`, behind its name.
    fn alias(&mut self) -> ast::TypeRef {
        let (first, noted) = (self.next, self.errors.len());
        if !self.eat(Equals) {
            self.expected_help("`=`", "another name for a type is written `type Name = type;`");
            self.eat(crate::lex::Punctuation::Colon);
        }
        let ty = self.type_ref();
        if self.at(OpenBrace) && ty.name.value == Keyword::Struct.text() {
            self.expected_help("`;`", "a record is declared as `struct Name { … }`");
            self.skip_group();
            self.eat(Semicolon);
            return ast::TypeRef::unknown(ty.span);
        }
        self.semicolon();
        self.note_damage(first, noted);
        ty
    }
}
