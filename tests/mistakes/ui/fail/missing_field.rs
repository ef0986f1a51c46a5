//! A required field is not given.
use lymph_mistakes::places::{Kind, Place};

fn main() {
    let _ = Place::new("Bern").with_note("a city");
    let _ = Place { name: "Bern".to_owned(), kind: Kind::City, note: None };
}
