//! Schemas of any size, and clocks for what reads them. Nothing here is a test: the examples measure, and people judge.
//!
//! ```
//! let schema = lymph_scale::schema(50, 20, 1);
//! assert!(schema.contains("struct Type49 {") && schema.contains("rpc method19("));
//! ```

mod clock;
mod proto;

use std::fmt::{self, Write};

pub use clock::{Clock, busy_millis, peak_memory};
pub use proto::{proto, said_in_proto};

/// Methods of one interface.
const METHODS: usize = 40;

/// Types that use each other, and none of another part.
const PART: usize = 1_000;

/// The text of a right schema with as many types and methods, and some events and errors among them.
///
/// Equal numbers give equal texts. Schemas that differ only in their seeds have the same declarations, of
/// which about one in a hundred details is another: a type, a default, a constraint. Each detail stands on
/// a line of its own.
#[must_use]
pub fn schema(types: usize, methods: usize, seed: u64) -> String {
    let mut text = String::with_capacity(types * 160 + methods * 160);
    let writer = Writer { types: types.max(1), seed };
    writer.write(&mut text, types, methods).expect("a String takes everything");
    text
}

struct Writer {
    types: usize,
    seed: u64,
}

impl Writer {
    fn write(&self, out: &mut String, types: usize, methods: usize) -> fmt::Result {
        writeln!(out, "//! As large as anybody's.\npackage large @ 1.4.0;\n")?;
        for n in 0..types {
            self.declaration(out, n)?;
            if n % 20 == 19 {
                self.event(out, n / 20)?;
            }
            if n % 50 == 49 {
                writeln!(
                    out,
                    "/// Refused.\n@retryable\nerror Refused{} {{ code: u32, hint: string? }}\n",
                    n / 50
                )?;
            }
        }
        for first in (0..methods).step_by(METHODS) {
            self.interface(out, first, methods.min(first + METHODS), types)?;
        }
        writeln!(out, "error Failed {{ code: u32 }}")
    }

    /// One in ten is a union, two are enums, one is an alias, the rest are structs of six fields.
    fn declaration(&self, out: &mut String, n: usize) -> fmt::Result {
        let other = self.other(n, 0);
        match n % 10 {
            9 => {
                writeln!(out, "/// One of three.\nstruct Type{n} {{ only: u64 }}\n")?;
            }
            5 => {
                writeln!(
                    out,
                    "union Type{n} {{\n    one: {other},\n    two: list<string>,\n    three: u64,\n}}\n"
                )?;
            }
            0 => {
                let late = self.pick(n, 1, &["yellow", "violet"]);
                writeln!(out, "/// Colours.\nenum Type{n} {{ red, green, blue, @since(1.2) {late} }}\n")?;
            }
            4 => writeln!(out, "closed enum Type{n} {{ north, south }}\n")?,
            8 => writeln!(out, "type Type{n} = string(1..={});\n", self.pick(n, 2, &["80", "100", "120"]))?,
            _ => {
                writeln!(out, "/// What is known about it.\nstruct Type{n} {{\n    id: u64,")?;
                writeln!(
                    out,
                    "    /// For people.\n    name: {},",
                    self.pick(n, 3, &["string", "string(..=200)"])
                )?;
                writeln!(out, "    tags: {}<string> = [],", self.pick(n, 4, &["list", "set"]))?;
                writeln!(out, "    parent: {other}?,")?;
                writeln!(out, "    at: {},", self.pick(n, 5, &["datetime?", "datetime", "date?"]))?;
                writeln!(out, "    weight: f64 = {},\n}}\n", self.pick(n, 6, &["1.5", "2.5"]))?;
            }
        }
        Ok(())
    }

    fn event(&self, out: &mut String, n: usize) -> fmt::Result {
        let other = self.other(n, 7);
        writeln!(
            out,
            "/// It happened.\nevent thing{n}.changed {{ id: uuid, thing: {other}?, count: u16(..=500) }}\n"
        )
    }

    fn interface(&self, out: &mut String, first: usize, end: usize, types: usize) -> fmt::Result {
        let index = first / METHODS;
        writeln!(out, "/// A service.\ninterface Service{index} {{")?;
        for n in first..end {
            let (ty, result) = (self.other(n, 8), self.other(n, 9));
            let timeout = self.pick(n, 10, &["2s", "5s"]);
            writeln!(out, "    /// Does something.\n    @timeout({timeout})\n    rpc method{n}(")?;
            writeln!(out, "        name: string(1..=80),\n        value: {ty}?,")?;
            write!(out, "        @since(1.2) limit: u16 = 10,\n    ) -> list<{result}> raises Failed")?;
            match types / 50 {
                0 => writeln!(out, ";")?,
                errors => writeln!(out, ", Refused{};", n % errors)?,
            }
        }
        if types / 20 > index {
            writeln!(out, "    emits thing{index}.changed;\n    @sequential on thing{index}.changed;")?;
        }
        writeln!(out, "}}\n")
    }

    /// A struct some way before `n` in the same part: what one change reaches does not grow with the schema.
    fn other(&self, n: usize, salt: u64) -> String {
        let n = n % self.types;
        let far = self.choice(n, salt, PART) + 1;
        let other = n.saturating_sub(far).max(n / PART * PART) / 10 * 10 + 1;
        format!("Type{}", if other < self.types { other } else { 0 })
    }

    fn pick<'a>(&self, n: usize, salt: u64, choices: &[&'a str]) -> &'a str {
        choices[self.choice(n, salt, choices.len())]
    }

    /// A number below `count`; the same for all seeds in 99 of a hundred cases.
    fn choice(&self, n: usize, salt: u64, count: usize) -> usize {
        let common = mixed(n as u64, salt);
        let chosen = if common.is_multiple_of(100) { mixed(common, self.seed) } else { common };
        (chosen / 100) as usize % count
    }
}

/// Lines of two texts with as many lines that are not the same.
///
/// # Panics
///
/// When one has more lines.
#[must_use]
pub fn lines_apart(one: &str, other: &str) -> usize {
    assert_eq!(one.lines().count(), other.lines().count(), "they have other declarations");
    one.lines().zip(other.lines()).filter(|(one, other)| one != other).count()
}

/// Two numbers to one that looks like chance.
fn mixed(one: u64, other: u64) -> u64 {
    let mixed = (one ^ other.rotate_left(32)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_right() {
        for (types, methods) in [(0, 0), (1, 1), (60, 50), (500, 200)] {
            for seed in [0, 1, u64::MAX] {
                let text = schema(types, methods, seed);
                if let Err(failure) = lymph_idl::parse_str("large.lymph", text) {
                    panic!("{types} types, {methods} methods:\n{failure}");
                }
            }
        }
    }

    #[test]
    fn seeds_change_little() {
        let (one, other) = (schema(2_000, 800, 1), schema(2_000, 800, 2));
        assert_eq!(one, schema(2_000, 800, 1));
        let apart = lines_apart(&one, &other);
        assert!((10..300).contains(&apart), "{apart} lines differ");
    }

    #[test]
    fn seeds_change_as_much_in_protobuf() {
        let texts = [1, 2].map(|seed| schema(2_000, 800, seed));
        let protos = texts.each_ref().map(|text| {
            proto(&lymph_idl::parse_str("large.lymph", text.as_str()).expect("other tests say so"))
        });
        let said = texts.each_ref().map(|text| said_in_proto(text));
        let apart = lines_apart(&said[0], &said[1]);
        assert!((10..300).contains(&apart), "{apart} lines differ");
        assert_eq!(apart, lines_apart(&protos[0], &protos[1]));
    }
}
