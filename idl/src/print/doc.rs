//! Pieces of text that may break into lines, and how they are put on lines that fit.

/// Columns that a line should not pass.
const WIDTH: usize = 100;

/// Columns of one level.
const INDENTATION: usize = 4;

/// A piece of text and the places where it may break.
#[derive(Debug, Clone)]
pub(super) enum Doc {
    Text(String),
    Space,
    /// A blank where the group fits on a line, else a new line.
    Line,
    /// Nothing where the group fits on a line, else a new line.
    SoftLine,
    /// Nothing where the group fits on a line, else a comma.
    Comma,
    /// A new line wherever it stands, behind a blank line or not.
    Break {
        blank: bool,
    },
    /// A comment behind what stands on the line, which ends there.
    Behind(String),
    /// A comment behind the last element: like text where the group fits on a line, else [`Doc::Behind`].
    Last(String),
    /// A comment on lines of its own.
    OwnLine(Vec<String>),
    /// One level further in.
    Nest(Vec<Self>),
    /// Broken at all of its lines or at none.
    Group(Group),
}

/// See [`Doc::Group`].
#[derive(Debug, Clone)]
pub(super) struct Group {
    parts: Vec<Doc>,
    /// Something in it ends a line in any case.
    broken: bool,
}

impl Doc {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn group(parts: Vec<Self>) -> Self {
        let broken = parts.iter().any(Self::ends_line);
        Self::Group(Group { parts, broken })
    }

    fn ends_line(&self) -> bool {
        match self {
            Self::Break { .. } | Self::Behind(_) | Self::OwnLine(_) => true,
            Self::Nest(parts) => parts.iter().any(Self::ends_line),
            Self::Group(group) => group.broken,
            Self::Text(_) | Self::Space | Self::Line | Self::SoftLine | Self::Comma | Self::Last(_) => false,
        }
    }
}

/// The text of `parts`, ended by one new line.
pub(super) fn print(parts: &[Doc]) -> String {
    let mut printer = Printer { out: String::new(), column: 0, pending: Pending::Nothing, todo: Vec::new() };
    printer.push(parts, 0, true);
    printer.print();
    let mut text = printer.out;
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// What comes before the next text; later ones win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pending {
    Nothing,
    Space,
    /// A new line where none belongs, behind a comment: one level further in.
    Forced,
    Line,
    Blank,
}

/// A piece still to be printed.
#[derive(Debug, Clone, Copy)]
struct Todo<'a> {
    doc: &'a Doc,
    level: usize,
    broken: bool,
}

struct Printer<'a> {
    out: String,
    column: usize,
    pending: Pending,
    /// The next one last.
    todo: Vec<Todo<'a>>,
}

impl<'a> Printer<'a> {
    fn push(&mut self, parts: &'a [Doc], level: usize, broken: bool) {
        self.todo.extend(parts.iter().rev().map(|doc| Todo { doc, level, broken }));
    }

    fn want(&mut self, pending: Pending) {
        self.pending = self.pending.max(pending);
    }

    fn print(&mut self) {
        while let Some(Todo { doc, level, broken }) = self.todo.pop() {
            match doc {
                Doc::Text(text) => self.text(text, level),
                Doc::Comma if broken => self.text(",", level),
                Doc::Space => self.want(Pending::Space),
                Doc::Line | Doc::SoftLine if broken => self.want(Pending::Line),
                Doc::Line => self.want(Pending::Space),
                Doc::Comma | Doc::SoftLine => {}
                Doc::Break { blank } => self.want(if *blank { Pending::Blank } else { Pending::Line }),
                Doc::Last(comment) if !broken => {
                    self.want(Pending::Space);
                    self.text(comment, level);
                }
                Doc::Behind(comment) | Doc::Last(comment) => {
                    self.pending = Pending::Space;
                    self.text(comment, level);
                    self.pending = Pending::Forced;
                }
                Doc::OwnLine(lines) => self.own_line(lines, level),
                Doc::Nest(parts) => self.push(parts, level + 1, broken),
                Doc::Group(group) => {
                    // What is in a group that fits fits too.
                    let broken = broken && (group.broken || !self.fits(group, level));
                    self.push(&group.parts, level, broken);
                }
            }
        }
    }

    fn text(&mut self, text: &str, level: usize) {
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            _ if self.out.is_empty() => {}
            Pending::Nothing => {}
            Pending::Space => {
                self.out.push(' ');
                self.column += 1;
            }
            Pending::Forced => self.new_line(level + 1),
            Pending::Line => self.new_line(level),
            Pending::Blank => {
                self.out.push('\n');
                self.new_line(level);
            }
        }
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn new_line(&mut self, level: usize) {
        self.out.push('\n');
        self.column = level * INDENTATION;
        self.out.push_str(&" ".repeat(self.column));
    }

    fn own_line(&mut self, lines: &[String], level: usize) {
        let level = if self.pending > Pending::Forced { level } else { level + 1 };
        self.want(Pending::Line);
        for line in lines {
            if line.is_empty() {
                self.out.push('\n');
            } else {
                self.text(line, level);
            }
            self.pending = Pending::Line;
        }
        self.pending = Pending::Forced;
    }

    /// Whether `group` and what must follow it fit on the rest of the line.
    fn fits(&self, group: &'a Group, level: usize) -> bool {
        let column = match self.pending {
            Pending::Nothing => self.column,
            Pending::Space => self.column + 1,
            Pending::Forced => (level + 1) * INDENTATION,
            Pending::Line | Pending::Blank => level * INDENTATION,
        };
        let mut left = WIDTH.saturating_sub(column);
        let mut space = false;
        let mut behind = self.todo.iter().rev().map(|todo| todo.doc);
        let mut open: Vec<&Doc> = group.parts.iter().rev().collect();
        let mut is_inside = true;
        loop {
            let Some(doc) = open.pop() else {
                is_inside = false;
                match behind.next() {
                    Some(next) => open.push(next),
                    None => return true,
                }
                continue;
            };
            match doc {
                // What stands behind belongs to groups that are broken.
                Doc::Line | Doc::SoftLine | Doc::Last(_) if !is_inside => return true,
                Doc::Break { .. } | Doc::Behind(_) | Doc::OwnLine(_) => return true,
                Doc::Text(text) | Doc::Last(text) => {
                    space |= matches!(doc, Doc::Last(_));
                    let width = text.chars().count() + usize::from(std::mem::take(&mut space));
                    match left.checked_sub(width) {
                        Some(rest) => left = rest,
                        None => return false,
                    }
                }
                Doc::Comma if !is_inside => match left.checked_sub(1) {
                    Some(rest) => left = rest,
                    None => return false,
                },
                Doc::Space | Doc::Line => space = true,
                Doc::SoftLine | Doc::Comma => {}
                Doc::Nest(parts) => open.extend(parts.iter().rev()),
                Doc::Group(group) => open.extend(group.parts.iter().rev()),
            }
        }
    }
}
