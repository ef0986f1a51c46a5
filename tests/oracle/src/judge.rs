//! Judges that hold what is said against what happens, and how they are held to account themselves.

use std::collections::BTreeSet;

use lymph_diff::{Consequence, Effect, Policy, RULES, Report, Rule, diff};

use crate::case::Case;
use crate::direction::Direction;
use crate::exceptions::{Apart, Beyond, Claim, Exceptions};

/// Something that is said and something else that happens.
#[derive(Debug)]
pub struct Disagreement {
    /// Where.
    pub case: &'static str,
    /// To what it happens.
    pub name: String,
    /// Which way.
    pub direction: Direction,
    /// All of it in words.
    pub text: String,
}

/// What was found in one case, or in all.
#[derive(Debug, Default)]
pub struct Judgement {
    /// Where the report is wrong.
    pub disagreements: Vec<Disagreement>,
    /// Entries of the table without which there would be a disagreement, by place, and which way.
    pub needed: BTreeSet<(usize, Direction)>,
}

impl Extend<Self> for Judgement {
    fn extend<I: IntoIterator<Item = Self>>(&mut self, all: I) {
        for one in all {
            self.disagreements.extend(one.disagreements);
            self.needed.extend(one.needed);
        }
    }
}

/// A judge, and what it cannot see.
#[derive(Debug)]
pub struct Judge {
    /// Holds a report against what happens in a case.
    pub judge: fn(&Case, &Report, Exceptions<'_>) -> Judgement,
    /// What rules say that nothing shows, or that shows otherwise for a reason.
    pub beyond: &'static [Beyond],
    /// What it passes over in a single case.
    pub apart: &'static [Apart],
}

impl Judge {
    /// What it finds in a case if `report` is what is said of it.
    #[must_use]
    pub fn of(&self, case: &Case, report: &Report) -> Judgement {
        self.with(self.beyond, case, report)
    }

    /// What it finds in all cases, what it passes over included.
    #[must_use]
    pub fn of_all(&self) -> Judgement {
        let judge = |case: &Case| (self.judge)(case, &case.report, Exceptions::new(self.beyond));
        let mut judgement = Judgement::default();
        judgement.extend(Case::all().iter().map(judge));
        judgement
    }

    /// The disagreements that it does not pass over, in words.
    #[must_use]
    pub fn wrong<'j>(&self, judgement: &'j Judgement) -> Vec<&'j str> {
        let wrong = judgement.disagreements.iter().filter(|it| !self.passes_over(it));
        wrong.map(|it| &*it.text).collect()
    }

    /// The entries of its tables that change nothing of its judgement of all cases, in words.
    #[must_use]
    pub fn idle(&self, judgement: &Judgement) -> Vec<String> {
        let entries = self.beyond.iter().enumerate();
        let claims = entries.flat_map(|(place, it)| it.claims().map(move |claim| (place, claim)));
        let idle = claims.filter(|(place, (_, way))| !judgement.needed.contains(&(*place, *way)));
        let idle = idle.map(|(_, (rule, way))| format!("{rule} {way:?}"));
        let agreed = |it: &&Apart| !judgement.disagreements.iter().any(|other| is_about(it, other));
        let agreed = self.apart.iter().filter(agreed);
        idle.chain(agreed.map(|it| format!("{}: {} {:?}", it.case, it.name, it.direction))).collect()
    }

    /// The claims of rules of which it does not notice that they are wrong: each says in turn everything but
    /// what it should.
    #[must_use]
    pub fn unnoticed(&self, concerns: fn(Consequence) -> bool) -> BTreeSet<Claim> {
        let rules = RULES.iter().filter(|rule| concerns(rule.consequence));
        let claims = rules.flat_map(|rule| said(rule).map(|(direction, said)| (rule, direction, said)));
        let unnoticed = claims.filter(|(rule, direction, said)| {
            let right = Exceptions::new(self.beyond).shown(rule.id, *direction, *said);
            let all = [Effect::Fine, Effect::Lossy, Effect::BreaksSome, Effect::Breaks];
            all.into_iter().filter(|it| *it != right).any(|wrong| !self.notices(rule.id, *direction, wrong))
        });
        unnoticed.map(|(rule, direction, _)| (rule.id, direction)).collect()
    }

    fn notices(&self, rule: &'static str, direction: Direction, shows: Effect) -> bool {
        let wrong = Beyond { rule, direction: Some(direction), shows, because: "it is wrong" };
        let table = [&[wrong], self.beyond].concat();
        let speaks = |case: &&Case| case.report.findings.iter().any(|it| it.rule.id == rule);
        let mut cases = Case::all().iter().filter(speaks);
        cases.any(|case| !self.with(&table, case, &case.report).disagreements.is_empty())
    }

    /// The rules of calls that are seen to break new callers and of which it does not notice that these are said to
    /// be kept from it, or not to be.
    #[must_use]
    pub fn unnoticed_guards(&self) -> BTreeSet<&'static str> {
        let exceptions = Exceptions::new(self.beyond);
        let breaks = |rule: &Rule| match rule.consequence {
            Consequence::Call { new_client, .. } => {
                exceptions.shown(rule.id, Direction::Forward, new_client).is_break()
            }
            _ => false,
        };
        let notices = |rule: &Rule| {
            Case::all().iter().any(|case| {
                let mut report = diff(case.old.schema, case.new.schema, &Policy::default());
                let findings = report.findings.iter_mut().filter(|it| it.rule.id == rule.id);
                let cells = findings.filter_map(|it| it.matrix.new_client.as_mut());
                cells.for_each(|cell| cell.guarded = !cell.guarded);
                !self.of(case, &report).disagreements.is_empty()
            })
        };
        RULES.iter().filter(|rule| breaks(rule) && !notices(rule)).map(|rule| rule.id).collect()
    }

    fn passes_over(&self, it: &Disagreement) -> bool {
        self.apart.iter().any(|apart| is_about(apart, it))
    }

    fn with(&self, beyond: &[Beyond], case: &Case, report: &Report) -> Judgement {
        let mut judgement = (self.judge)(case, report, Exceptions::new(beyond));
        judgement.disagreements.retain(|it| !self.passes_over(it));
        judgement
    }
}

fn is_about(apart: &Apart, it: &Disagreement) -> bool {
    (apart.case, apart.name, apart.direction) == (it.case, &it.name, it.direction)
}

/// What a rule says, each way.
fn said(rule: &Rule) -> [(Direction, Effect); 2] {
    let (backward, forward) = match rule.consequence {
        Consequence::Shape { backward, forward, .. } => (backward, forward),
        Consequence::Call { old_client, new_client, .. } => (old_client, new_client),
        Consequence::Event { old_consumer, new_consumer, .. } => (new_consumer, old_consumer),
        Consequence::Promise { .. } => unreachable!("promises claim nothing of what happens"),
    };
    [(Direction::Backward, backward), (Direction::Forward, forward)]
}
