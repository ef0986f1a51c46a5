//! The table of rules in the guide is what the rules say.

use std::fs;
use std::path::Path;

use lymph_lint::RULES;

const BEGIN: &str = "<!-- rules -->\n";
const END: &str = "<!-- end of rules -->";

/// `BLESS=1` writes the table anew.
#[test]
fn the_guide_lists_every_rule() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/linting.md");
    let guide = fs::read_to_string(&path).unwrap();
    let (before, rest) = guide.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let mut table = "| rule | level | repaired | finds |\n|---|---|---|---|\n".to_owned();
    for rule in RULES {
        let fixable = if rule.fixable { "yes" } else { "" };
        let cells =
            [format!("`{}`", rule.id), rule.level.to_string(), fixable.to_owned(), rule.summary.to_owned()];
        table.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    let fresh = format!("{before}{BEGIN}{table}{END}{after}");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    let guide = fs::read_to_string(&path).unwrap();
    assert_eq!(guide, fresh, "docs/linting.md is stale; BLESS=1 rewrites its table");
}
