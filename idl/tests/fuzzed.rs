//! What the fuzzers found worth keeping (`fuzz/corpus`): reading it ends, and names places inside the file.

use std::fs;
use std::path::Path;

use lymph_idl::{Memory, Options, Schema, analyze, format, parse_str};

#[test]
fn what_was_found_once_is_read_again() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let mut inputs = 0;
    for target in fs::read_dir(&corpus).expect("the corpus is there") {
        for input in fs::read_dir(target.expect("it can be read").path()).expect("one folder for each target")
        {
            check(&input.expect("it can be read").path());
            inputs += 1;
        }
    }
    assert!(inputs > 100, "{inputs} inputs in {}", corpus.display());
}

fn check(path: &Path) {
    let bytes = fs::read(path).expect("it can be read");
    let files = Memory::new().file("fuzz.lymph", bytes.as_slice());
    let analysis = analyze(["fuzz.lymph"], &Options::default(), &files);
    for error in &analysis.errors {
        let Some(span) = error.span() else { continue };
        let text = &analysis.schema.sources.file(span.file).text;
        let inside = span.start <= span.end && span.end as usize <= text.len();
        assert!(inside, "{}: {error}: {span:?}", path.display());
    }
    let is_right = parse_str("fuzz.lymph", bytes.as_slice()).is_ok();
    assert_eq!(is_right, analysis.errors.is_empty(), "{}", path.display());
    if let Ok(schema) = parse_str("fuzz.lymph", bytes.as_slice()) {
        check_slices(&schema, path);
    }
    if let Ok(text) = std::str::from_utf8(&bytes)
        && let Ok(once) = format("fuzz.lymph", text)
    {
        let twice = format("fuzz.lymph", &once).expect("what was formatted can be read");
        assert_eq!(once, twice, "{}", path.display());
    }
}

/// As `fuzz/targets/slice.rs`: what is taken out of a schema can be written down, and is its own slice.
fn check_slices(schema: &Schema, path: &Path) {
    let package = schema.packages[0].id;
    for version in schema.versions(package) {
        let Ok(slice) = schema.slice(package, version) else { continue };
        let sliced = slice.packages[0].id;
        assert_eq!(slice.packages[0].version.value, version, "{}", path.display());
        let canonical = slice.canonical(sliced);
        let read = parse_str("fuzz.lymph", canonical.as_str()).expect("a slice can be written down");
        assert_eq!(read.canonical(read.packages[0].id), canonical, "{}", path.display());
        let again = slice.slice(sliced, version).expect("it was sliced before");
        assert_eq!(again.canonical(again.packages[0].id), canonical, "{}", path.display());
    }
}
