//! Text to AST. Only this file and its folder name pest.

mod expected;
mod node;
mod text;

use pest::Parser;

use crate::ast::{self, Attribute, Head};
use crate::error::SchemaError;
use crate::limits::Limits;
use crate::scan::{Comment, scan};
use crate::source::{FileId, Span, Spanned};
use node::Node;

#[derive(pest_derive::Parser)]
#[grammar = "lymph.pest"]
struct Grammar;

/// Reads one file.
///
/// Stops at the first place where the text does not go on as it must; mistakes inside tokens, as unknown
/// escapes, are collected.
///
/// # Errors
///
/// At least one [`SchemaError`] with spans in `file`.
pub(crate) fn parse(
    file: FileId,
    text: &str,
    limits: &Limits,
) -> Result<(ast::File, Vec<Comment>), Vec<SchemaError>> {
    let scanned = scan(file, text, limits.nesting).map_err(|error| vec![*error])?;
    let pairs = Grammar::parse(Rule::file, &scanned.blanked)
        .map_err(|error| vec![expected::syntax_error(file, text, &error.variant, &error.location)])?;
    let mut builder = Builder { limits, errors: Vec::new() };
    let parsed = Node::roots(file, pairs).next().and_then(|root| builder.file(root));
    match parsed {
        Some(parsed) if builder.errors.is_empty() => Ok((parsed, scanned.comments)),
        _ => Err(builder.errors),
    }
}

/// Turns nodes into the AST. `None` means that an error was pushed, or that the grammar and this file disagree.
struct Builder<'a> {
    limits: &'a Limits,
    errors: Vec<SchemaError>,
}

