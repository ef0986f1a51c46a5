//! Whether declarations say the same, wherever they stand and however they are documented.

use lymph_idl::model::{
    CustomAttribute, Delivery, DeliveryMode, Emits, Enum, ErrorDef, Event, EventId, Field, Handler,
    Interface, Literal, Meta, Method, Package, PackageId, Raise, Record, Since, Type, TypeDef, TypeDefKind,
    TypeKind, Union,
};
use lymph_idl::{Schema, Spanned};

use crate::bounds::Bounds;
use crate::emits::is_told;
use crate::graph::Graph;
use crate::likeness::same_literal;
use crate::matching::Heirs;
use crate::node::Value;
use crate::pair::Pair;
use crate::queue::order_key;
use crate::renames::same_topic;

/// Compares declarations of two schemas. Docs are left to the rule that tells of them.
pub(super) struct Same<'s> {
    pub schemas: Pair<&'s Schema>,
    /// Types that have met are the same here: what differs inside them is seen where they are declared.
    pub graph: &'s Graph,
    /// Events that got another routing key are the same.
    pub heirs: &'s Heirs,
}

impl<'s> Same<'s> {
    pub(super) fn package(&self, pair: Pair<&Package>) -> bool {
        fn part(package: &Package) -> (&str, Plain<'_>) {
            let Package {
                id: _,
                name,
                // Has rules of its own that need no finding to compare with.
                version: _,
                docs: _,
                file: _,
                versioned_module: _,
                is_root: _,
                // Imports are seen in what is used of them.
                imports: _,
                interfaces: _,
                events: _,
                types: _,
                attributes,
            } = package;
            (&*name.value, plain(attributes))
        }
        part(pair.old) == part(pair.new)
    }

