//! An interface stands in another package, in the same version line.

use crate::effect::{Edit, Effect, MINOR};
use crate::line;
use crate::matching::PackageMembers;
use crate::pair::Pair;
use crate::rule::{Check, Consequence, Rule};
use crate::sink::Sink;

pub(super) const RULE: Rule = Rule {
    id: "interface-moved",
    summary: "an interface moved to another package",
    message: "`{name}` moved from package `{old}` to `{new}`",
    notes: Pair::new("", ""),
    because: "",
    explanation: "Instances register an interface by its name and the version of its package. The new \
                  package's version answers whoever asked for the old one's, so callers notice nothing \
                  until they are rebuilt against another module. Where the version does not answer, \
                  the interface is told as removed.",
    example: Pair::new(
        "package maps.geo @ 1.0.0;\n\
         interface Geo { rpc locate(); }\n\
         package maps.places @ 1.0.0;\n\
         struct Place {}",
        "package maps.geo @ 1.1.0;\n\
         struct Box {}\n\
         package maps.places @ 1.1.0;\n\
         struct Place {}\n\
         interface Geo { rpc locate(); }",
    ),
    fix: "nothing has to be done",
    migration: "From here on the interface has the versions of its new package: keep that one in the \
                same major, or old callers stop matching.",
    consequence: Consequence::Call { old_client: Effect::Fine, new_client: Effect::Fine, step: MINOR },
    edits: &[Edit::Server, Edit::Client],
    check: Check::Package(check),
};

fn check(members: &PackageMembers<'_>, sink: &mut Sink<'_, '_>) {
    for moved in &members.moved.interfaces {
        let spans = moved.map(|(_, interface)| Some(interface.meta.span));
        let sides = sink.scope().sides;
        let names = moved.map(|(package, _)| line::name(sides, package));
        sink.declaration(&moved.new.1.meta.name.value, spans, names);
    }
}
