//! Every error is explained, and its example has it.

use lymph_idl::{ERROR_CODES, parse_str};

#[test]
fn every_error_is_explained() {
    let source = include_str!("../src/error.rs");
    let declared: Vec<&str> = source
        .match_indices("code(lymph::")
        .map(|(at, mark)| source[at + mark.len()..].split(')').next().unwrap())
        .collect();
    let explained: Vec<&str> = ERROR_CODES.iter().map(|code| code.id).collect();
    assert_eq!(explained, declared, "left: codes.rs, right: error.rs");
}

#[test]
fn examples_have_the_error_that_they_explain() {
    for code in ERROR_CODES {
        let Some(example) = code.example else { continue };
        let Err(failure) = parse_str("example.lymph", format!("package example @ 1.4.0;\n{example}\n"))
        else {
            panic!("the example of {} has no error", code.id);
        };
        let found: Vec<String> = failure.errors.iter().map(lymph_idl::SchemaError::code).collect();
        assert_eq!(found, [format!("lymph::{}", code.id)], "{example}\n{failure}");
    }
}

#[test]
fn explanations_are_in_one_style() {
    for code in ERROR_CODES {
        assert!(!code.summary.ends_with('.'), "{}", code.id);
        assert!(code.explanation.ends_with('.') && !code.explanation.contains("  "), "{}", code.id);
    }
}
