//! What a rule means wherever an old and a new version meet.

use std::collections::BTreeMap;

use lymph_diff::{Cell, Consequence, Matrix, Position, Rule, Step};
use serde::Serialize;

use super::document::{Bump, Effect, Way, bump, matrix};

/// What a rule means in one position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(in crate::idl) struct Direction {
    /// The rule's id, for shapes with the position before it.
    pub id: String,
    /// What happens in each way in which versions meet; what callers are kept from is not known here.
    pub matrix: BTreeMap<Way, Effect>,
    /// The version step that it needs.
    pub bump: Bump,
    /// Whether somebody should look at it even when the version allows it.
    pub warns: bool,
}

/// Every position of `rule`; none of rules about versions, which touch nothing that travels.
pub(in crate::idl) fn directions(rule: &Rule) -> Vec<Direction> {
    let cell = |effect| Some(Cell { effect, guarded: false });
    let direction = |id: String, cells: Matrix, step: Step| {
        let matrix = matrix(&cells).into_iter().map(|(way, cell)| (way, cell.effect)).collect();
        Direction { id, matrix, bump: bump(step.bump), warns: step.warns }
    };
    match rule.consequence {
        Consequence::Shape { backward, forward, param, result, event } => {
            let step = |position| match position {
                Position::Param => param,
                Position::Result | Position::Error => result,
                Position::Event => event,
            };
            let of = |(position, id)| {
                direction(id, Matrix::of_shape(position, backward, forward, false), step(position))
            };
            Position::ALL.into_iter().zip(rule.ids()).map(of).collect()
        }
        Consequence::Call { old_client, new_client, step } => {
            let (old_client, new_client) = (cell(old_client), cell(new_client));
            vec![direction(rule.id.to_owned(), Matrix { old_client, new_client, ..Matrix::default() }, step)]
        }
        Consequence::Event { old_consumer, new_consumer, step } => {
            let (old_consumer, new_consumer) = (cell(old_consumer), cell(new_consumer));
            vec![direction(
                rule.id.to_owned(),
                Matrix { old_consumer, new_consumer, ..Matrix::default() },
                step,
            )]
        }
        Consequence::Promise { .. } => Vec::new(),
    }
}

impl Direction {
    /// All of it, behind its id.
    pub(in crate::idl) fn text(&self) -> String {
        let ways: Vec<String> =
            self.matrix.iter().map(|(way, effect)| format!("{} {}", way.text(), effect.text())).collect();
        let look = if self.warns { ", and a look" } else { "" };
        format!("{}: {}; needs {}{look}", self.id, ways.join(", "), self.bump.text())
    }
}
