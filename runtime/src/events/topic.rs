//! Which topics a binding takes.

/// Topics with wildcards, as RabbitMQ's topic exchanges read them: words stand between dots, `*` is
/// exactly one word, `#` any number of them, none included. The empty topic has no words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Word>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    Literal(String),
    /// `*`
    One,
    /// `#`
    Many,
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        Self(
            words(text)
                .map(|word| match word {
                    "*" => Word::One,
                    "#" => Word::Many,
                    literal => Word::Literal(literal.to_owned()),
                })
                .collect(),
        )
    }

    /// Whether `topic` is one of them, in steps no more than the product of both lengths.
    pub(crate) fn matches(&self, topic: &str) -> bool {
        let topic: Vec<&str> = words(topic).collect();
        let (mut at, mut position) = (0, 0);
        // Where the last `#` stands and the first word it has not swallowed yet. Going back to an
        // earlier one never helps: the last can swallow whatever an earlier could.
        let mut many: Option<(usize, usize)> = None;
        loop {
            match self.0.get(at) {
                Some(Word::Many) => {
                    many = Some((at, position));
                    at += 1;
                    continue;
                }
                Some(word) if position < topic.len() && word.is(topic[position]) => {
                    at += 1;
                    position += 1;
                    continue;
                }
                None if position == topic.len() => return true,
                _ => {}
            }
            match many {
                Some((hash, swallowed)) if swallowed < topic.len() => {
                    many = Some((hash, swallowed + 1));
                    at = hash + 1;
                    position = swallowed + 1;
                }
                _ => return false,
            }
        }
    }
}

impl Word {
    fn is(&self, word: &str) -> bool {
        match self {
            Self::Literal(literal) => literal == word,
            Self::One => true,
            Self::Many => false,
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split('.').filter(move |_| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As the words of the definition say, without a thought for time.
    fn naive(pattern: &[&str], topic: &[&str]) -> bool {
        match (pattern, topic) {
            ([], rest) => rest.is_empty(),
            (["#", pattern @ ..], topic) => (0..=topic.len()).any(|n| naive(pattern, &topic[n..])),
            (["*", pattern @ ..], [_, topic @ ..]) => naive(pattern, topic),
            ([word, pattern @ ..], [first, topic @ ..]) => word == first && naive(pattern, topic),
            (_, []) => false,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(
            pattern in prop::collection::vec(prop::sample::select(vec!["a", "b", "", "*", "#"]), 0..8),
            topic in prop::collection::vec(prop::sample::select(vec!["a", "b", "", "c"]), 0..8),
        ) {
            let (pattern_text, topic_text) = (pattern.join("."), topic.join("."));
            let pattern: Vec<&str> = words(&pattern_text).collect();
            let topic: Vec<&str> = words(&topic_text).collect();
            prop_assert_eq!(Pattern::new(&pattern_text).matches(&topic_text), naive(&pattern, &topic));
        }
    }

    #[test]
    fn as_rabbitmq_does() {
        let check = |pattern: &str, topic: &str, expected: bool| {
            assert_eq!(Pattern::new(pattern).matches(topic), expected, "{pattern} on {topic}");
        };
        check("user.*.deleted", "user.42.deleted", true);
        check("user.*.deleted", "user.deleted", false);
        check("user.#", "user", true);
        check("user.#", "users", false);
        check("#", "", true);
        check("*", "", false);
        check("#.deleted", "user.42.deleted", true);
        check("a.#.b.#.c", "a.x.b.y.b.c", true);
        check("a*", "ab", false);
    }

    #[test]
    fn many_wildcards_take_no_time() {
        let pattern = Pattern::new(&"#.a.".repeat(200));
        assert!(!pattern.matches(&"a.".repeat(1000).replace("a.", "a.b.")));
    }
}
