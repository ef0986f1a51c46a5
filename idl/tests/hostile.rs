//! Nothing a file can hold makes the parser panic, hang, or overflow the stack.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use lymph_idl::{Failure, Schema, format, parse_str};
use proptest::prelude::*;

/// What a test's thread has, and less than most programs give.
const STACK_BYTES: usize = 2 << 20;

/// Far more than any file needs, far less than a hang takes; unoptimized, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Loads and formats on a small stack, renders what went wrong, and slices what went right.
fn survives(text: impl Into<Vec<u8>>) {
    let text = text.into();
    let run = move || {
        let start = Instant::now();
        match parse_str("a.lymph", text.clone()) {
            Ok(schema) => slices(&schema),
            Err(failure) => reports(&failure),
        }
        if let Ok(text) = String::from_utf8(text) {
            let _ = format("a.lymph", &text);
        }
        assert!(start.elapsed() < PATIENCE, "took {:?}", start.elapsed());
    };
    thread::Builder::new().stack_size(STACK_BYTES).spawn(run).unwrap().join().unwrap();
}

fn reports(failure: &Failure) {
    assert!(!failure.errors.is_empty());
    assert!(!failure.to_string().is_empty());
    assert_eq!(failure.one_line().count(), failure.errors.len());
    assert!(failure.to_string().len() < 4 << 20, "a report of {} bytes", failure.to_string().len());
}

fn slices(schema: &Schema) {
    let package = schema.packages[0].id;
    for version in schema.versions(package).into_iter().take(4) {
        let _ = schema.slice(package, version);
    }
}

/// As much of numbered parts as a quarter of the largest file holds.
fn filled(head: &str, part: impl Fn(usize) -> String, tail: &str) -> String {
    filled_to(1 << 18, head, part, tail)
}

fn filled_to(bytes: usize, head: &str, part: impl Fn(usize) -> String, tail: &str) -> String {
    let mut text = format!("package a @ 1.0.0;\n{head}");
    for index in 0.. {
        let part = part(index);
        if text.len() + part.len() + tail.len() > bytes {
            break;
        }
        text.push_str(&part);
    }
    text + tail
}

/// `e0, e1, e2, …`
fn names(stem: &str, count: usize) -> String {
    (0..count).map(|index| format!("{stem}{index}")).collect::<Vec<_>>().join(", ")
}

#[test]
fn deep_nesting() {
    for (open, close) in [("list<", ">"), ("[", "]"), ("{", "}"), ("(", ")"), ("map<u8, ", ">")] {
        for depth in [60, 63, 64, 65, 10_000, 100_000] {
            let (open, close) = (open.repeat(depth), close.repeat(depth));
            survives(format!("package a @ 1.0.0; struct S {{ a: {open}u8{close} }}"));
            survives(format!("package a @ 1.0.0; struct S {{ a: u8 = {open}{close} }}"));
            survives(format!("package a @ 1.0.0; @x.y({open}{close}) struct S {{ a: {open}u8"));
            survives(open);
        }
    }
}

#[test]
fn the_largest_files() {
    survives(filled_to(1 << 20, "", |i| format!("struct S{i} {{ a: S{i}? }}\n"), ""));
    survives(filled_to(1 << 20, "interface I {", |i| format!("rpc m{i}(a: u8);"), "}"));
    survives(filled_to(1 << 20, "struct S {", |_| "a: u8, ".to_owned(), "}"));
    survives(filled_to(4 << 20, "struct S {", |_| "a: u8, ".to_owned(), "}"));
    survives(filled_to(4 << 20, "", |_| "//\n".to_owned(), ""));
    survives(filled_to(4 << 20, "", |_| "\n".to_owned(), "struct {}"));
}

