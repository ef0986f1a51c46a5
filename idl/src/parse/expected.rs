//! What was expected, in words that people use.

use pest::error::{ErrorVariant, InputLocation};

use super::Rule;
use crate::error::SchemaError;
use crate::source::{FileId, Span};
use crate::suggest::nearest;

/// The words for what may stand somewhere.
const DECLARATIONS: &[&str] =
    &["interface", "struct", "enum", "closed", "union", "type", "error", "event", "use"];
const MEMBERS: &[&str] = &["rpc", "oneway", "task", "emits", "on"];

/// An error at the furthest place that any rule reached.
pub(super) fn syntax_error(
    file: FileId,
    text: &str,
    variant: &ErrorVariant<Rule>,
    location: &InputLocation,
) -> SchemaError {
    let at = match location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => (*at).min(text.len()),
    };
    let rules: &[Rule] = match variant {
        ErrorVariant::ParsingError { positives, .. } => positives,
        ErrorVariant::CustomError { .. } => &[],
    };
    let found = Found::at(text, at);
    let mut words: Vec<&str> = Vec::new();
    for word in rules.iter().filter_map(|rule| word(*rule)) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let after_declarations = words.contains(&"a declaration");
    if after_declarations {
        words.retain(|word| !matches!(*word, "`use`" | "an attribute" | "a doc comment"));
    }
    // An attribute or a doc comment may stand before almost everything: not worth a word.
    if words.len() > 1 {
        words.retain(|word| !matches!(*word, "an attribute" | "a doc comment"));
    }
    if found == Found::End && words.len() > 1 {
        words.retain(|word| *word != "the end of the file");
    }
    let expected = join(&words);
    let label =
        if expected.is_empty() { "not expected here".to_owned() } else { format!("expected {expected}") };
    let message = if text.trim_start_matches('\u{feff}').trim().is_empty() {
        "the file is empty".to_owned()
    } else if expected.is_empty() {
        format!("{} is not expected here", found.describe())
    } else {
        format!("expected {expected}, found {}", found.describe())
    };
    let help = help(text, at, &words, &found);
    SchemaError::Syntax { message, label, span: found.span(file, text, at), help }
}

/// What stands where something else was expected.
#[derive(Debug, PartialEq, Eq)]
enum Found<'a> {
    End,
    Word(&'a str),
    Doc(&'a str),
    Text,
    Character(char),
}

impl<'a> Found<'a> {
    fn at(text: &'a str, at: usize) -> Self {
        let rest = &text[at..];
        let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        match rest.chars().next() {
            None => Self::End,
            Some(_) if length > 0 => Self::Word(&rest[..length.min(40)]),
            Some('"') => Self::Text,
            Some('/') if rest.starts_with("///") || rest.starts_with("//!") => Self::Doc(&rest[..3]),
            Some(character) => Self::Character(character),
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::End => "the end of the file".to_owned(),
            Self::Word(word) => format!("`{word}`"),
            Self::Doc(marker) => format!("a doc comment (`{marker}`)"),
            Self::Text => "a text in quotes".to_owned(),
            Self::Character(character) if character.is_control() => {
                format!("the control character U+{:04X}", u32::from(*character))
            }
            Self::Character(character) => format!("`{character}`"),
        }
    }

    fn span(&self, file: FileId, text: &str, at: usize) -> Span {
        let length = match self {
            // A label under nothing is hard to see: point at the last thing there is.
            Self::End => {
                let end = text.trim_end().len();
                let start = text[..end].char_indices().next_back().map_or(0, |(start, _)| start);
                return span(file, start, end);
            }
            Self::Word(word) => word.len(),
            Self::Doc(marker) => marker.len(),
            Self::Text => 1,
            Self::Character(character) => character.len_utf8(),
        };
        span(file, at, at + length)
    }
}

fn span(file: FileId, start: usize, end: usize) -> Span {
    let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { file, start: position(start), end: position(end) }
}

/// A line of advice for the mistakes people make most.
fn help(text: &str, at: usize, words: &[&str], found: &Found<'_>) -> Option<String> {
    if words.contains(&"`package`") {
        return Some("a schema begins with its package, as in `package maps.geo @ 1.0.0;`".to_owned());
    }
    match found {
        Found::Doc("//!") => {
            return Some(
                "`//!` documents the package and stands before it; use `///` or `//` here".to_owned(),
            );
        }
        Found::Doc(_) => {
            return Some(
                "`///` documents the declaration or member that follows; use `//` elsewhere".to_owned(),
            );
        }
        Found::Character(character) if character.is_alphabetic() => {
            return Some("names are made of ASCII letters, digits and `_`".to_owned());
        }
        Found::Character('\'') => return Some("texts stand in double quotes".to_owned()),
        _ => {}
    }
    if let Found::Word(word) = found {
        let candidates = if words.contains(&"a declaration") {
            DECLARATIONS
        } else if words.contains(&"`rpc`") {
            MEMBERS
        } else {
            &[]
        };
        if !candidates.is_empty() {
            let known = foreign(word).or_else(|| nearest(word, candidates.iter().copied()));
            return known.map(|known| format!("did you mean `{known}`?"));
        }
    }
    let previous = text[..at].trim_end().chars().next_back()?;
    if words.contains(&"`;`") && previous != ';' {
        return Some("did a `;` get lost before this?".to_owned());
    }
    if words.contains(&"`,`") && matches!(found, Found::Word(_) | Found::Character('@' | ';')) {
        return Some("fields, parameters and variants are separated by `,`".to_owned());
    }
    None
}

/// What other languages call our declarations.
fn foreign(word: &str) -> Option<&'static str> {
    Some(match word {
        "service" | "trait" | "protocol" => "interface",
        "message" | "record" | "class" | "data" => "struct",
        "exception" | "fault" => "error",
        "oneof" | "variant" => "union",
        "import" | "include" | "from" => "use",
        "alias" | "typedef" => "type",
        "fn" | "fun" | "func" | "function" | "def" | "method" | "async" => "rpc",
        "notify" | "notification" => "oneway",
        "job" | "background" => "task",
        "emit" | "publish" | "publishes" | "produces" => "emits",
        "subscribe" | "handle" | "listen" | "consumes" => "on",
        _ => return None,
    })
}

