//! Reads a grammar, tells what fits it, and makes texts that do.

use std::collections::{BTreeMap, BTreeSet};

use lymph_idl::{Token, TokenKind, tokens};

/// What a grammar is made of besides what it writes out.
pub(crate) const TOKENS: [&str; 5] = ["name", "number", "text", "doc", "inner_doc"];

/// Rules without blanks inside.
const DENSE: [&str; 3] = ["path", "topic", "topic_word"];

pub(crate) enum Term {
    Written(String),
    Rule(String),
    Sequence(Vec<Term>),
    Choice(Vec<Term>),
    Optional(Box<Term>),
    Repeated(Box<Term>),
}

pub(crate) struct Ebnf {
    pub(crate) rules: BTreeMap<String, Term>,
}

impl Ebnf {
    /// Rules of the form `name = terms .`
    pub(crate) fn read(text: &str) -> Self {
        let words: Vec<&str> = text.split_whitespace().collect();
        let rules = words.split(|word| *word == ".").filter(|rule| !rule.is_empty());
        let rule = |rule: &[&str]| {
            assert_eq!(rule[1], "=", "{rule:?}");
            let mut rest = &rule[2..];
            let term = choice(&mut rest);
            assert!(rest.is_empty(), "{rule:?}");
            (rule[0].to_owned(), term)
        };
        Self { rules: rules.map(rule).collect() }
    }

    /// Every term of every rule.
    pub(crate) fn terms(&self, see: &mut dyn FnMut(&Term)) {
        fn walk(term: &Term, see: &mut dyn FnMut(&Term)) {
            see(term);
            match term {
                Term::Sequence(terms) | Term::Choice(terms) => terms.iter().for_each(|term| walk(term, see)),
                Term::Optional(term) | Term::Repeated(term) => walk(term, see),
                Term::Written(_) | Term::Rule(_) => {}
            }
        }
        self.rules.values().for_each(|term| walk(term, see));
    }

    /// Whether a text is a `file`.
    pub(crate) fn fits(&self, text: &str) -> bool {
        let tokens: Vec<Token> = tokens(text).filter(|token| token.kind != TokenKind::Comment).collect();
        let start = BTreeSet::from([0]);
        self.ends(&self.rules["file"], text, &tokens, start).contains(&tokens.len())
    }

    /// Every place where a term may end that begins at one of `starts`.
    fn ends(&self, term: &Term, text: &str, tokens: &[Token], starts: BTreeSet<usize>) -> BTreeSet<usize> {
        if starts.is_empty() {
            return starts;
        }
        match term {
            Term::Written(written) => ends_of_token(&starts, tokens, |token| token.text(text) == written),
            Term::Rule(name) => match self.rules.get(name) {
                Some(term) => self.ends(term, text, tokens, starts),
                None => ends_of_token(&starts, tokens, |token| kind(token) == Some(name)),
            },
            Term::Sequence(terms) => {
                terms.iter().fold(starts, |starts, term| self.ends(term, text, tokens, starts))
            }
            Term::Choice(terms) => {
                terms.iter().flat_map(|term| self.ends(term, text, tokens, starts.clone())).collect()
            }
            Term::Optional(term) => {
                let mut ends = self.ends(term, text, tokens, starts.clone());
                ends.extend(starts);
                ends
            }
            Term::Repeated(term) => {
                let (mut all, mut fresh) = (starts.clone(), starts);
                while !fresh.is_empty() {
                    let ends = self.ends(term, text, tokens, fresh);
                    fresh = ends.difference(&all).copied().collect();
                    all.extend(&fresh);
                }
                all
            }
        }
    }

    /// A text that fits, by the choices given; without further ones it ends soon.
    pub(crate) fn make(&self, choices: &[u8]) -> String {
        let mut maker =
            Maker { grammar: self, choices: choices.iter(), text: String::new(), dense: 0, depth: 0 };
        maker.term(&self.rules["file"]);
        maker.text
    }
}

fn kind(token: &Token) -> Option<&'static str> {
    Some(match token.kind {
        TokenKind::Word => "name",
        TokenKind::Number => "number",
        TokenKind::Text => "text",
        TokenKind::Doc => "doc",
        TokenKind::InnerDoc => "inner_doc",
        _ => return None,
    })
}

