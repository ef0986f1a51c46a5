//! What interfaces say that they emit.

use lymph_idl::Schema;
use lymph_idl::model::{Emits, EventId, Interface};

use crate::matching::{Heirs, InterfaceMembers};
use crate::pair::Pair;
use crate::sink::Scope;

/// Lines that both sides have.
pub(crate) fn emits_kept<'a>(interfaces: Pair<&'a Interface>, heirs: &Heirs) -> Vec<Pair<&'a Emits>> {
    let kept = interfaces.new.emits.iter().filter_map(|new| {
        let mut old = interfaces.old.emits.iter();
        Some(Pair::new(old.find(|old| heirs.of(old.event) == Some(new.event))?, new))
    });
    kept.collect()
}

/// Lines that only the new side has.
pub(crate) fn emits_added<'a>(
    interfaces: &Pair<&'a Interface>,
    members: &InterfaceMembers<'_, '_>,
) -> Vec<&'a Emits> {
    let old: Vec<_> = interfaces.old.emits.iter().map(|emits| members.events.of(emits.event)).collect();
    interfaces.new.emits.iter().filter(|emits| !old.contains(&Some(emits.event))).collect()
}

/// Lines that only the old side has, and another interface that emits the event now. Those whose event is
/// gone are told with the event.
pub(crate) fn emits_removed<'a>(
    scope: Scope<'a>,
    interfaces: &Pair<&'a Interface>,
    members: &InterfaceMembers<'_, '_>,
) -> Vec<(&'a Emits, Option<&'a Interface>)> {
    let emitter = |event| scope.sides.new.emitters(event).first().map(|(_, interface)| *interface);
    let new: Vec<EventId> = interfaces.new.emits.iter().map(|emits| emits.event).collect();
    let old = interfaces.old.emits.iter();
    let gone = old.filter_map(|emits| match members.events.of(emits.event) {
        Some(event) if new.contains(&event) => None,
        Some(event) => Some((emits, emitter(event))),
        None if is_told(scope.schemas.old, emits.event) => None,
        None => Some((emits, None)),
    });
    gone.collect()
}

/// Whether rules speak of an event when it is gone: those of imported packages are not ours.
pub(crate) fn is_told(schema: &Schema, event: EventId) -> bool {
    schema.package(schema.event(event).package).is_root
}
