//! No file makes the tool take more than 200 megabytes, however much it packs into it.
#![cfg(unix)]

use std::fs::{self, File};
use std::process::Command;

use wait4::Wait4;

const MOST_BYTES: u64 = 200_000_000;

/// Checks and formats a file of as many parts as one may have words and marks.
fn fits(head: &str, part: &str, tokens: usize, tail: &str) {
    let count = 299_900 / tokens;
    let mut text = format!("package a @ 1.0.0;\n{head}");
    (0..count).for_each(|index| text.push_str(&part.replace('#', &index.to_string())));
    text.push_str(tail);
    let folder = tempfile::tempdir().unwrap();
    let (path, said) = (folder.path().join("a.lymph"), folder.path().join("said"));
    fs::write(&path, &text).unwrap();
    for words in [["check"].as_slice(), &["fmt", "--check"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lymph-idl"));
        command.args(words).arg(&path).stdout(File::create(&said).unwrap());
        let used = command.stderr(File::create(&said).unwrap()).spawn().unwrap().wait4().unwrap();
        assert!(matches!(used.status.code(), Some(0 | 1)), "{part} to {words:?}: {}", used.status);
        assert!(used.rusage.maxrss < MOST_BYTES, "{part} to {words:?}: {} bytes", used.rusage.maxrss);
        let said = fs::read_to_string(&said).unwrap();
        assert!(!said.contains("words and marks"), "{part} has more of them than said");
    }
}

#[test]
fn what_is_right() {
    fits("", "type A#=u8;", 5, "");
    fits("", "struct S#{a:S#?}", 8, "");
    fits("enum E {", "a#,", 2, "}");
    fits("interface I {", "rpc m#();", 5, "}");
    fits("", "event e# {}", 4, "");
    fits("", "/**/", 1, "");
    fits("", "///\n", 1, "struct S {}");
}

#[test]
fn what_is_wrong() {
    fits("struct S {", "a:u8,", 4, "}");
    fits("event e {} interface I {", "on e;", 3, "}");
    fits("union U {", "a#:U,", 4, "}");
    fits("", "@a ", 2, "struct S {}");
}