fn ends_of_token(
    starts: &BTreeSet<usize>,
    tokens: &[Token],
    fits: impl Fn(&Token) -> bool,
) -> BTreeSet<usize> {
    starts.iter().filter(|at| tokens.get(**at).is_some_and(&fits)).map(|at| at + 1).collect()
}

fn choice(rest: &mut &[&str]) -> Term {
    let mut alternatives = vec![sequence(rest)];
    while rest.first() == Some(&"|") {
        *rest = &rest[1..];
        alternatives.push(sequence(rest));
    }
    if alternatives.len() == 1 { alternatives.remove(0) } else { Term::Choice(alternatives) }
}

fn sequence(rest: &mut &[&str]) -> Term {
    let mut terms = Vec::new();
    while let Some((word, behind)) = rest.split_first() {
        if matches!(*word, "|" | "]" | "}" | ")") {
            break;
        }
        *rest = behind;
        let group = |rest: &mut &[&str]| {
            let term = choice(rest);
            *rest = &rest[1..];
            term
        };
        terms.push(match *word {
            "[" => Term::Optional(Box::new(group(rest))),
            "{" => Term::Repeated(Box::new(group(rest))),
            "(" => group(rest),
            word => match word.strip_prefix('"').and_then(|word| word.strip_suffix('"')) {
                Some(written) => Term::Written(written.to_owned()),
                None => Term::Rule(word.to_owned()),
            },
        });
    }
    Term::Sequence(terms)
}

struct Maker<'a> {
    grammar: &'a Ebnf,
    choices: std::slice::Iter<'a, u8>,
    text: String,
    /// How many rules without blanks it is inside of.
    dense: usize,
    /// How many rules it is inside of.
    depth: usize,
}

impl Maker<'_> {
    /// A number below `count`; the first one when choices or patience are spent.
    fn choose(&mut self, count: usize) -> usize {
        let choice = self.choices.next().map_or(0, |choice| usize::from(*choice));
        if self.depth > 24 { 0 } else { choice % count }
    }

    fn term(&mut self, term: &Term) {
        match term {
            Term::Written(written) => self.write(written),
            Term::Rule(name) => self.rule(name),
            Term::Sequence(terms) => terms.iter().for_each(|term| self.term(term)),
            Term::Choice(terms) => {
                let chosen = self.choose(terms.len());
                self.term(&terms[chosen]);
            }
            Term::Optional(term) => {
                if self.choose(2) == 1 {
                    self.term(term);
                }
            }
            Term::Repeated(term) => {
                for _ in 0..self.choose(4) {
                    self.term(term);
                }
            }
        }
    }

    fn rule(&mut self, name: &str) {
        if let Some(term) = self.grammar.rules.get(name) {
            let dense = usize::from(DENSE.contains(&name));
            // A blank stands before a path, none in it.
            if dense == 1 && self.dense == 0 && !self.text.ends_with('@') {
                self.text.push(' ');
            }
            self.dense += dense;
            self.depth += 1;
            self.term(term);
            self.depth -= 1;
            self.dense -= dense;
            return;
        }
        let made = match name {
            "name" => {
                let keyword = self.choose(lymph_idl::Keyword::ALL.len() + 4);
                lymph_idl::Keyword::ALL.get(keyword).map_or("a_1", |keyword| keyword.text()).to_owned()
            }
            // Three numbers, which suit a package too.
            "number" => ["1.4.0", "1.20.3"][self.choose(2)].to_owned(),
            "text" => ["\"\"", "\"a \\\" \\u{41}\"", "\"// é\""][self.choose(3)].to_owned(),
            "doc" => "\n/// é\n".to_owned(),
            "inner_doc" => "\n//! !\n".to_owned(),
            other => panic!("no rule `{other}`"),
        };
        self.write(&made);
    }

    fn write(&mut self, token: &str) {
        if self.dense == 0 && !self.text.ends_with('@') {
            self.text.push_str([" ", "\n", " /**/ ", " // c\n"][self.choices.len() % 4]);
        }
        self.text.push_str(token);
    }
}