impl Builder<'_> {
    fn file(&mut self, node: Node<'_>) -> Option<ast::File> {
        let mut docs = Vec::new();
        let mut attributes = Vec::new();
        let mut package = None;
        let mut imports = Vec::new();
        let mut items = Vec::new();
        let mut prelude = Prelude::default();
        for child in node.children() {
            match child.rule() {
                Rule::inner_doc => docs.push(doc_line(&child)),
                Rule::attribute => attributes.push(self.attribute(child)?),
                Rule::package => {
                    let [name, version] = child.pick([Rule::path, Rule::number])?;
                    package = Some((self.name(&name), self.version(&version)));
                }
                Rule::import => imports.push(self.import(child)?),
                Rule::prelude => prelude = self.prelude(child)?,
                Rule::EOI => {}
                _ => items.push(self.item(child, std::mem::take(&mut prelude))?),
            }
        }
        let (package, version) = package?;
        Some(ast::File { docs, attributes, package, version, imports, items })
    }

    fn import(&mut self, node: Node<'_>) -> Option<ast::Import> {
        let span = node.span;
        let mut package = None;
        let mut major = None;
        let mut names = None;
        for child in node.children() {
            match child.rule() {
                Rule::path => package = Some(self.name(&child)),
                Rule::number => major = Some(self.major(&child)),
                Rule::imports => {
                    names = Some(
                        child
                            .children()
                            .filter(|child| child.rule() == Rule::import_name)
                            .map(|child| self.import_name(child))
                            .collect::<Option<_>>()?,
                    );
                }
                _ => {}
            }
        }
        Some(ast::Import { package: package?, major, names, span })
    }

    fn import_name(&mut self, node: Node<'_>) -> Option<ast::ImportName> {
        let alias = node.child(Rule::ident).map(|alias| self.name(&alias));
        Some(ast::ImportName { name: self.name(&node.child(Rule::path)?), alias })
    }

    fn prelude(&mut self, node: Node<'_>) -> Option<Prelude> {
        let mut prelude = Prelude::default();
        for child in node.children() {
            match child.rule() {
                Rule::doc => prelude.docs.push(doc_line(&child)),
                _ => prelude.attributes.push(self.attribute(child)?),
            }
        }
        Some(prelude)
    }

    fn attribute(&mut self, node: Node<'_>) -> Option<Attribute> {
        let span = node.span;
        let name_node = node.child(Rule::attribute_name)?;
        let mut name = self.name(&name_node.child(Rule::path)?);
        name.span = name_node.span;
        let arguments = node
            .children()
            .filter(|child| child.rule() == Rule::argument)
            .map(|argument| {
                let name = argument.child(Rule::ident).map(|name| self.name(&name));
                Some(ast::Argument { name, value: self.literal(argument.child(Rule::literal)?)? })
            })
            .collect::<Option<_>>()?;
        Some(Attribute { name, arguments, span })
    }

    fn item(&mut self, node: Node<'_>, prelude: Prelude) -> Option<ast::Item> {
        let rule = node.rule();
        if rule == Rule::closable {
            return self.closable(node, prelude);
        }
        let name = node.child(if rule == Rule::event { Rule::path } else { Rule::ident })?;
        let head = self.head(prelude, &name, node.span);
        let kind = match rule {
            Rule::interface => ast::ItemKind::Interface(self.members(node)?),
            Rule::alias => ast::ItemKind::Alias(self.type_ref(node.child(Rule::type_ref)?)?),
            Rule::failure => ast::ItemKind::Error(self.record(node.child(Rule::record)?)?),
            Rule::event => ast::ItemKind::Event(self.record(node.child(Rule::record)?)?),
            _ => return None,
        };
        Some(ast::Item { head, kind })
    }

    fn closable(&mut self, node: Node<'_>, prelude: Prelude) -> Option<ast::Item> {
        let span = node.span;
        let closed = node.child(Rule::kw_closed).is_some();
        if let Some(structure) = node.child(Rule::structure) {
            let head = self.head(prelude, &structure.child(Rule::ident)?, span);
            let record = ast::Record { closed, ..self.record(structure.child(Rule::record)?)? };
            return Some(ast::Item { head, kind: ast::ItemKind::Struct(record) });
        }
        if let Some(union) = node.child(Rule::alternatives) {
            let head = self.head(prelude, &union.child(Rule::ident)?, span);
            let record = self.record(union.child(Rule::record)?)?;
            return Some(ast::Item { head, kind: ast::ItemKind::Union(ast::Union { closed, record }) });
        }
        let node = node.child(Rule::enumeration)?;
        let head = self.head(prelude, &node.child(Rule::ident)?, span);
        let mut variants = Vec::new();
        let mut reserved = Vec::new();
        for child in node.children() {
            match child.rule() {
                Rule::variant => {
                    let prelude = self.prelude(child.child(Rule::prelude)?)?;
                    let name = child.child(Rule::ident)?;
                    variants.push(self.head(prelude, &name, name.span));
                }
                Rule::reserved => self.reserved(child, &mut reserved),
                _ => {}
            }
        }
        Some(ast::Item { head, kind: ast::ItemKind::Enum(ast::Enum { closed, variants, reserved }) })
    }

    fn record(&mut self, node: Node<'_>) -> Option<ast::Record> {
        let mut record = ast::Record { closed: false, fields: Vec::new(), reserved: Vec::new() };
        for child in node.children() {
            match child.rule() {
                Rule::field => record.fields.push(self.field(child)?),
                Rule::reserved => self.reserved(child, &mut record.reserved),
                _ => {}
            }
        }
        Some(record)
    }

    fn reserved(&mut self, node: Node<'_>, into: &mut Vec<Spanned<String>>) {
        into.extend(node.children().filter(|child| child.rule() == Rule::string).map(|child| {
            let span = child.span;
            Spanned { value: self.string(child), span }
        }));
    }

    fn field(&mut self, node: Node<'_>) -> Option<ast::Field> {
        let span = node.span;
        let prelude = self.prelude(node.child(Rule::prelude)?)?;
        let name = node.child(Rule::ident)?;
        let head = self.head(prelude, &name, Span { start: name.span.start, ..span });
        let ty = self.type_ref(node.child(Rule::type_ref)?)?;
        let default = match node.child(Rule::literal) {
            Some(literal) => Some(self.literal(literal)?),
            None => None,
        };
        Some(ast::Field { head, ty, default })
    }

    fn members(&mut self, node: Node<'_>) -> Option<Vec<ast::Member>> {
        let mut members = Vec::new();
        let mut prelude = Prelude::default();
        for child in node.children() {
            let span = child.span;
            match child.rule() {
                Rule::prelude => prelude = self.prelude(child)?,
                Rule::method => {
                    members.push(ast::Member::Method(self.method(child, std::mem::take(&mut prelude))?));
                }
                Rule::emits => {
                    let Prelude { docs, attributes } = std::mem::take(&mut prelude);
                    let paths = child.children().filter(|child| child.rule() == Rule::path);
                    let events = paths.map(|path| self.name(&path)).collect();
                    members.push(ast::Member::Emits(ast::Emits { docs, attributes, events, span }));
                }
                Rule::handler => {
                    let Prelude { docs, attributes } = std::mem::take(&mut prelude);
                    let topic = self.name(&child.child(Rule::topic)?);
                    let alias = child.child(Rule::ident).map(|alias| self.name(&alias));
                    members.push(ast::Member::Handler(ast::Handler { docs, attributes, topic, alias, span }));
                }
                _ => {}
            }
        }
        Some(members)
    }

    fn method(&mut self, node: Node<'_>, prelude: Prelude) -> Option<ast::Method> {
        let head = self.head(prelude, &node.child(Rule::ident)?, node.span);
        let kind = match node.child(Rule::method_kind)?.text().trim_end() {
            "rpc" => ast::MethodKind::Rpc,
            "oneway" => ast::MethodKind::Oneway,
            _ => ast::MethodKind::Task,
        };
        let mut method = ast::Method { head, kind, params: Vec::new(), result: None, raises: Vec::new() };
        for child in node.children() {
            match child.rule() {
                Rule::params => {
                    for param in child.children().filter(|child| child.rule() == Rule::field) {
                        method.params.push(self.field(param)?);
                    }
                }
                Rule::result => method.result = Some(self.type_ref(child.child(Rule::type_ref)?)?),
                Rule::raises => {
                    for raise in child.children().filter(|child| child.rule() == Rule::raise) {
                        let error = self.name(&raise.child(Rule::path)?);
                        let attributes = raise.children().filter(|child| child.rule() == Rule::attribute);
                        let attributes =
                            attributes.map(|attribute| self.attribute(attribute)).collect::<Option<_>>()?;
                        method.raises.push(ast::Raise { attributes, error });
                    }
                }
                _ => {}
            }
        }
        Some(method)
    }

    fn type_ref(&mut self, node: Node<'_>) -> Option<ast::TypeRef> {
        let span = node.span;
        let mut inner_span = span;
        let mut name = None;
        let mut arguments = Vec::new();
        let mut constraints = Vec::new();
        let mut optional = 0;
        for child in node.children() {
            match child.rule() {
                Rule::question => {
                    optional += 1;
                    continue;
                }
                Rule::path => name = Some(self.name(&child)),
                Rule::type_args => {
                    inner_span.end = child.span.end;
                    for argument in child.children().filter(|child| child.rule() == Rule::type_ref) {
                        arguments.push(self.type_ref(argument)?);
                    }
                }
                Rule::constraints => {
                    inner_span.end = child.span.end;
                    for constraint in child.children().filter(|child| child.rule() == Rule::constraint) {
                        constraints.push(self.constraint(constraint)?);
                    }
                }
                _ => {}
            }
        }
        let name = name?;
        if arguments.is_empty() && constraints.is_empty() {
            inner_span = name.span;
        }
        let span = if optional == 0 { inner_span } else { span };
        Some(ast::TypeRef { name, arguments, constraints, optional, inner_span, span })
    }

    fn constraint(&mut self, node: Node<'_>) -> Option<ast::Constraint> {
        let span = node.span;
        let kind = if let Some(range) = node.child(Rule::range) {
            let (mut min, mut max, mut dots) = (None, None, None);
            for child in range.children() {
                let bound = Spanned { value: child.text().to_owned(), span: child.span };
                match child.rule() {
                    Rule::number if dots.is_none() => min = Some(bound),
                    Rule::number => max = Some(bound),
                    rule => dots = Some(rule),
                }
            }
            ast::ConstraintKind::Range { min, inclusive: dots == Some(Rule::dots_eq), max }
        } else if let Some(name) = node.child(Rule::ident) {
            ast::ConstraintKind::Named(self.name(&name), self.literal(node.child(Rule::literal)?)?)
        } else {
            ast::ConstraintKind::Value(self.literal(node.child(Rule::literal)?)?.value)
        };
        Some(ast::Constraint { kind, span })
    }

    fn head(&mut self, prelude: Prelude, name: &Node<'_>, mut span: Span) -> Head {
        if let Some(first) = prelude.attributes.first() {
            span.start = first.span.start;
        }
        let Prelude { docs, attributes } = prelude;
        Head { docs, attributes, name: self.name(name), span }
    }
}

/// What stands before a declaration.
#[derive(Default)]
struct Prelude {
    docs: Vec<String>,
    attributes: Vec<Attribute>,
}

/// The text of a doc comment, without its marker and one blank.
fn doc_line(node: &Node<'_>) -> String {
    let text = node.child(Rule::doc_text).map_or("", |text| text.text()).trim_end();
    text.strip_prefix(' ').unwrap_or(text).to_owned()
}
