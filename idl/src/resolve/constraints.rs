//! What stands in parentheses behind a type.

use std::collections::HashMap;

use regex_automata::nfa::thompson::{self, NFA, pikevm::PikeVM};

use super::Resolver;
use super::aliases::Shape;
use super::literals::{self, Amount};
use crate::ast::{Constraint, ConstraintKind, Literal};
use crate::error::SchemaError;
use crate::model::{Bounds, Constraints, Number, Scalar};
use crate::source::{Span, Spanned};

/// Memory that one compiled pattern may take.
const PATTERN_BYTES: usize = 2 << 20;

/// Memory that all compiled patterns of a run may take; bounds the time that compiling takes.
const ALL_PATTERNS_BYTES: usize = 16 << 20;

/// States times bytes that comparing defaults with patterns may take in a run.
const MATCHING_STEPS: usize = 20_000_000;

/// What bounds count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// Values of an integer type.
    Int(i128, i128),
    Float,
    Micros,
    Length(&'static str),
}

impl Resolver<'_> {
    /// Reads the constraints of a type that comes down to `shape`.
    pub(super) fn resolve_constraints(&mut self, shape: Shape, written: &[Constraint]) -> Constraints {
        if written.is_empty() {
            return Constraints::default();
        }
        let mut read = Bounds::default();
        let mut range_span = None;
        let mut pattern_span = None;
        for constraint in written {
            match &constraint.kind {
                ConstraintKind::Range { min, inclusive, max } => {
                    if range_span.replace(constraint.span).is_some() {
                        self.bad_constraint(
                            "a type has one range",
                            "a second one",
                            constraint.span,
                            Some("keep one"),
                        );
                    } else if let Some(bound) = self.bound_of(shape, constraint.span) {
                        self.range(&mut read, bound, min.as_ref(), max.as_ref(), *inclusive, constraint.span);
                    }
                }
                ConstraintKind::Named(name, value) if name.value == "pattern" => {
                    if pattern_span.replace(constraint.span).is_some() {
                        self.bad_constraint(
                            "a type has one pattern",
                            "a second one",
                            constraint.span,
                            Some("keep one"),
                        );
                    } else if shape != Shape::Scalar(Scalar::String) {
                        let message = format!("a pattern is for `string`, not for {}", shape.describe());
                        self.bad_constraint(&message, "not for this type", constraint.span, None);
                    } else {
                        read.pattern = self.pattern(value);
                    }
                }
                ConstraintKind::Named(name, _) => {
                    let message = format!("unknown constraint `{}`", name.value);
                    let help = match name.value.as_str() {
                        "regex" | "regexp" | "match" | "patern" | "format" => "did you mean `pattern`?",
                        _ => "known are ranges, as `1..=10`, `1..` and `..=10`, and `pattern = \"…\"`",
                    };
                    self.bad_constraint(&message, "not known", name.span, Some(help));
                }
                ConstraintKind::Value(_) => {
                    let help = "for exactly one length or value write it twice: `36..=36`";
                    self.bad_constraint(
                        "a constraint is a range or a pattern",
                        "neither",
                        constraint.span,
                        Some(help),
                    );
                }
            }
        }
        read.into()
    }

    fn bad_constraint(&mut self, message: &str, label: &str, span: Span, help: Option<&str>) {
        self.errors.push(SchemaError::BadConstraint {
            message: message.to_owned(),
            label: label.to_owned(),
            span,
            help: help.map(str::to_owned),
        });
    }

    fn bound_of(&mut self, shape: Shape, span: Span) -> Option<Bound> {
        match shape {
            Shape::Scalar(Scalar::String) => return Some(Bound::Length("characters")),
            Shape::Scalar(Scalar::Bytes) => return Some(Bound::Length("bytes")),
            Shape::Scalar(Scalar::Duration) => return Some(Bound::Micros),
            Shape::Scalar(scalar) if scalar.is_float() => return Some(Bound::Float),
            Shape::Scalar(scalar) => {
                if let Some((min, max)) = scalar.int_range() {
                    return Some(Bound::Int(min, max));
                }
            }
            Shape::List | Shape::Set | Shape::Map => return Some(Bound::Length("elements")),
            Shape::Unknown => return None,
            _ => {}
        }
        let help = match shape {
            Shape::Optional => "put the constraint on the type that is optional",
            _ => "ranges are for integers, floats, durations, and lengths of texts, bytes and collections",
        };
        self.bad_constraint(
            &format!("a range says nothing about {}", shape.describe()),
            "not for this type",
            span,
            Some(help),
        );
        None
    }

    fn range(
        &mut self,
        read: &mut Bounds,
        bound: Bound,
        min: Option<&Spanned<String>>,
        max: Option<&Spanned<String>>,
        inclusive: bool,
        span: Span,
    ) {
        if min.is_none() && max.is_none() {
            self.bad_constraint("a range without ends", "allows everything", span, Some("leave it out"));
            return;
        }
        let Ok(least) = min.map(|min| self.bound(bound, min)).transpose() else { return };
        let Ok(mut greatest) = max.map(|max| self.bound(bound, max)).transpose() else { return };
        if let (Some(end), false) = (&mut greatest, inclusive) {
            match (bound, end) {
                (Bound::Int(..) | Bound::Length(_), Number::Int(end)) => *end = end.saturating_sub(1),
                _ => {
                    let help =
                        "write `..=`; for a bound that is not reached itself, name the last value allowed";
                    self.bad_constraint(
                        "a range of this type includes its end",
                        "ends in `..`",
                        span,
                        Some(help),
                    );
                    return;
                }
            }
        }
        let empty = match (least, greatest) {
            (Some(Number::Int(least)), Some(Number::Int(greatest))) => least > greatest,
            (Some(Number::Float(least)), Some(Number::Float(greatest))) => least > greatest,
            (None, Some(Number::Int(greatest))) => match bound {
                Bound::Int(lowest, _) => greatest < lowest,
                Bound::Length(_) => greatest < 0,
                _ => false,
            },
            _ => false,
        };
        if empty {
            self.bad_constraint(
                "a range that allows nothing",
                "is empty",
                span,
                Some("the smaller end comes first"),
            );
            return;
        }
        (read.min, read.max) = (least, greatest);
    }

    /// One end of a range; the error was reported.
    fn bound(&mut self, bound: Bound, written: &Spanned<String>) -> Result<Number, ()> {
        let (number, expected) = match (bound, literals::amount(&written.value)) {
            (_, Err(why)) => (None, why.expected().to_owned()),
            (Bound::Int(min, max), Ok(Amount::Int(int))) if (min..=max).contains(&int) => {
                (Some(Number::Int(int)), String::new())
            }
            (Bound::Int(min, max), Ok(_)) => (None, format!("a whole number from {min} to {max}")),
            (Bound::Length(_), Ok(Amount::Int(int))) if (0..=i128::from(u32::MAX)).contains(&int) => {
                (Some(Number::Int(int)), String::new())
            }
            (Bound::Length(unit), Ok(_)) => (None, format!("a number of {unit}")),
            (Bound::Float, Ok(Amount::Int(int))) => (Some(Number::Float(int as f64)), String::new()),
            (Bound::Float, Ok(Amount::Float(float))) => (Some(Number::Float(float)), String::new()),
            (Bound::Micros, Ok(Amount::Micros(micros))) if micros >= 0 => {
                (Some(Number::Int(micros)), String::new())
            }
            (Bound::Float | Bound::Micros, Ok(_)) => {
                let expected = if bound == Bound::Float { "a number" } else { "a duration, as `500ms`" };
                (None, expected.to_owned())
            }
        };
        number.ok_or_else(|| self.bad_number(written.value.clone(), expected, written.span))
    }

    pub(super) fn bad_number(&mut self, text: String, expected: String, span: Span) {
        self.errors.push(SchemaError::BadNumber { text, expected, span, help: None });
    }

    fn pattern(&mut self, value: &Spanned<Literal>) -> Option<String> {
        let Literal::Text(pattern) = &value.value else {
            self.bad_constraint("a pattern is a text in quotes", "not a text", value.span, None);
            return None;
        };
        match self.patterns.compile(pattern) {
            Ok(_) => Some(pattern.clone()),
            Err(BadPattern { reason, help }) => {
                self.errors.push(SchemaError::BadPattern { reason, help, span: value.span });
                None
            }
        }
    }
}

