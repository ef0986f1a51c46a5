//! What became of members and variants: each is told of once, by the most precise of the rules.

use lymph_idl::Spanned;
use lymph_idl::model::{Field, Meta};

use crate::likeness::same_type;
use crate::matching::{Matching, Named};
use crate::node::{Choice, Members, Presence};
use crate::pair::Pair;

/// What became of fields or parameters.
#[derive(Debug)]
pub struct MemberChanges<'a> {
    /// On both sides, by what travels, in the new order.
    pub pairs: Vec<Pair<&'a Field>>,
    /// The same member under a name that the other side does not know.
    pub renamed: Vec<Pair<&'a Field>>,
    /// Members that must be there and became variants of a new member, each with that member.
    pub wrapped: Vec<Pair<&'a Field>>,
    /// New members under a name that was reserved, with the reservation.
    pub reused: Vec<(&'a Field, &'a Spanned<String>)>,
    /// Only on the old side, and none of the above.
    pub removed: Vec<&'a Field>,
    /// Only on the new side, and none of the above.
    pub added: Vec<&'a Field>,
}

impl<'a> MemberChanges<'a> {
    /// What new writers send under a name that the old side does not know, each with what it was there.
    pub(crate) fn unknown_to_old(&self) -> impl Iterator<Item = (&'a Field, Option<&'a Field>)> {
        let added = self.added.iter().map(|field| (*field, None));
        added.chain(unknown_keys(&self.pairs, |fields| *fields))
    }

    /// What old writers send under a name that the new side does not know, each with what it is there.
    pub(crate) fn unknown_to_new(&self) -> impl Iterator<Item = (&'a Field, Option<&'a Field>)> {
        let removed = self.removed.iter().map(|field| (*field, None));
        removed.chain(unknown_keys(&self.pairs, |fields| fields.swap()))
    }
}

/// Those of both sides, as `order` puts them, of which the new one has a name that the old one lacks: writers
/// send a member under all of its names.
fn unknown_keys<'a>(
    pairs: &[Pair<&'a Field>],
    order: fn(&Pair<&'a Field>) -> Pair<&'a Field>,
) -> impl Iterator<Item = (&'a Field, Option<&'a Field>)> {
    let is_unknown = |fields: &Pair<&'a Field>| {
        let Pair { old, new } = fields.map(|field| &field.meta);
        new.names().any(|name| old.names().all(|known| known != name))
    };
    pairs.iter().map(order).filter(is_unknown).map(|fields| (fields.new, Some(fields.old)))
}

impl<'a> Pair<Members<'a>> {
    /// Who is who, and what became of the others.
    #[must_use]
    pub fn changes(&self) -> MemberChanges<'a> {
        let Matching { pairs, removed, added } = Matching::of_members(self.map(|members| members.fields));
        let (added, reused) = reused(added, self.old.reserved());
        let (removed, added, renamed) = renamed(&pairs, removed, added, |pair| {
            let values = Pair::new(self.old.value(pair.old), self.new.value(pair.new));
            let may_miss = values.as_ref().map(|value| value.presence != Presence::Required);
            // To a closed struct an unknown key is more than one that is missing.
            let is_open = !self.old.is_closed() && !self.new.is_closed();
            !may_miss.differs() && (is_open || !may_miss.new) && same_type(&values)
        });
        let mut changes = MemberChanges { pairs, renamed, wrapped: Vec::new(), reused, removed, added };
        self.find_wrapped(&mut changes);
        changes
    }

    /// Moves members that became variants of a new member out of the others.
    fn find_wrapped(&self, changes: &mut MemberChanges<'a>) {
        let MemberChanges { wrapped, removed, added, .. } = changes;
        let mut holders = Vec::new();
        removed.retain(|field| {
            let old = self.old.value(field);
            let holder = added.iter().find(|holder| {
                let new = self.new.value(holder);
                let Some(union) = new.as_union() else { return false };
                let holds = |variant: &&Field| {
                    let payload = crate::node::Value::new(self.new.schema, &variant.ty, None);
                    variant.meta.wire == field.meta.wire && same_type(&Pair::new(old.clone(), payload))
                };
                new.presence == Presence::Required && union.variants.iter().any(|it| holds(&it))
            });
            let holder = holder.filter(|_| old.presence == Presence::Required);
            wrapped.extend(holder.map(|holder| Pair::new(*field, *holder)));
            holders.extend(holder.copied());
            holder.is_none()
        });
        added.retain(|field| !holders.iter().any(|holder| std::ptr::eq(*holder, *field)));
    }
}

/// What became of variants.
#[derive(Debug)]
pub struct VariantChanges<'a> {
    /// On both sides, by what travels, in the new order.
    pub pairs: Vec<Pair<&'a Meta>>,
    /// The same variant under a name that the other side does not know, both sides being open or both
    /// closed.
    pub renamed: Vec<Pair<&'a Meta>>,
    /// New variants under a name that was reserved, with the reservation.
    pub reused: Vec<(&'a Meta, &'a Spanned<String>)>,
    /// Only on the old side, and none of the above.
    pub removed: Vec<&'a Meta>,
    /// Only on the new side, and none of the above; old readers do not know their names.
    pub added: Vec<&'a Meta>,
}

