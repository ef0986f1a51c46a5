//! Which of several levels wins.

use lymph_config::Config;
use lymph_lint::{Level, Levels, rule};

/// The levels of two rules, one that is on by default and one that is off.
fn check(toml: &str, expected: [Level; 2]) {
    let levels = Levels::of_config(&Config::parse("lymph.toml", toml).unwrap()).unwrap();
    let found = ["money-float", "any-used"].map(|id| levels.of(rule(id).unwrap()));
    assert_eq!(found, expected, "{toml}");
}

#[test]
fn the_general_level_is_for_rules_that_are_on() {
    check("", [Level::Warn, Level::Allow]);
    check("[lint]\nlevel = 'deny'", [Level::Deny, Level::Allow]);
    check("[lint]\nlevel = 'allow'", [Level::Allow, Level::Allow]);
}

#[test]
fn a_rule_of_its_own_wins() {
    check("[lint]\nlevel = 'allow'\n[lint.rules]\nany-used = 'deny'", [Level::Allow, Level::Deny]);
    check("[lint]\nlevel = 'deny'\n[lint.rules]\nmoney-float = 'warn'", [Level::Warn, Level::Allow]);
}

#[test]
fn a_rule_that_does_not_exist_is_told_with_its_place() {
    let config = Config::parse("lymph.toml", "[lint.rules]\nmoney-flat = 'warn'").unwrap();
    let error = Levels::of_config(&config).unwrap_err();
    assert_eq!(
        error.to_string(),
        "lymph.toml:2:1: unknown rule `money-flat`\n  2 | money-flat = 'warn'\n    | ^^^^^^^^^^"
    );
    assert_eq!(error.help(), Some("did you mean `money-float`?"));
}
