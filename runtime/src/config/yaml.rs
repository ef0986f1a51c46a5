//! YAML into a tree; the only file that names the parser.

use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};

use super::error::{Place, Problem, Source};
use super::tree::{Entry, Kind, Node};

/// Sections inside each other.
const MAX_DEPTH: usize = 64;
/// Values in one file, those that aliases repeat included.
const MAX_VALUES: usize = 100_000;

/// Reads the one document of `source`.
pub(crate) fn parse(source: &Arc<Source>) -> Result<Node, Problem> {
    let mut reader =
        Reader { events: Parser::new_from_str(&source.text), source, anchors: HashMap::new(), values: 0 };
    reader.document()
}

struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
    source: &'a Arc<Source>,
    anchors: HashMap<usize, Node>,
    values: usize,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Node, Problem> {
        let mut document = None;
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentEnd | Event::Nothing => {}
                Event::DocumentStart(_) if document.is_some() => {
                    return Err(Problem::at(&place, "a second document; a file holds one"));
                }
                Event::DocumentStart(_) => {
                    let (event, place) = self.next()?;
                    document = Some(self.node(event, place, 0)?);
                }
                Event::StreamEnd => {
                    return Ok(document.unwrap_or_else(|| Node::new(place, Kind::Null)));
                }
                _ => return Err(Problem::at(&place, "a value outside of the document")),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Place), Problem> {
        match self.events.next_event() {
            Some(Ok((event, span))) => {
                let place = self.place(span);
                Ok((event, place))
            }
            Some(Err(error)) => {
                let place = self.place(Span::empty(*error.marker()));
                Err(Problem::at(&place, format!("this is no YAML: {}", error.info())))
            }
            None => Err(Problem::new(format!("{}: the file ends too early", self.source.name))),
        }
    }

    fn place(&self, span: Span) -> Place {
        let (start, end) = (span.start, span.end);
        let width =
            if end.line() == start.line() { end.col().saturating_sub(start.col()) } else { usize::MAX };
        let width = width.min(200);
        Place {
            source: Arc::clone(self.source),
            line: start.line().max(1),
            column: start.col(),
            width,
            hidden: false,
        }
    }

    fn node(&mut self, event: Event<'a>, place: Place, depth: usize) -> Result<Node, Problem> {
        if depth > MAX_DEPTH {
            return Err(Problem::at(&place, format!("nested more than {MAX_DEPTH} deep")));
        }
        self.count(&place, 1)?;
        let (anchor, kind) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (anchor, scalar(&text, style, tag.as_deref(), &place)?)
            }
            Event::SequenceStart(anchor, tag) => {
                refuse(tag.as_deref(), "seq", &place)?;
                (anchor, self.list(depth)?)
            }
            Event::MappingStart(anchor, tag) => {
                refuse(tag.as_deref(), "map", &place)?;
                (anchor, self.map(depth)?)
            }
            Event::Alias(anchor) => {
                let missing = || Problem::at(&place, "this alias stands inside of what it repeats");
                let node = self.anchors.get(&anchor).cloned().ok_or_else(missing)?;
                self.count(&place, size(&node))?;
                // Aliases may nest deeper than what they are written in.
                if depth + height(&node) > MAX_DEPTH {
                    return Err(Problem::at(&place, format!("nested more than {MAX_DEPTH} deep")));
                }
                return Ok(node);
            }
            _ => return Err(Problem::at(&place, "a value was expected")),
        };
        let node = Node::new(place, kind);
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn list(&mut self, depth: usize) -> Result<Kind, Problem> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Kind::List(items)),
                (event, place) => items.push(self.node(event, place, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Kind, Problem> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut merged = Vec::new();
        loop {
            let (event, place) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let key = match self.node(event, place, depth + 1)? {
                Node { place, kind: Kind::Scalar { text, .. }, .. } => (text, place),
                Node { place, .. } => return Err(Problem::at(&place, "a key must be a single value")),
            };
            let (event, place) = self.next()?;
            let value = self.node(event, place, depth + 1)?;
            let (key, place) = key;
            if key == "<<" {
                merged.push(value);
            } else if entries.iter().any(|entry| entry.key == key) {
                return Err(Problem::at(&place, format!("`{key}` is set twice")));
            } else {
                entries.push(Entry { key, place, value });
            }
        }
        for value in merged {
            merge_into(&mut entries, value)?;
        }
        Ok(Kind::Map(entries))
    }

    fn count(&mut self, place: &Place, values: usize) -> Result<(), Problem> {
        self.values += values;
        if self.values > MAX_VALUES {
            return Err(Problem::at(place, format!("more than {MAX_VALUES} values")));
        }
        Ok(())
    }
}

/// YAML 1.1's `<<: *defaults`: what is set here wins.
fn merge_into(entries: &mut Vec<Entry>, value: Node) -> Result<(), Problem> {
    match value.kind {
        Kind::Map(defaults) => {
            for default in defaults {
                if !entries.iter().any(|entry| entry.key == default.key) {
                    entries.push(default);
                }
            }
            Ok(())
        }
        Kind::List(values) => values.into_iter().try_for_each(|value| match value.kind {
            Kind::Map(_) => merge_into(entries, value),
            _ => Err(Problem::at(&value.place, "`<<` takes sections")),
        }),
        _ => Err(Problem::at(&value.place, "`<<` takes a section or a list of sections")),
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>, place: &Place) -> Result<Kind, Problem> {
    let mut plain = style == ScalarStyle::Plain;
    match tag {
        None => {}
        Some(tag) if tag.is_yaml_core_schema() => plain &= tag.suffix != "str",
        Some(_) => refuse(tag, "", place)?,
    }
    if plain && matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Ok(Kind::Null);
    }
    Ok(Kind::Scalar { text: text.to_owned(), plain })
}

fn refuse(tag: Option<&Tag>, core: &str, place: &Place) -> Result<(), Problem> {
    match tag {
        Some(tag) if !(tag.is_yaml_core_schema() && tag.suffix == core) => {
            Err(Problem::at(place, "tags are not read here").help("take the word with `!` out"))
        }
        _ => Ok(()),
    }
}

fn size(node: &Node) -> usize {
    match &node.kind {
        Kind::Null | Kind::Scalar { .. } => 1,
        Kind::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Kind::Map(entries) => 1 + entries.iter().map(|entry| 1 + size(&entry.value)).sum::<usize>(),
    }
}

fn height(node: &Node) -> usize {
    match &node.kind {
        Kind::Null | Kind::Scalar { .. } => 0,
        Kind::List(items) => 1 + items.iter().map(height).max().unwrap_or(0),
        Kind::Map(entries) => 1 + entries.iter().map(|entry| height(&entry.value)).max().unwrap_or(0),
    }
}