struct BadPattern {
    reason: String,
    help: &'static str,
}

/// Compiled patterns of a run, each once.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    known: HashMap<String, Option<PikeVM>>,
    bytes: usize,
    steps: usize,
}

impl Patterns {
    fn compile(&mut self, pattern: &str) -> Result<&PikeVM, BadPattern> {
        const LARGE: &str = "repeat less, and prefer `[a-z]` to classes of all scripts as `\\\\w`";
        if !self.known.contains_key(pattern) {
            if self.bytes > ALL_PATTERNS_BYTES {
                let reason = "the patterns of this schema are too large together".to_owned();
                return Err(BadPattern { reason, help: LARGE });
            }
            let config = thompson::Config::new().nfa_size_limit(Some(PATTERN_BYTES));
            let nfa = NFA::compiler().configure(config).build(pattern);
            self.bytes += nfa.as_ref().map_or(PATTERN_BYTES, NFA::memory_usage);
            if let Err(error) = &nfa
                && error.size_limit().is_some()
            {
                let reason = format!("a pattern that takes more than {PATTERN_BYTES} bytes of memory");
                return Err(BadPattern { reason, help: LARGE });
            }
            let reason = nfa.as_ref().err().map(why);
            let compiled = nfa.ok().and_then(|nfa| PikeVM::builder().build_from_nfa(nfa).ok());
            if compiled.is_none() {
                let reason = format!("not a regular expression: {}", reason.unwrap_or_default());
                return Err(BadPattern {
                    reason,
                    help: "backslashes are doubled in texts: `\\\\d`; look-around and back-references are not known",
                });
            }
            self.known.insert(pattern.to_owned(), compiled);
        }
        let compiled = self.known.get(pattern).and_then(Option::as_ref);
        compiled.ok_or(BadPattern { reason: "it cannot be compiled".to_owned(), help: LARGE })
    }

    /// Whether a pattern that compiles matches somewhere in `text`; `None` when that would take too long.
    pub(super) fn matches(&mut self, pattern: &str, text: &str) -> Option<bool> {
        let spent = self.steps;
        let Ok(compiled) = self.compile(pattern) else { return Some(false) };
        let steps = spent.saturating_add(compiled.get_nfa().states().len().saturating_mul(text.len() + 1));
        let matches =
            (steps <= MATCHING_STEPS).then(|| compiled.is_match(&mut compiled.create_cache(), text));
        self.steps = steps;
        matches
    }
}

/// The last line of the parser's message: the rest repeats the pattern.
fn why(error: &thompson::BuildError) -> String {
    use std::error::Error as _;
    let text = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let line = text.lines().last().unwrap_or("").trim();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