impl<'a> Pair<Choice<'a>> {
    /// Who is who, and what became of the others.
    #[must_use]
    pub fn changes(&self) -> VariantChanges<'a> {
        let matching = Matching::by_wire(self.map(|choice| choice.variants()));
        let Matching { pairs, mut removed, mut added } = matching;
        // Writers send one name only. What went back to a former name is known to old readers already.
        let is_former =
            |new: &Meta| removed.iter().any(|old| old.was.iter().any(|was| was.value == new.wire));
        added.retain(|new| !is_former(new));
        let (mut added, reused) = reused(added, self.old.reserved());
        let mut renamed = Vec::new();
        if !self.map(|choice| choice.is_closed()).differs() {
            (removed, added, renamed) = self::renamed(&pairs, removed, added, |pair| {
                match (self.old.payload(pair.old), self.new.payload(pair.new)) {
                    (Some(old), Some(new)) => same_type(&Pair::new(old, new)),
                    (old, new) => old.is_none() && new.is_none(),
                }
            });
        }
        VariantChanges { pairs, renamed, reused, removed, added }
    }
}

type Reused<'a, T> = Vec<(&'a T, &'a Spanned<String>)>;

/// Takes out what uses a reserved name again.
fn reused<'a, T: Named>(added: Vec<&'a T>, reserved: &'a [Spanned<String>]) -> (Vec<&'a T>, Reused<'a, T>) {
    let mut reused = Vec::new();
    let mut rest = Vec::new();
    for item in added {
        let meta = item.meta();
        match reserved.iter().find(|reserved| meta.names().any(|name| name == reserved.value)) {
            Some(name) => reused.push((item, name)),
            None => rest.push(item),
        }
    }
    (rest, reused)
}

type Renamed<'a, T> = (Vec<&'a T>, Vec<&'a T>, Vec<Pair<&'a T>>);

/// Pairs what was removed with what was added in its place.
///
/// That is a guess, for better words: what is told of a rename breaks whom a removal and an addition
/// break. Whoever says since when the new one exists says that it is no rename.
fn renamed<'a, T: Named>(
    pairs: &[Pair<&'a T>],
    removed: Vec<&'a T>,
    added: Vec<&'a T>,
    is_alike: impl Fn(Pair<&'a T>) -> bool,
) -> Renamed<'a, T> {
    let mut renamed = Vec::new();
    let places = |items: &[&'a T], side: fn(&Pair<&'a T>) -> &'a T| {
        let known: Vec<u32> = pairs.iter().map(|pair| side(pair).meta().span.start).collect();
        Place::all(&known, items)
    };
    let old_places = places(&removed, |pair| pair.old);
    let mut added: Vec<(&T, Place)> = added.iter().copied().zip(places(&added, |pair| pair.new)).collect();
    let removed = removed.into_iter().zip(old_places).filter(|(old, place)| {
        let successor = added.iter().position(|(new, new_place)| {
            let is_same_name = old.meta().name.value == new.meta().name.value;
            let says_new = new.meta().since.is_some() && old.meta().since.is_none();
            let takes_place = !says_new && place.is_same(new_place);
            (is_same_name || takes_place) && is_alike(Pair::new(old, new))
        });
        renamed.extend(successor.map(|at| Pair::new(*old, added.remove(at).0)));
        successor.is_none()
    });
    let removed = removed.map(|(old, _)| old).collect();
    (removed, added.into_iter().map(|(new, _)| new).collect(), renamed)
}

/// Where something stands among what both sides have.
struct Place {
    /// The one of both sides that it stands behind, by its number on the new side.
    behind: Option<usize>,
    /// How many others stand between that one and it.
    from_start: usize,
    /// How many others stand between it and the next one of both sides.
    from_end: usize,
}

impl Place {
    /// Of `items`, which are in the order of the source; `known` says where those of both sides start.
    fn all<T: Named>(known: &[u32], items: &[&T]) -> Vec<Self> {
        let behind = |item: &&T| {
            let start = item.meta().span.start;
            let before = known.iter().zip(0..).filter(|(known, _)| **known < start);
            before.max_by_key(|(known, _)| **known).map(|(_, number)| number)
        };
        let gaps: Vec<Option<usize>> = items.iter().map(behind).collect();
        let of_one = |gap, gaps: &[Option<usize>]| gaps.iter().filter(|other| **other == gap).count();
        let place = |(at, gap): (usize, &Option<usize>)| Self {
            behind: *gap,
            from_start: of_one(*gap, &gaps[..at]),
            from_end: of_one(*gap, &gaps[at + 1..]),
        };
        gaps.iter().enumerate().map(place).collect()
    }

    fn is_same(&self, other: &Self) -> bool {
        self.behind == other.behind
            && (self.from_start == other.from_start || self.from_end == other.from_end)
    }
}
