//! Only peers make unknown variants, and matches must expect them.
use lymph_mistakes::places::Kind;

fn main() {
    let kind = Kind::Unknown("galaxy".into());
    match kind {
        Kind::City => {}
        Kind::Street => {}
    }
}
