//! Every rule. A new one is a file in the folder of its family, and its line here.

/// Declares the modules of a family's rules and the list of them.
macro_rules! family {
    ($($id:ident,)*) => {
        $(mod $id;)*

        /// In the order in which they look.
        pub(super) const RULES: &[&crate::rule::Rule] = &[$(&$id::RULE,)*];
    };
}

mod event;
mod method;
mod shape;
mod version;

use crate::rule::Rule;

const COUNT: usize = shape::RULES.len() + method::RULES.len() + event::RULES.len() + version::RULES.len();

/// Every rule: of shapes, of methods, of events, of versions.
pub const RULES: &[&Rule] = &all();

/// The families one after the other.
const fn all() -> [&'static Rule; COUNT] {
    let mut all = [shape::RULES[0]; COUNT];
    let families = [shape::RULES, method::RULES, event::RULES, version::RULES];
    let (mut family, mut at) = (0, 0);
    while family < families.len() {
        let mut place = 0;
        while place < families[family].len() {
            all[at] = families[family][place];
            at += 1;
            place += 1;
        }
        family += 1;
    }
    all
}

/// The rule with an id, with or without a position before it.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id || rule.ids().any(|full| full == id))
}