#[test]
fn many_of_everything() {
    survives(filled("", |i| format!("struct S{i} {{}}\n"), ""));
    survives(filled("", |i| format!("struct S{i} {{ a: S{} }}\n", i + 1), ""));
    survives(filled("", |i| format!("struct S{i} {{ a: S{}? }}\n", i.saturating_sub(1)), ""));
    survives(filled(
        "",
        |i| format!("struct S{i} {{ a: S{}?, b: S{}?, c: S{}? }}\n", (i + 1) % 9_999, i / 2, i * 7 % 1_000),
        "",
    ));
    survives(filled(
        "",
        |i| {
            format!(
                "struct S{i} {{ a: S{}?, b: S{}?, c: S{}? }}\n",
                i / 4 * 4,
                i / 4 * 4 + 1,
                i / 4 * 4 + i % 4
            )
        },
        "",
    ));
    survives(filled("", |i| format!("type A{i} = A{};\n", i + 1), ""));
    survives(filled("", |i| format!("type A{} = list<A{i}>;\n", i + 1), "type A0 = u8;"));
    survives(filled("", |i| format!("type A{i} = map<A{}, A{}>;\n", i + 1, i + 2), ""));
    survives(filled("interface I {", |i| format!("rpc m{i}(a: u8);"), "}"));
    survives(filled("interface I { rpc m(", |i| format!("a{i}: u8,"), "); }"));
    survives(filled("enum E {", |i| format!("a{i},"), "}"));
    survives(filled("union U {", |i| format!("a{i}: U,"), "}"));
    survives(filled("event e {} interface I {", |i| format!("on e as h{i};"), "}"));
    survives(filled("event e {} interface I {", |i| format!("on q as h{i};"), "}"));
    survives(filled("struct S { a: u8", |_| "?".to_owned(), "}"));
    survives(filled("struct S {", |_| "a: u8, ".to_owned(), "}"));
    survives(filled("struct S { reserved", |_| "\"a\",".to_owned(), "; }"));
    survives(filled("", |_| "@since(1.0) ".to_owned(), "struct S {}"));
    survives(filled(
        "",
        |i| format!("event e{i} {{}} "),
        &format!("interface I {{ emits {}; }}", names("e", 8_000)),
    ));
    survives(filled(
        "",
        |i| format!("error E{i} {{}} "),
        &format!("interface I {{ rpc m() raises {}; }}", names("E", 8_000)),
    ));
    let variants = format!("enum E {{ {} }} struct S {{", names("v", 10_000));
    survives(filled(&variants, |i| format!("a{i}: E = v{},", i % 10_000), "}"));
    let fields = format!("event e {{ {}: u8 }} interface I {{", names("f", 10_000).replace(',', ": u8,"));
    survives(filled(&fields, |i| format!("@serial(key = f9999, partitions = 2) on e as h{i};"), "}"));
    survives(filled("interface I { rpc m() raises ", |_| "E, ".to_owned(), "; } error E {}"));
}

#[test]
fn many_mistakes() {
    survives(filled("", |i| format!("struct S{i} {{ a: Unknow{i} }}\n"), ""));
    survives(filled("struct S { ", |i| format!("a{i}: Nothing{i}, "), "}"));
    survives(filled("", |_| "struct S {}\n".to_owned(), ""));
    survives(filled("struct S { ", |i| format!("a{i}: u8 = x, "), "}"));
    survives(filled("", |i| format!("use p{i}.{{x}};\n"), ""));
    survives(filled("struct S { a: string = \"", |_| "\\q".to_owned(), "\" }"));
}

#[test]
fn many_syntax_errors() {
    for part in [
        "struct",
        "struct S",
        "struct S {",
        "struct S { a",
        "interface I {",
        "rpc a(",
        "rpc a(b:",
        "event a.",
        "event event.",
        "@a",
        "@a(",
        "/// a\n",
        "}",
        ")",
        "]",
        ">",
        "{ )",
        "( }",
        "[ >",
        "< ]",
        "a: b",
        "a:",
        ";",
        ",",
        "..",
        "-",
        "%",
        "é",
        "x = ",
        "enum E\n",
        "type",
        "type T =",
        "use",
        "use a.{",
        "closed",
        "package",
        "reserved \"a\",",
        "raises E,",
        "list<",
        "\"\n",
        "struct S { ( ",
        "a ",
    ] {
        for glue in [" ", "\n"] {
            let part = |_: usize| format!("{part}{glue}");
            for (head, tail) in
                [("", ""), ("struct S {", "}"), ("interface I {", "}"), ("struct S { a: list<u8(", ")>}")]
            {
                survives(filled_to(1 << 16, head, part, tail));
            }
        }
    }
}

