//! The checked-in code of the interface `lymph` is what its schema generates.

use std::path::Path;

use lymph_build::Builder;

#[test]
fn the_built_in_interface_is_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let builder = Builder::new()
        .schema(root.join("schemas/lymph.lymph"))
        .emit(root.join("runtime/src/builtin/generated.rs"));
    if std::env::var_os("BLESS").is_some() {
        builder.clone().try_compile().unwrap();
    }
    builder.check().expect("run this test with BLESS=1");
}
