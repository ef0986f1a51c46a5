//! `$(env.NAME)` and `$(var.NAME)`.

use super::error::Problem;
use super::tree::{Kind, Node};

/// What the names stand for.
pub(crate) struct Variables<'a> {
    /// The process's environment.
    pub(crate) env: &'a dyn Fn(&str) -> Option<String>,
    /// The file of `--vars`.
    pub(crate) file: Option<&'a Node>,
}

impl Variables<'_> {
    /// Puts what they stand for in place of all references below `node`. A reference that is the
    /// whole value takes over a whole section.
    pub(crate) fn substitute(&self, node: &mut Node, problems: &mut Vec<Problem>) {
        match &mut node.kind {
            Kind::Null => {}
            Kind::List(items) => items.iter_mut().for_each(|item| self.substitute(item, problems)),
            Kind::Map(entries) => {
                entries.iter_mut().for_each(|entry| self.substitute(&mut entry.value, problems));
            }
            Kind::Scalar { text, .. } if text.contains("$(") => {
                let text = std::mem::take(text);
                match self.replaced(&text, node) {
                    Ok(kind) => {
                        node.kind = kind;
                        node.hidden = true;
                    }
                    Err(problem) => problems.push(problem),
                }
            }
            Kind::Scalar { .. } => {}
        }
    }

    fn replaced(&self, text: &str, node: &Node) -> Result<Kind, Problem> {
        let mut result = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("$(") {
            let (before, reference) = rest.split_at(start);
            let Some((namespace, name, behind)) = split_reference(reference) else {
                // No reference: text, as Python has it.
                result.push_str(&rest[..start + 2]);
                rest = &rest[start + 2..];
                continue;
            };
            let found = self.lookup(namespace, name, node)?;
            if before.is_empty() && behind.is_empty() && result.is_empty() {
                return Ok(found);
            }
            let Kind::Scalar { text, .. } = found else {
                let message =
                    format!("`$({namespace}.{name})` is no single value, so no text can stand beside it");
                return Err(Problem::at(&node.place, message));
            };
            result.push_str(before);
            result.push_str(&text);
            rest = behind;
        }
        result.push_str(rest);
        Ok(Kind::Scalar { text: result, plain: false })
    }

    fn lookup(&self, namespace: &str, name: &str, node: &Node) -> Result<Kind, Problem> {
        match (namespace, self.file) {
            ("env", _) => match (self.env)(name) {
                Some(text) => Ok(Kind::Scalar { text, plain: true }),
                None => {
                    Err(Problem::at(&node.place, format!("the environment variable `{name}` is not set")))
                }
            },
            ("var", None) => {
                Err(Problem::at(&node.place, format!("`$(var.{name})` needs a file of variables"))
                    .help("give one with `--vars` or `LYMPH_VARS`"))
            }
            ("var", Some(file)) => {
                let found = find(file, name).ok_or_else(|| {
                    let known = file.entries().unwrap_or_default().iter().map(|entry| &*entry.key);
                    let message = format!("`{name}` is not in {}", file.place.source.name);
                    Problem::at(&node.place, message).nearest(name, known)
                })?;
                Ok(hide(found.clone()).kind)
            }
            (other, _) => Err(Problem::at(&node.place, format!("unknown namespace `{other}`"))
                .help("`$(env.NAME)` and `$(var.NAME)` are known")),
        }
    }
}

/// Splits `$(namespace.name)behind`.
fn split_reference(text: &str) -> Option<(&str, &str, &str)> {
    let (inside, behind) = text.strip_prefix("$(")?.split_once(')')?;
    let (namespace, name) = inside.split_once('.')?;
    let is_word = |text: &str, more: &str| {
        !text.is_empty()
            && text.chars().all(|char| char.is_alphanumeric() || char == '_' || more.contains(char))
    };
    (is_word(namespace, "") && is_word(name, ".-")).then_some((namespace, name, behind))
}

/// The key itself, dots and all, or the path it describes.
fn find<'a>(file: &'a Node, name: &str) -> Option<&'a Node> {
    file.get(name).or_else(|| {
        name.match_indices('.').find_map(|(dot, _)| find(file.get(&name[..dot])?, &name[dot + 1..]))
    })
}

fn hide(mut node: Node) -> Node {
    node.hidden = true;
    node.place.hidden = true;
    match &mut node.kind {
        Kind::Null | Kind::Scalar { .. } => {}
        Kind::List(items) => *items = std::mem::take(items).into_iter().map(hide).collect(),
        Kind::Map(entries) => {
            for entry in entries {
                entry.value = hide(entry.value.clone());
            }
        }
    }
    node
}
