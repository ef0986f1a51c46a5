//! What `analyze` notes: for each name where it is declared, and that broken files yield what they can.

use std::path::Path;
use std::{env, fs};

use lymph_idl::analysis::{Occurrence, Role};
use lymph_idl::{Analysis, FileSystem, Memory, Options, Span, analyze};

use crate::case::{self, Case};

#[test]
fn every_name_leads_to_its_declaration() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/occurrences");
    let options = Options::new().include_path(&folder);
    let analysis = analyze([folder.join("main.lymph")], &options, &FileSystem);
    let mut actual: String = analysis.occurrences().iter().map(|found| line(&analysis, found)).collect();
    actual.push('\n');
    actual.extend(analysis.errors.iter().map(|error| format!("{error}\n")));

    let path = folder.join("expected");
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &actual).unwrap();
    }
    assert_eq!(actual, fs::read_to_string(&path).unwrap_or_default(), "BLESS=1 rewrites");
}

fn line(analysis: &Analysis, found: &Occurrence) -> String {
    let sources = &analysis.schema.sources;
    let place = |span: Span| {
        let file = sources.file(span.file);
        let (line, column) = file.line_column(span.start);
        format!("{}:{line}:{column}", file.path.file_name().unwrap().to_str().unwrap())
    };
    let here = format!("{} `{}`", place(found.span), sources.text(found.span));
    let symbol = found.symbol;
    match found.role {
        Role::Definition => format!("{here} declares a {:?}\n", symbol.kind),
        Role::Reference => {
            format!("{here} is {:?} `{}` of {}\n", symbol.kind, analysis.name(symbol), place(symbol.name))
        }
    }
}

#[test]
fn analyzing_finds_what_loading_finds() {
    for case in case::cases("ok").into_iter().chain(case::cases("fail")).chain(case::schemas()) {
        let analysis = analyze_case(&case);
        let messages = |errors: &[lymph_idl::SchemaError]| -> Vec<String> {
            errors.iter().map(|error| format!("{error:?}")).collect()
        };
        match case.load() {
            Ok(_) => assert_eq!(messages(&analysis.errors), [""; 0], "{}", case.name),
            Err(_) if case.slice.is_some() => {}
            Err(failure) => {
                assert_eq!(messages(&analysis.errors), messages(&failure.errors), "{}", case.name);
            }
        }
        check(&case.name, &analysis);
    }
}

/// What a user of the occurrences may rely on.
fn check(name: &str, analysis: &Analysis) {
    for found in analysis.occurrences() {
        let symbol = found.symbol;
        let text = analysis.schema.sources.text(found.span);
        assert!(analysis.at(found.span.file, found.span.start).is_some(), "{name}: `{text}`");
        let declared = analysis.occurrences_of(symbol).filter(|found| found.role == Role::Definition);
        assert_eq!(declared.count(), 1, "{name}: declarations of `{text}`");
        if analysis.errors.is_empty() {
            let declaration = analysis.declaration(symbol).expect("all that is right is in the model");
            let known = declaration.meta().map_or(symbol.name, |meta| meta.name.span);
            assert_eq!(known, symbol.name, "{name}: `{text}`");
        }
    }
}

#[test]
fn half_written_files_are_analyzed_too() {
    for case in case::cases("ok").iter().filter(|case| case.files.len() == 1) {
        let (path, text) = case.files.iter().next().unwrap();
        let text = String::from_utf8(text.clone()).unwrap();
        for (end, _) in text.char_indices().filter(|(_, char)| !char.is_alphanumeric()) {
            let files = Memory::new().file(path, &text[..end]);
            check(&case.name, &analyze([path], &case.options, &files));
        }
    }
}

fn analyze_case(case: &Case) -> Analysis {
    let mut files = Memory::new();
    for (path, bytes) in &case.files {
        files = files.file(path, bytes.clone());
    }
    analyze(&case.roots, &case.options, &files)
}
