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
    if words.contains(&"a name") && takes_type(text[..at].trim_end()) {
        words = vec!["a type"];
    }
    tidy(&mut words);
    let expected = join(&words);
    let label =
        if expected.is_empty() { "not expected here".to_owned() } else { format!("expected {expected}") };
    let message = match found {
        Found::Character(character) if character.is_alphabetic() => {
            format!("`{character}` cannot be part of a name")
        }
        _ if text.trim().is_empty() => "the file is empty".to_owned(),
        _ if expected.is_empty() => format!("{} is not expected here", found.describe()),
        _ => format!("expected {expected}, found {}", found.describe()),
    };
    let help = help(text, at, &words, &found);
    SchemaError::Syntax { message, label, span: found.span(file, text, at), help }
}

/// Whether a type comes next; to the grammar it is a name like others.
fn takes_type(before: &str) -> bool {
    [":", "->", "<"].iter().any(|mark| before.ends_with(mark))
}

/// Drops what is possible but rarely meant, so that the rest can be read.
fn tidy(words: &mut Vec<&str>) {
    const ENDS: [&str; 6] = ["`;`", "`,`", "`}`", "`)`", "`>`", "`]`"];
    const CONTINUATIONS: [&str; 9] = ["`=`", "`?`", "`(`", "`<`", "`@`", "`.{`", "`as`", "`->`", "`raises`"];
    if let Some(at) = words.iter().position(|word| *word == "`rpc`") {
        // The grammar tells of the first kind of method alone.
        words.splice(at..=at, ["`rpc`", "`oneway`", "`task`"]);
    }
    if words.contains(&"a declaration") {
        *words = vec!["a declaration"];
    }
    if words.iter().any(|word| ENDS.contains(word)) {
        words.retain(|word| !CONTINUATIONS.contains(word));
    }
    // An attribute or a doc comment may stand before almost everything: not worth a word.
    if words.len() > 1 {
        words.retain(|word| !matches!(*word, "an attribute" | "a doc comment"));
    }
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
    let before = text[..at].trim_end();
    let line_before = before.rsplit('\n').next().unwrap_or("").trim_start();
    let member = before.rsplit(['{', ',']).next().unwrap_or("");
    let declarations = words.contains(&"a declaration");
    let advice = match found {
        Found::Doc("///") if words.contains(&"`package`") => "a package is documented with `//!`",
        _ if words.contains(&"`package`") => {
            "a schema begins with its package, as in `package maps.geo @ 1.0.0;`"
        }
        Found::Doc("//!") => "`//!` documents the package and stands before it; use `///` or `//` here",
        Found::Doc(_) => "`///` documents the declaration or member that follows; use `//` elsewhere",
        _ if line_before.starts_with("///") && !line_before.starts_with("////") => {
            "a doc comment stands before what it documents; use `//` for other comments"
        }
        Found::Character(character) if character.is_alphabetic() => {
            "names are made of ASCII letters, digits and `_`"
        }
        Found::Character('\'') => "texts stand in double quotes",
        Found::Word("package") if declarations => "a file holds one package",
        Found::Character('[') if words == ["a type"] => "a list is written `list<T>`",
        Found::Character('(') if words == ["a type"] => "several values are fields of one `struct`",
        Found::Character('=') if words.contains(&"`,`") && !member.contains(':') => {
            "variants travel by name and have no numbers"
        }
        Found::Character(';') if declarations => "no `;` stands after a `}`",
        Found::Character('}') if declarations => "there is one `}` too many before or at this place",
        Found::Word(word) if declarations => return did_you_mean(word, DECLARATIONS),
        Found::Word(word) if words.contains(&"`rpc`") => return did_you_mean(word, MEMBERS),
        Found::Word("error" | "event") if words.contains(&"`struct`") => {
            "readers of events and errors ignore keys that they do not know: drop the `closed`"
        }
        Found::Word("throws" | "errors" | "fails") if words.contains(&"`;`") => "did you mean `raises`?",
        _ if declarations => return did_you_mean("", DECLARATIONS),
        _ if words == ["`:`"] => "a name and its type are written `name: type`",
        _ if words.contains(&"`;`") && !before.ends_with(';') => "did a `;` get lost before this?",
        Found::Word(_) | Found::Character('@' | ';') if words.contains(&"`,`") => {
            "fields, parameters and variants are separated by `,`"
        }
        _ => return None,
    };
    Some(advice.to_owned())
}

/// The nearest of some keywords, or all of them.
fn did_you_mean(word: &str, keywords: &[&str]) -> Option<String> {
    let meant = foreign(word).filter(|meant| keywords.contains(meant));
    Some(match meant.or_else(|| nearest(word, keywords.iter().copied())) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            let keywords: Vec<String> = keywords.iter().map(|keyword| format!("`{keyword}`")).collect();
            format!("one of {} can stand here", keywords.join(", "))
        }
    })
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
        Rule::file | Rule::package | Rule::kw_package => "`package`",
        Rule::import | Rule::kw_use => "`use`",
        Rule::declaration
        | Rule::interface
        | Rule::closable
        | Rule::alias
        | Rule::failure
        | Rule::event
        | Rule::kw_interface
        | Rule::kw_error
        | Rule::kw_event
        | Rule::kw_type
        | Rule::kw_closed => "a declaration",
        Rule::structure | Rule::kw_struct => "`struct`",
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
        Rule::WHITESPACE | Rule::prelude | Rule::doc_text | Rule::digits | Rule::ident_char => return None,
    })
}
