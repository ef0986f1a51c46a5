// Every version of a schema can be taken out of it, stands on its own or says why not, and is its own slice.

use lymph_idl::parse_str;

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(schema) = parse_str("fuzz.lymph", text) else { return };
    let package = schema.packages[0].id;
    for version in schema.versions(package) {
        let Ok(slice) = schema.slice(package, version) else { continue };
        let sliced = slice.packages[0].id;
        assert_eq!(slice.packages[0].version.value, version);
        let canonical = slice.canonical(sliced);
        let read = parse_str("fuzz.lymph", canonical.as_str()).expect("a slice can be written down");
        assert_eq!(read.canonical(read.packages[0].id), canonical);
        let again = slice.slice(sliced, version).expect("it was sliced before");
        assert_eq!(again.canonical(again.packages[0].id), canonical);
    }
}
