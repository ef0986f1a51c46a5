//! What happens when one side writes and the other reads.

use std::collections::BTreeSet;

use lymph::Value;
use lymph::codec::{from_bytes, to_bytes};
use lymph_diff::Effect;
use lymph_idl::Schema;
use lymph_idl::model::{Field, Type};

use crate::codec::Codec;
use crate::hints::Hints;
use crate::meaning::{Kept, Reading, Typed};
use crate::samples::{Place, Sample, Samples};

/// What the values of an operation are.
#[derive(Debug, Clone, Copy)]
pub enum Shape<'a> {
    /// A map of these.
    Members(&'a [Field]),
    /// A value; `None` of a method that returns nothing.
    Value(Option<&'a Type>),
}

/// One side of an operation.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// Where names are looked up.
    pub schema: &'a Schema,
    /// Its values' type.
    pub shape: Shape<'a>,
    /// What is generated for it.
    pub codec: Codec,
}

/// What happened to the values of an operation in one direction.
#[derive(Debug)]
pub struct Outcome {
    /// One for each that was written.
    pub fates: Vec<Fate>,
}

/// What happened to one value.
#[derive(Debug)]
pub struct Fate {
    /// As it was written.
    pub value: Value,
    /// What it has.
    pub shows: BTreeSet<Place>,
    /// What became of it.
    pub became: Became,
}

/// What became of a value.
#[derive(Debug)]
pub enum Became {
    /// What was meant.
    Same,
    /// Something else; what was lost, in words.
    Lost(String),
    /// Nothing; why, in words.
    Refused(String),
}

impl Outcome {
    /// All in all. Whether everything breaks is asked of the values that have one of `places` only, for what
    /// does not have the part that changed tells nothing of it: an empty list does not make its elements
    /// readable. Where no value has any of them all are asked.
    #[must_use]
    pub fn effect(&self, places: &[Place]) -> Effect {
        let is_refused = |fate: &Fate| matches!(fate.became, Became::Refused(_));
        if !self.fates.iter().any(is_refused) {
            let is_lost = |fate: &Fate| matches!(fate.became, Became::Lost(_));
            return if self.fates.iter().any(is_lost) { Effect::Lossy } else { Effect::Fine };
        }
        let has = |fate: &&Fate| places.iter().any(|place| fate.shows.contains(place));
        let mut concerned: Vec<_> = self.fates.iter().filter(has).collect();
        if concerned.is_empty() {
            concerned.extend(&self.fates);
        }
        if concerned.into_iter().all(is_refused) { Effect::Breaks } else { Effect::BreaksSome }
    }

    /// The first that was refused, and the first that lost something, with what became of it.
    pub fn witnesses(&self) -> impl Iterator<Item = (&Value, String)> {
        let refused = self.fates.iter().find_map(|fate| match &fate.became {
            Became::Refused(why) => Some((&fate.value, format!("refused: {why}"))),
            Became::Same | Became::Lost(_) => None,
        });
        let lost = self.fates.iter().find_map(|fate| match &fate.became {
            Became::Lost(what) => Some((&fate.value, what.clone())),
            Became::Same | Became::Refused(_) => None,
        });
        refused.into_iter().chain(lost)
    }
}

/// Writes all that stands for the writer's values and reads it on the other side.
///
/// With a newer reader the writer is old, and may be one without generated code; new ones are built against
/// the new schema.
///
/// # Panics
///
/// When the writer's own codec refuses a value that its schema allows.
#[must_use]
pub fn run(writer: &Side<'_>, reader: &Side<'_>, hints: &Hints, reading: Reading) -> Outcome {
    let mut samples = samples(writer, hints);
    samples.retain(|sample| reading.is_newer || !sample.by_hand);
    let fate = |Sample { value, by_hand, shows }: Sample| {
        let raw = to_bytes(&value);
        let own = (writer.codec.write)(&raw);
        let written = own.unwrap_or_else(|error| panic!("the writer itself refuses {value}: {error}"));
        let meant: Value = from_bytes(&written).expect("generated code writes what can be read");
        let became = match (reader.codec.read)(if by_hand { &raw } else { &written }) {
            Err(error) => Became::Refused(error),
            Ok(read) => {
                let read: Value = from_bytes(&read).expect("generated code writes what can be read");
                compare(reading, writer, &meant, reader, &read).map_or_else(Became::Lost, |()| Became::Same)
            }
        };
        Fate { value, shows, became }
    };
    Outcome { fates: samples.into_iter().map(fate).collect() }
}

fn samples(writer: &Side<'_>, hints: &Hints) -> Vec<Sample> {
    let mut samples = Samples::new(writer.schema, hints);
    match writer.shape {
        Shape::Members(fields) => samples.of_members(fields),
        Shape::Value(Some(ty)) => samples.of_declared(ty.span, ty),
        Shape::Value(None) => vec![Sample::plain(Value::Nil)],
    }
}

fn compare(reading: Reading, writer: &Side<'_>, meant: &Value, reader: &Side<'_>, read: &Value) -> Kept {
    match (writer.shape, reader.shape) {
        (Shape::Members(written), Shape::Members(known)) => reading.members(
            Typed { schema: writer.schema, ty: written },
            meant,
            Typed { schema: reader.schema, ty: known },
            read,
        ),
        (Shape::Value(Some(written)), Shape::Value(Some(known))) => reading.same(
            Typed { schema: writer.schema, ty: written },
            meant,
            Typed { schema: reader.schema, ty: known },
            read,
        ),
        // Old callers wait for what they were promised; new ones of an old server know that nothing comes yet.
        (Shape::Value(None), Shape::Value(Some(_))) if !reading.is_newer => {
            Err("nothing comes any more".to_owned())
        }
        // Who is promised nothing misses nothing.
        (_, _) => Ok(()),
    }
}
