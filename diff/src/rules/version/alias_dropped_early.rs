//! A former name is no longer understood, though its major still is.

use lymph_idl::model::Meta;

use crate::pair::Pair;
use crate::rule::{Check, Consequence, Level, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "alias-dropped-early",
    summary: "a former name is no longer understood within its major",
    message: "`{name}` no longer answers to `{old}`",
    notes: Pair::new("answers to `{old}`", ""),
    because: "those who still use `{old}` are no longer understood",
    explanation: "Whoever was built before the name changed still uses the former one. Within a major nobody has to be rebuilt, so the former name lives as long as the major.",
    example: Pair::new(
        "struct Match { @was(\"pos\") position: string }",
        "struct Match { position: string }",
    ),
    fix: "restore `@was(\"{old}\")`",
    migration: "Drop former names together with the next major.",
    consequence: Consequence::Promise { level: Level::Error },
    edits: &[],
    check: Check::Meta(check),
};

fn check(metas: &Pair<&Meta>, sink: &mut Sink<'_, '_>) {
    let Pair { old: Some(old), new: Some(new) } = sink.scope().packages else { return };
    if new.version.value >= old.version.value.next_breaking() {
        return;
    }
    for was in &metas.old.was {
        let is_kept = metas.new.wire == was.value || metas.new.was.iter().any(|it| it.value == was.value);
        if !is_kept {
            sink.here(Pair::new(was.value.as_str(), ""));
        }
    }
}
