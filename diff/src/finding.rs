//! A finding: what changed, whom it hurts, in which order to roll it out, which version it needs.

use lymph_idl::Span;
use md5::{Digest, Md5};

use crate::effect::{Bump, Effect, Step};
use crate::graph::{NodeId, Search};
use crate::line;
use crate::pair::Pair;
use crate::position::{Cell, Matrix, Position, Rollout};
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Change;
use crate::steps;

/// One difference that matters to somebody, told once however many operations it reaches.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What it is an instance of.
    pub rule: &'static Rule,
    /// The rule's id; for shapes with the position before it in which it weighs most.
    pub id: String,
    /// 12 hexadecimal digits over id, package, path and types, and what the type that holds it was called
    /// before: stable under changes of layout and wording.
    pub fingerprint: String,
    /// The package that holds it.
    pub package: String,
    /// Where in the package, as in `Geocoder.locate(country)`.
    pub path: String,
    /// What happened, in one line.
    pub message: String,
    /// Where it stands on both sides.
    pub spans: Pair<Option<Span>>,
    /// What stood there and what stands there now; empty where the spans say it.
    pub values: Pair<String>,
    /// Why those who break do, or what is lost; may be empty.
    pub because: String,
    /// The quickest way out.
    pub fix: String,
    /// Of shapes: where the values travel. Never empty for them; operations are empty when none uses the type.
    pub uses: Vec<Use>,
    /// What happens in the four ways in which two versions meet.
    pub matrix: Matrix,
    /// In which order instances have to be replaced.
    pub rollout: Rollout,
    /// The version step that it needs, the largest of its positions; `None` for promises, which need none.
    pub step: Option<Step>,
    /// What it does to the outcome.
    pub level: Level,
    /// Why it is tolerated, when it is.
    pub accepted: Option<Acceptance>,
}

/// Values of one position that a change reaches.
#[derive(Debug, Clone)]
pub struct Use {
    /// The rule's id with the position before it.
    pub id: String,
    /// Where they travel.
    pub position: Position,
    /// The first operations, in the order of their declaration.
    pub operations: Vec<String>,
    /// How many there are.
    pub total: usize,
    /// The packages that declare them, sorted.
    pub packages: Vec<String>,
    /// What happens there.
    pub matrix: Matrix,
    /// In which order instances have to be replaced.
    pub rollout: Rollout,
    /// The version step that it needs.
    pub step: Step,
}

/// Somebody said that a finding is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// The last version that it counts for, as written.
    pub until: Option<String>,
}

impl Finding {
    pub(crate) fn new(change: Change, search: &mut Search<'_>) -> Self {
        steps::note(1);
        let rule = change.rule;
        let uses = change.node.map_or_else(Vec::new, |node| uses(rule, search, node, change.guarded));
        let (id, matrix, step) = match rule.consequence {
            Consequence::Shape { .. } => {
                let heaviest = heaviest(&uses);
                let matrix = uses.iter().fold(Matrix::default(), |matrix, it| matrix.worst(it.matrix));
                let heaviest = heaviest.expect("a value travels somewhere");
                (heaviest.id.clone(), matrix, Some(heaviest.step))
            }
            Consequence::Call { old_client, new_client, step } => {
                let old_client = Some(Cell { effect: old_client, guarded: false });
                let new_client = Some(Cell { effect: new_client, guarded: change.guarded });
                (rule.id.to_owned(), Matrix { old_client, new_client, ..Matrix::default() }, Some(step))
            }
            Consequence::Event { old_consumer, new_consumer, step } => {
                let cell = |effect| Some(Cell { effect, guarded: false });
                let (old_consumer, new_consumer) = (cell(old_consumer), cell(new_consumer));
                (rule.id.to_owned(), Matrix { old_consumer, new_consumer, ..Matrix::default() }, Some(step))
            }
            Consequence::Promise { .. } => (rule.id.to_owned(), Matrix::default(), None),
        };
        let former = change.node.and_then(|node| search.former(node));
        let fill = |template: &str| fill(template, &change.name, &change.values);
        Self {
            fingerprint: fingerprint(&id, &change, former),
            message: fill(rule.message),
            because: fill(rule.because),
            fix: fill(rule.fix),
            rollout: Rollout::of(&matrix),
            level: Level::Note,
            accepted: None,
            package: change.package,
            path: change.path,
            spans: change.spans,
            values: change.values,
            rule,
            id,
            uses,
            matrix,
            step,
        }
    }

    /// What the old and the new side mean, in a few words beside the source line; may be empty.
    #[must_use]
    pub fn notes(&self) -> Pair<String> {
        let name = self.path.rsplit(['.', '(']).next().unwrap_or_default().trim_end_matches(')');
        self.rule.notes.map(|note| fill(note, name, &self.values))
    }

    /// The use that weighs most, of shapes.
    pub(crate) fn heaviest(&self) -> Option<&Use> {
        heaviest(&self.uses)
    }

    /// The version step that it needs.
    #[must_use]
    pub fn bump(&self) -> Option<Bump> {
        self.step.map(|step| step.bump)
    }

    /// The packages whose version it concerns: its own and those of the operations that it reaches.
    pub fn packages(&self) -> impl Iterator<Item = &str> {
        let others = self.uses.iter().flat_map(|it| &it.packages).filter(|it| **it != self.package);
        std::iter::once(&*self.package).chain(others.map(String::as_str))
    }
}

/// Of equals the first.
fn heaviest(uses: &[Use]) -> Option<&Use> {
    uses.iter().rev().max_by_key(|it| (it.step.bump, it.step.warns))
}

fn uses(rule: &Rule, search: &mut Search<'_>, node: NodeId, guarded: bool) -> Vec<Use> {
    let Consequence::Shape { backward, forward, param, result, event } = rule.consequence else {
        return Vec::new();
    };
    let reached = search.reach(node).into_iter();
    reached
        .map(|reach| {
            let is_checked = is_checked(rule, reach.position);
            let read = |effect: Effect| if is_checked { effect } else { effect.min(Effect::Lossy) };
            let matrix = Matrix::of_shape(reach.position, read(backward), read(forward), guarded);
            Use {
                id: format!("{}-{}", reach.position.name(), rule.id),
                position: reach.position,
                operations: reach.operations,
                total: reach.total,
                packages: reach.packages,
                rollout: Rollout::of(&matrix),
                matrix,
                step: match reach.position {
                    Position::Param => param,
                    Position::Result | Position::Error => result,
                    Position::Event => event,
                },
            }
        })
        .collect()
}

/// Whether a rule's effects are those of readers at a position: constraints are checked on parameters only,
/// elsewhere they say what to expect.
fn is_checked(rule: &Rule, position: Position) -> bool {
    position == Position::Param || !matches!(rule.check, Check::Bounds(_))
}

fn fill(template: &str, name: &str, values: &Pair<String>) -> String {
    let filled = template.replace("{name}", name);
    filled.replace("{old}", &values.old).replace("{new}", &values.new)
}

/// `former` is the old type that the change is in, where it is called otherwise: several may have become one.
fn fingerprint(id: &str, change: &Change, former: Option<&str>) -> String {
    let mut hash = Md5::new();
    // The package's name alone: whether other majors are beside it changes nothing of what is meant.
    let package = line::base(&change.package);
    let parts = [id, package, &change.path, &change.values.old, &change.values.new];
    for part in parts.into_iter().chain(former) {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