    /// Without methods and handlers, which are compared one by one.
    pub(super) fn interface(&self, pair: Pair<&Interface>) -> bool {
        fn emits<'a>(
            interface: &'a Interface,
            event: impl Fn(EventId) -> Option<EventId>,
            is_gone: impl Fn(EventId) -> bool,
        ) -> Vec<(Option<EventId>, Option<Since>, Plain<'a>)> {
            let Interface { meta: _, methods: _, emits, handlers: _ } = interface;
            let emits = emits.iter().filter(|emits| !is_gone(emits.event)).map(|emits| {
                let Emits { event: id, since, attributes, span: _ } = emits;
                (event(*id), since.as_ref().map(|it| it.value), plain(attributes))
            });
            let mut emits: Vec<_> = emits.collect();
            emits.sort_by_key(|emits| emits.0);
            emits
        }
        // Told with the event.
        let is_gone = |event| self.heirs.of(event).is_none() && is_told(self.schemas.old, event);
        self.meta(pair.map(|it| &it.meta))
            && emits(pair.old, |event| self.heirs.of(event), is_gone) == emits(pair.new, Some, |_| false)
    }

    pub(super) fn method(&self, pair: Pair<&Method>) -> bool {
        let Method { meta, kind, params, result, raises, timeout, idempotent, raw, internal, http, delivery } =
            pair.old;
        let new = pair.new;
        self.meta(Pair::new(meta, &new.meta))
            && *kind == new.kind
            && self.fields(Pair::new(params, &new.params))
            && match (result, &new.result) {
                (Some(old), Some(new)) => self.ty(Pair::new(old, new)),
                (None, None) => true,
                _ => false,
            }
            && self.raises(Pair::new(raises, &new.raises))
            && *timeout == new.timeout
            && *idempotent == new.idempotent
            && *raw == new.raw
            && *internal == new.internal
            && *http == new.http
            && *delivery == new.delivery
    }

    fn raises(&self, pair: Pair<&Vec<Raise>>) -> bool {
        pair.old.len() == pair.new.len()
            && pair.old.iter().zip(pair.new).all(|(old, new)| {
                let Raise { error, since, attributes, span: _ } = old;
                self.graph.have_met(Pair::new(*error, new.error))
                    && since.as_ref().map(|it| it.value) == new.since.as_ref().map(|it| it.value)
                    && plain(attributes) == plain(&new.attributes)
            })
    }

    pub(super) fn handler(&self, pair: Pair<&Handler>) -> bool {
        let Handler { meta, subscription: _, delivery: _ } = pair.old;
        self.meta(Pair::new(meta, &pair.new.meta)) && same_topic(pair, self.heirs) && self.delivery(pair)
    }

    /// By the names of keys that travel.
    fn delivery(&self, pair: Pair<&Handler>) -> bool {
        let keys = self.schemas.zip(pair).map(|(schema, handler)| order_key(schema, handler));
        let rest = pair.map(|handler| {
            let Delivery { mode, retries, durable, queue } = &handler.delivery;
            let partitions = match mode {
                DeliveryMode::Serial { key: _, partitions } => Some(*partitions),
                _ => None,
            };
            (std::mem::discriminant(mode), partitions, *retries, *durable, queue)
        });
        !keys.differs() && !rest.differs()
    }

    pub(super) fn event(&self, pair: Pair<&Event>) -> bool {
        let Event { id: _, package, meta, record, ttl } = pair.old;
        *ttl == pair.new.ttl
            && self.meta(Pair::new(meta, &pair.new.meta))
            && self.record(Pair::new(record, &pair.new.record))
            && self.reserved(Pair::new(*package, pair.new.package), pair.map(|it| &it.record.reserved))
    }

    pub(super) fn type_def(&self, pair: Pair<&TypeDef>) -> bool {
        let TypeDef { id: _, package, meta, kind } = pair.old;
        let packages = Pair::new(*package, pair.new.package);
        let kinds = match (kind, &pair.new.kind) {
            (TypeDefKind::Struct(old), TypeDefKind::Struct(new)) => {
                self.record(Pair::new(old, new))
                    && self.reserved(packages, Pair::new(&old.reserved, &new.reserved))
            }
            (TypeDefKind::Enum(old), TypeDefKind::Enum(new)) => {
                let Enum { closed, fallback, variants, reserved } = old;
                *closed == new.closed
                    && *fallback == new.fallback
                    && variants.len() == new.variants.len()
                    && variants.iter().zip(&new.variants).all(|(old, new)| self.meta(Pair::new(old, new)))
                    && self.reserved(packages, Pair::new(reserved, &new.reserved))
            }
            (TypeDefKind::Union(old), TypeDefKind::Union(new)) => {
                let Union { closed, variants, reserved } = old;
                *closed == new.closed
                    && self.fields(Pair::new(variants, &new.variants))
                    && self.reserved(packages, Pair::new(reserved, &new.reserved))
            }
            (TypeDefKind::Alias(old), TypeDefKind::Alias(new)) => self.ty(Pair::new(old, new)),
            (TypeDefKind::Error(old), TypeDefKind::Error(new)) => {
                let ErrorDef { record, retryable } = old;
                self.record(Pair::new(record, &new.record))
                    && self.reserved(packages, Pair::new(&record.reserved, &new.record.reserved))
                    && *retryable == new.retryable
            }
            _ => false,
        };
        self.meta(Pair::new(meta, &pair.new.meta)) && kinds
    }

    /// Without reserved names, which depend on where it stands.
    fn record(&self, pair: Pair<&Record>) -> bool {
        let Record { closed, fields, reserved: _ } = pair.old;
        *closed == pair.new.closed && self.fields(Pair::new(fields, &pair.new.fields))
    }

    /// Names stay reserved until the next breaking version of their package; then they may go without
    /// a word.
    fn reserved(&self, packages: Pair<PackageId>, reserved: Pair<&Vec<Spanned<String>>>) -> bool {
        let versions = self.schemas.zip(packages).map(|(schema, id)| schema.package(id).version.value);
        let (old, new) = (sorted(reserved.old), sorted(reserved.new));
        old == new
            || versions.new >= versions.old.next_breaking() && new.iter().all(|name| old.contains(name))
    }

    fn fields(&self, pair: Pair<&Vec<Field>>) -> bool {
        pair.old.len() == pair.new.len()
            && pair.old.iter().zip(pair.new).all(|(old, new)| {
                // Boxes are how Rust holds the value.
                let Field { meta, ty, default, boxed: _ } = old;
                self.meta(Pair::new(meta, &new.meta))
                    && self.ty(Pair::new(ty, &new.ty))
                    && match (default, &new.default) {
                        (Some(default), Some(other)) => {
                            let values = self.values(Pair::new(ty, &new.ty));
                            same_literal(&values, Pair::new(&default.value, &other.value))
                        }
                        (old, new) => old.is_none() && new.is_none(),
                    }
            })
    }

    fn ty(&self, pair: Pair<&Type>) -> bool {
        // Constraints may be written in several ways.
        let Type { kind, constraints: _, span: _ } = pair.old;
        !self.values(pair).as_ref().map(Bounds::said).differs()
            && match (kind, &pair.new.kind) {
                (TypeKind::Scalar(old), TypeKind::Scalar(new)) => old == new,
                (TypeKind::List(old), TypeKind::List(new))
                | (TypeKind::Set(old), TypeKind::Set(new))
                | (TypeKind::Optional(old), TypeKind::Optional(new))
                | (TypeKind::Patch(old), TypeKind::Patch(new)) => self.ty(Pair::new(old, new)),
                (TypeKind::Map(old_key, old), TypeKind::Map(new_key, new)) => {
                    self.ty(Pair::new(old_key, new_key)) && self.ty(Pair::new(old, new))
                }
                (TypeKind::Named(old), TypeKind::Named(new)) => self.graph.have_met(Pair::new(*old, *new)),
                _ => false,
            }
    }

    fn values<'t>(&self, pair: Pair<&'t Type>) -> Pair<Value<'t>>
    where
        's: 't,
    {
        self.schemas.zip(pair).map(|(schema, ty)| Value::new(schema, ty, None))
    }

    fn meta(&self, pair: Pair<&Meta>) -> bool {
        let Meta { name, wire, was, docs: _, since, deprecated, unstable, attributes, span: _ } = pair.old;
        let new = pair.new;
        name.value == new.name.value
            && *wire == new.wire
            && sorted(was) == sorted(&new.was)
            && since.as_ref().map(|it| it.value) == new.since.as_ref().map(|it| it.value)
            && *deprecated == new.deprecated
            && *unstable == new.unstable
            && plain(attributes) == plain(&new.attributes)
    }
}

/// Names whose order says nothing.
fn sorted(names: &[Spanned<String>]) -> Vec<&str> {
    let mut names: Vec<_> = names.iter().map(|name| &*name.value).collect();
    names.sort_unstable();
    names
}

/// Attributes without their places, and without what is said to the linter, which nobody else hears.
type Plain<'a> = Vec<(&'a str, &'a [(Option<String>, Literal)])>;

fn plain(attributes: &[CustomAttribute]) -> Plain<'_> {
    attributes
        .iter()
        .filter(|it| !it.name.value.starts_with("lint."))
        .map(|it| (&*it.name.value, &*it.arguments))
        .collect()
}
