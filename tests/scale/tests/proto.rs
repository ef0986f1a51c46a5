//! A schema with one of each, and what it is in protobuf. `BLESS=1` writes the latter anew.

use std::path::Path;
use std::{env, fs};

#[test]
fn one_of_each() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proto");
    let schema = lymph_idl::parse_str("zoo.lymph", fs::read_to_string(folder.join("zoo.lymph")).unwrap());
    let proto = lymph_scale::proto(&schema.unwrap());
    let expected = folder.join("zoo.proto");
    if env::var_os("BLESS").is_some() {
        fs::write(&expected, &proto).unwrap();
    }
    assert_eq!(fs::read_to_string(&expected).unwrap(), proto, "`BLESS=1` if that is meant");
}