fn join(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

/// How people call a rule; `None` for rules that only group others.
fn word(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::EOI => "the end of the file",
        Rule::inner_doc | Rule::doc => "a doc comment",
        Rule::attribute | Rule::attribute_name => "an attribute",
        Rule::package | Rule::kw_package => "`package`",
        Rule::import | Rule::kw_use => "`use`",
        Rule::declaration
        | Rule::interface
        | Rule::structure
        | Rule::choice
        | Rule::alias
        | Rule::failure
        | Rule::event => "a declaration",
        Rule::enumeration | Rule::kw_enum => "`enum`",
        Rule::alternatives | Rule::kw_union => "`union`",
        Rule::import_name | Rule::path | Rule::ident | Rule::variant | Rule::field | Rule::raise => "a name",
        Rule::topic | Rule::topic_word => "an event's name",
        Rule::argument | Rule::literal => "a value",
        Rule::name => "a name",
        Rule::string => "a text in quotes",
        Rule::string_text => "the end of the text",
        Rule::number => "a number",
        Rule::list | Rule::open_bracket => "`[`",
        Rule::type_ref => "a type",
        Rule::type_args | Rule::open_angle => "`<`",
        Rule::constraint | Rule::range => "a range or `pattern`",
        Rule::method | Rule::method_kind | Rule::kw_rpc => "`rpc`",
        Rule::kw_oneway => "`oneway`",
        Rule::kw_task => "`task`",
        Rule::emits | Rule::kw_emits => "`emits`",
        Rule::handler | Rule::kw_on => "`on`",
        Rule::params | Rule::constraints | Rule::open_paren => "`(`",
        Rule::result | Rule::arrow => "`->`",
        Rule::raises | Rule::kw_raises => "`raises`",
        Rule::reserved | Rule::kw_reserved => "`reserved`",
        Rule::imports | Rule::dot_brace => "`.{`",
        Rule::record | Rule::empty_map | Rule::open_brace => "`{`",
        Rule::kw_as => "`as`",
        Rule::kw_interface => "`interface`",
        Rule::kw_struct => "`struct`",
        Rule::kw_error => "`error`",
        Rule::kw_event => "`event`",
        Rule::kw_type => "`type`",
        Rule::kw_closed => "`closed`",
        Rule::semicolon => "`;`",
        Rule::comma => "`,`",
        Rule::colon => "`:`",
        Rule::at => "`@`",
        Rule::equals => "`=`",
        Rule::question => "`?`",
        Rule::dots => "`..`",
        Rule::dots_eq => "`..=`",
        Rule::close_brace => "`}`",
        Rule::close_paren => "`)`",
        Rule::close_angle => "`>`",
        Rule::close_bracket => "`]`",
        Rule::WHITESPACE
        | Rule::COMMENT
        | Rule::file
        | Rule::prelude
        | Rule::doc_text
        | Rule::digits
        | Rule::ident_char => return None,
    })
}