#[test]
fn many_patterns() {
    survives(filled("struct S {", |i| format!("a{i}: string(pattern = \"a{i}{{1,500}}\") = \"a\","), "}"));
    survives(filled("struct S {", |i| format!("a{i}: string(pattern = \"\\\\w{{1,{i}}}\"),"), "}"));
    let text = "a".repeat(4_000);
    let same = |_: usize| format!("x: string(pattern = \"(a?){{3000}}b\") = \"{text}\",");
    survives(filled("struct S {", same, "}"));
}

#[test]
fn long_tokens_and_comments() {
    survives(format!("package a @ 1.0.0; struct {} {{}}", "a".repeat(1 << 19)));
    survives(format!("package {} @ 1.0.0;", "a.".repeat(1 << 18)));
    survives(format!("package a @ 1.0.0; struct S {{ a: i64 = {} }}", "9".repeat(1 << 19)));
    survives(filled("", |_| "/**/".to_owned(), ""));
    survives(filled("", |_| "//\n".to_owned(), ""));
    survives(filled("", |_| "///\n".to_owned(), "struct S {}"));
    survives(filled("", |_| " ".to_owned(), "struct {}"));
    survives(filled("", |_| "\n".to_owned(), "struct {}"));
    survives(filled("", |_| "é".to_owned(), ""));
    survives(vec![0xff; 4 << 20]);
    survives(vec![b'a'; (4 << 20) + 1]);
}

/// Words that the grammar knows, and some that break it.
fn token() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "package",
        "a",
        "@",
        "1.0.0",
        ";",
        "use",
        "{",
        "}",
        "interface",
        "struct",
        "enum",
        "union",
        "type",
        "error",
        "event",
        "closed",
        "rpc",
        "oneway",
        "task",
        "emits",
        "on",
        "raises",
        "reserved",
        "(",
        ")",
        "<",
        ">",
        "[",
        "]",
        ",",
        ":",
        "=",
        "->",
        "?",
        "..",
        "..=",
        ".",
        "*",
        "#",
        "\"x\"",
        "\"",
        "\\",
        "1",
        "-5",
        "2s",
        "1.2",
        "next",
        "string",
        "u8",
        "list",
        "set",
        "map",
        "patch",
        "any",
        "pattern",
        "@since",
        "@was",
        "@wire",
        "@http",
        "@serial",
        "@fallback",
        "@ttl",
        "status",
        "///",
        "//!",
        "//",
        "/*",
        "*/",
        "\n",
        "é",
        "\u{feff}",
        "_",
        "__type__",
        "as",
        "S",
        "T",
        "key",
        "GET",
        "\"/{a}\"",
    ])
}

/// Right schemas of the corpus, as text.
fn right_texts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parse/ok");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "lymph"));
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(bytes);
    }

    #[test]
    fn any_tokens(tokens in prop::collection::vec(token(), 0..80)) {
        survives(format!("package a @ 1.0.0;\n{}", tokens.join(" ")));
        survives(tokens.concat());
    }

    #[test]
    fn damaged_schemas(
        text in prop::sample::select(right_texts()),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..12, token()), 1..4),
    ) {
        let mut characters: Vec<char> = text.chars().collect();
        for (at, length, token) in cuts {
            let at = at.index(characters.len() + 1);
            let end = (at + length).min(characters.len());
            characters.splice(at..end, token.chars());
        }
        survives(characters.into_iter().collect::<String>());
    }

    #[test]
    fn formatting_settles(
        text in prop::sample::select(right_texts()),
        comments in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        // A comment may stand between any two lines, and at the end of any.
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (number, at) in comments.iter().enumerate() {
            let at = at.index(lines.len());
            if number % 2 == 0 {
                lines.insert(at, format!("// inserted {number}"));
            } else if !lines[at].contains("//") && !lines[at].contains("*") {
                lines[at].push_str(&format!(" // appended {number}"));
            }
        }
        let Ok(formatted) = format("a.lymph", lines.join("\n")) else { return Ok(()) };
        prop_assert_eq!(format("a.lymph", &formatted).unwrap(), formatted);
    }
}
