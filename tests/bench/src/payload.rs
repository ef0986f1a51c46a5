//! What travels: the same values for every subject.

use bytes::Bytes;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// What a call sends, and gets back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Payload {
    /// 64 bytes.
    Small,
    /// A struct of 20 fields, about 1 KiB.
    Order,
    /// 64 KiB of bytes.
    Blob,
}

/// All, in the order of the page.
pub(crate) const PAYLOADS: [Payload; 3] = [Payload::Small, Payload::Order, Payload::Blob];

/// Size of [`order`] in protobuf. Subjects that decode nothing send that many bytes in its place.
pub(crate) const ORDER_BYTES: usize = 1024;

impl Payload {
    /// As the command line has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Order => "order",
            Self::Blob => "blob",
        }
    }

    /// That many bytes, none of which is zero.
    pub(crate) fn bytes(self) -> Bytes {
        let size = match self {
            Self::Small => 64,
            Self::Order => ORDER_BYTES,
            Self::Blob => 64 << 10,
        };
        (0..size).map(|index: usize| (index % 251) as u8 | 1).collect()
    }
}

/// The struct as plain Rust; `bench.lymph` and `bench.proto` declare the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) customer: u64,
    pub(crate) reference: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) street: String,
    pub(crate) town: String,
    pub(crate) country: String,
    pub(crate) postcode: String,
    pub(crate) phone: String,
    pub(crate) notes: String,
    pub(crate) currency: String,
    pub(crate) total_cents: i64,
    pub(crate) tax_cents: i64,
    pub(crate) weight_grams: u32,
    pub(crate) discount: f64,
    pub(crate) paid: bool,
    pub(crate) express: bool,
    pub(crate) tags: Vec<String>,
    pub(crate) lines: Vec<Line>,
}

/// One line of an [`Order`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) article: u64,
    pub(crate) title: String,
    pub(crate) count: u32,
    pub(crate) price_cents: i64,
}

/// The one that is sent.
pub(crate) fn order() -> Order {
    let line = |article: u64, title: &str, count, price_cents| Line {
        article,
        title: title.to_owned(),
        count,
        price_cents,
    };
    Order {
        id: 7_340_112_845,
        customer: 99_120_447,
        reference: "2026-11-000417-B".to_owned(),
        name: "Johanna Weidenfeller-Østergård".to_owned(),
        email: "johanna.weidenfeller@post.example".to_owned(),
        street: "Am Alten Güterbahnhof 17, Hinterhaus, 3. Stock links".to_owned(),
        town: "Frankfurt an der Oder".to_owned(),
        country: "DE".to_owned(),
        postcode: "15230".to_owned(),
        phone: "+49 335 5550 1234".to_owned(),
        notes: "Please ring at the gate, the bell of the house is broken. ".repeat(9)
            + "Leave nothing in the stairs.",
        currency: "EUR".to_owned(),
        total_cents: 21_870,
        tax_cents: 3_492,
        weight_grams: 5_300,
        discount: 0.075,
        paid: true,
        express: false,
        tags: ["gift", "returning", "newsletter", "autumn"].map(str::to_owned).to_vec(),
        lines: vec![
            line(100_412, "Kettle, enamelled, blue, 2 litres, with a lid and a wooden handle", 1, 6_490),
            line(100_977, "Tea, black, first flush, 250 g, in a tin", 4, 1_845),
            line(203_118, "Cups, porcelain, set of six, each with its saucer", 2, 4_000),
        ],
    }
}
