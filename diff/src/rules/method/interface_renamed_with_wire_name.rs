//! An interface has another name in code and its old one on the wire.

use lymph_idl::model::Interface;

use crate::effect::{Edit, Effect, MINOR};
use crate::matching::InterfaceMembers;
use crate::pair::Pair;
use crate::renames::is_renamed_in_code;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "interface-renamed-with-wire-name",
    summary: "an interface has another name in code, not on the wire",
    message: "interface `{old}` is now `{new}` in code",
    notes: Pair::new("", "registers under the old name"),
    because: "",
    explanation: "`@wire` keeps the name under which instances register, so old and new find each \
                  other. Only the names of the generated trait, client and server change.",
    example: Pair::new(
        "interface Geo { rpc locate(); }",
        "@wire(\"Geo\")\ninterface Places { rpc locate(); }",
    ),
    fix: "nothing has to be done",
    migration: "This is the safe way to rename: code changes when it is rebuilt, the wire never.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: MINOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Interface(check),
};

fn check(interfaces: &Pair<&Interface>, _: &InterfaceMembers<'_, '_>, sink: &mut Sink<'_, '_>) {
    let metas = interfaces.map(|interface| &interface.meta);
    if is_renamed_in_code(metas) {
        sink.here(metas.map(|meta| &*meta.name.value));
    }
}
