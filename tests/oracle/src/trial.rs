//! What happens when one side writes and the other reads.

use lymph::Value;
use lymph::codec::{from_bytes, to_bytes};
use lymph_diff::Effect;
use lymph_idl::Schema;
use lymph_idl::model::{Field, Type};

use crate::codec::Codec;
use crate::hints::Hints;
use crate::meaning::{Kept, Reading, Typed};
use crate::samples::{Sample, Samples};

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
    /// All in all.
    pub effect: Effect,
    /// How many values were written.
    pub written: usize,
    /// The first that was refused, and the first that lost something, with what became of it.
    pub witnesses: Vec<(Value, String)>,
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
    let (mut refused, mut lost) = (Vec::new(), Vec::new());
    for Sample { value, by_hand } in &samples {
        let raw = to_bytes(value);
        let own = (writer.codec.write)(&raw);
        let written = own.unwrap_or_else(|error| panic!("the writer itself refuses {value}: {error}"));
        let meant: Value = from_bytes(&written).expect("generated code writes what can be read");
        match (reader.codec.read)(if *by_hand { &raw } else { &written }) {
            Err(error) => refused.push((value.clone(), format!("refused: {error}"))),
            Ok(read) => {
                let read: Value = from_bytes(&read).expect("generated code writes what can be read");
                if let Err(what) = compare(reading, writer, &meant, reader, &read) {
                    lost.push((value.clone(), what));
                }
            }
        }
    }
    let effect = match (refused.len(), lost.len()) {
        (0, 0) => Effect::Fine,
        (0, _) => Effect::Lossy,
        (all, _) if all == samples.len() => Effect::Breaks,
        _ => Effect::BreaksSome,
    };
    let first = |all: Vec<_>| all.into_iter().next();
    let witnesses = first(refused).into_iter().chain(first(lost)).collect();
    Outcome { effect, written: samples.len(), witnesses }
}

fn samples(writer: &Side<'_>, hints: &Hints) -> Vec<Sample> {
    let mut samples = Samples::new(writer.schema, hints);
    match writer.shape {
        Shape::Members(fields) => samples.of_members(fields),
        Shape::Value(Some(ty)) => samples.of(ty),
        Shape::Value(None) => vec![Sample { value: Value::Nil, by_hand: false }],
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
