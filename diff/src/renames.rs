//! Who is who when the name changed and nothing says so: by what else makes a declaration what it is.

use lymph_idl::Schema;
use lymph_idl::model::{Event, Field, Handler, Interface, Meta, Method, Subscription};

use crate::matching::{Heirs, Matching, Named};
use crate::pair::Pair;
use crate::sink::Scope;
use crate::spelling;

impl<'a, T: Named> Matching<'a, T> {
    /// Pairs what is left of the old side with what is left of the new one, in the new order.
    pub(crate) fn pair_rest(&mut self, is_same: impl Fn(Pair<&'a T>) -> bool) {
        for pair in take_pairs(&mut self.removed, &mut self.added, |old, new| is_same(Pair::new(old, new))) {
            self.pairs.push(pair);
        }
    }
}

/// Takes those out of both lists that belong together, in the order of the second.
pub(crate) fn take_pairs<T: Copy>(
    old: &mut Vec<T>,
    new: &mut Vec<T>,
    is_same: impl Fn(T, T) -> bool,
) -> Vec<Pair<T>> {
    let mut pairs = Vec::new();
    new.retain(|new| match old.iter().position(|old| is_same(*old, *new)) {
        Some(place) => {
            pairs.push(Pair::new(old.remove(place), *new));
            false
        }
        None => true,
    });
    pairs
}

/// Whether two methods are called alike: of one kind, with the same parameters and result.
pub(crate) fn same_shape(schemas: Pair<&Schema>, methods: Pair<&Method>) -> bool {
    let shape = |(schema, method): (&Schema, &Method)| {
        let result = method.result.as_ref().map(|result| spelling::of_type(schema, result));
        (method.kind as u8, fields(schema, &method.params), result)
    };
    !schemas.zip(methods).map(shape).differs()
}

/// Whether a method's shape says enough to know the method by it.
pub(crate) fn has_shape(method: &Method) -> bool {
    !method.params.is_empty() || method.result.is_some()
}

/// Whether two interfaces have the same methods and handlers by name, and any at all.
pub(crate) fn same_members(interfaces: Pair<&Interface>) -> bool {
    let names = interfaces.map(|interface| {
        let methods = wires(interface.methods.iter().map(|method| &method.meta));
        (methods, wires(interface.handlers.iter().map(|handler| &handler.meta)))
    });
    !names.differs() && (!names.new.0.is_empty() || !names.new.1.is_empty())
}

/// Whether an event only got another routing key: it has its name, or the same fields and any at all.
pub(crate) fn same_event(schemas: Pair<&Schema>, events: Pair<&Event>) -> bool {
    let names = events.map(|event| &event.meta.name.value);
    let bodies = schemas.zip(events).map(|(schema, event)| fields(schema, &event.record.fields));
    !names.differs() || (!bodies.differs() && !bodies.new.is_empty())
}

/// Whether two handlers listen to one thing.
pub(crate) fn same_topic(handlers: Pair<&Handler>, events: &Heirs) -> bool {
    match (&handlers.old.subscription, &handlers.new.subscription) {
        (Subscription::Event(old), Subscription::Event(new)) => events.of(*old) == Some(*new),
        (old, new) => old == new,
    }
}

/// What a handler listens to, as it is bound.
pub(crate) fn topic<'a>(schema: &'a Schema, handler: &'a Handler) -> &'a str {
    match &handler.subscription {
        Subscription::Event(event) => &schema.event(*event).meta.wire,
        Subscription::Pattern(pattern) => pattern,
    }
}

/// Whether what travels as the name is another one.
pub(crate) fn is_renamed(metas: Pair<&Meta>) -> bool {
    metas.map(|meta| &meta.wire).differs()
}

/// Whether the new side still understands the name that the old one sends.
pub(crate) fn keeps_former_name(metas: Pair<&Meta>) -> bool {
    metas.new.was.iter().any(|was| was.value == metas.old.wire)
}

/// Whether only the name in schema and code is another one.
pub(crate) fn is_renamed_in_code(metas: Pair<&Meta>) -> bool {
    !is_renamed(metas) && metas.map(|meta| &meta.name.value).differs()
}

/// Former names that the new side understands and the old one does not, its present one left out.
pub(crate) fn aliases_added(metas: Pair<&Meta>) -> impl Iterator<Item = &str> {
    aliases_of_only(metas.swap())
}

/// Former names that a new major leaves behind. Inside a major that is told as `alias-dropped-early`.
pub(crate) fn aliases_left_behind<'a>(scope: Scope<'_>, metas: Pair<&'a Meta>) -> Vec<&'a str> {
    let versions = scope.packages.map(|package| package.map(|package| package.version.value));
    match versions {
        Pair { old: Some(old), new: Some(new) } if new >= old.next_breaking() => {
            aliases_of_only(metas).collect()
        }
        _ => Vec::new(),
    }
}

fn aliases_of_only(metas: Pair<&Meta>) -> impl Iterator<Item = &str> {
    let Pair { old: here, new: there } = metas;
    let here = here.was.iter().map(|was| &*was.value);
    here.filter(move |was| there.wire != *was && there.was.iter().all(|other| other.value != *was))
}

fn fields(schema: &Schema, fields: &[Field]) -> Vec<(String, String)> {
    let mut all: Vec<_> =
        fields.iter().map(|field| (field.meta.wire.clone(), spelling::of_type(schema, &field.ty))).collect();
    all.sort();
    all
}

fn wires<'a>(metas: impl Iterator<Item = &'a Meta>) -> Vec<&'a str> {
    let mut wires: Vec<&str> = metas.map(|meta| &*meta.wire).collect();
    wires.sort_unstable();
    wires
}
