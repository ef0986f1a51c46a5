//! The tables of rules in `docs/compatibility.md` are those of the rules; `BLESS=1` rewrites them.

use std::path::Path;
use std::{env, fs};

use lymph_diff::{Consequence, Edit, RULES, Rule};

const START: &str = "<!-- rules -->\n";
const END: &str = "<!-- end of rules -->\n";

/// A table's title, its columns, and of each rule that belongs to it the cells.
type Table = (&'static str, &'static str, fn(&Rule) -> Option<Vec<String>>);

const TABLES: [Table; 4] = [
    (
        "Values",
        "| rule | finds | old → new | new → old | in parameters | in results and errors | in events | code |\n\
         |---|---|---|---|---|---|---|---|\n",
        |rule| match rule.consequence {
            Consequence::Shape { backward, forward, param, result, event } => Some(vec![
                backward.symbol().to_owned(),
                forward.symbol().to_owned(),
                param.to_string(),
                result.to_string(),
                event.to_string(),
                edits(rule),
            ]),
            _ => None,
        },
    ),
    (
        "Methods and interfaces",
        "| rule | finds | old client → new server | new client → old server | needs | code |\n|---|---|---|---|---|---|\n",
        |rule| match rule.consequence {
            Consequence::Call { old_client, new_client, step } => Some(vec![
                old_client.symbol().to_owned(),
                new_client.symbol().to_owned(),
                step.to_string(),
                edits(rule),
            ]),
            _ => None,
        },
    ),
    (
        "Events and handlers",
        "| rule | finds | old consumer ← new producer | new consumer ← old producer | needs | code |\n\
         |---|---|---|---|---|---|\n",
        |rule| match rule.consequence {
            Consequence::Event { old_consumer, new_consumer, step } => Some(vec![
                old_consumer.symbol().to_owned(),
                new_consumer.symbol().to_owned(),
                step.to_string(),
                edits(rule),
            ]),
            _ => None,
        },
    ),
    ("Versions", "| rule | finds | level |\n|---|---|---|\n", |rule| match rule.consequence {
        Consequence::Promise { level } => Some(vec![level.name().to_owned()]),
        _ => None,
    }),
];

fn edits(rule: &Rule) -> String {
    rule.edits.iter().copied().map(Edit::letter).collect()
}

fn tables() -> String {
    let mut text = String::new();
    for (title, head, cells) in TABLES {
        text.push_str(&format!("\n### {title}\n\n{head}"));
        for rule in RULES {
            if let Some(cells) = cells(rule) {
                text.push_str(&format!("| `{}` | {} | {} |\n", rule.id, rule.summary, cells.join(" | ")));
            }
        }
    }
    text.push('\n');
    text
}

#[test]
fn the_guide_has_every_rule() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/compatibility.md");
    let guide = fs::read_to_string(&path).expect("the guide");
    let from = guide.find(START).expect("the guide has a place for rules") + START.len();
    let to = guide.find(END).expect("the place has an end");
    let tables = tables();
    if env::var_os("BLESS").is_some() {
        fs::write(&path, format!("{}{tables}{}", &guide[..from], &guide[to..])).expect("it can be written");
    } else {
        assert_eq!(&guide[from..to], tables, "BLESS=1 rewrites the guide");
    }
}

#[test]
fn cells_cannot_break_the_tables() {
    for rule in RULES {
        assert!(!rule.summary.contains(['|', '\n']), "{}", rule.id);
    }
}
