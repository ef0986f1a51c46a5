//! A schema with every keyword and every well-known name in every position.

use std::collections::BTreeSet;
use std::fmt::Write;

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Prelude, primitives, crates, and whatever generated code itself names or calls.
const KNOWN: &[&str] = &[
    "option",
    "some",
    "none",
    "result",
    "ok",
    "err",
    "box",
    "vec",
    "string",
    "to_string",
    "to_owned",
    "clone",
    "copy",
    "send",
    "sync",
    "sized",
    "drop",
    "iterator",
    "into_iterator",
    "extend",
    "default",
    "eq",
    "partial_eq",
    "ord",
    "partial_ord",
    "as_ref",
    "as_mut",
    "into",
    "from",
    "try_from",
    "try_into",
    "from_iterator",
    "future",
    "into_future",
    "debug",
    "display",
    "hash",
    "error",
    "unpin",
    "arc",
    "context",
    "request",
    "encode",
    "decode",
    "unknown",
    "unrecognized",
    "std",
    "core",
    "alloc",
    "lymph",
    "serde",
    "str",
    "u8",
    "usize",
    "bool",
    "char",
    "write",
    "matches",
    "concat",
    "new",
    "cmp",
    "ne",
    "lt",
    "max",
    "min",
    "clamp",
    "borrow",
    "fmt",
    "call",
    "handle",
    "interface",
    "event",
    "method",
    "methods",
    "handler",
    "value",
    "name",
    "fields",
    "d",
    "e",
    "f",
    "s",
    "q",
    "cx",
    "args",
    "reply",
    "held",
    "message",
    "f_name",
    "source",
    "description",
    "type_id",
    "as_str",
    "from_name",
    "with_message",
    "clear_message",
    "set_message",
    "check",
    "body",
    "known",
];

/// Names of declarations; the rest of the schema stands on these.
const DECLARED: &[&str] = &[
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "Box",
    "Vec",
    "String",
    "ToString",
    "ToOwned",
    "Clone",
    "Copy",
    "Send",
    "Sync",
    "Sized",
    "Drop",
    "Fn",
    "Iterator",
    "Default",
    "Eq",
    "PartialEq",
    "Ord",
    "Hash",
    "AsRef",
    "Into",
    "From",
    "TryFrom",
    "FromIterator",
    "Future",
    "IntoFuture",
    "Debug",
    "Display",
    "Unpin",
    "Arc",
    "Context",
    "Encode",
    "Decode",
    "Unknown",
    "Std",
    "Lymph",
    "Serde",
    "Self",
    "Super",
    "Crate",
    "Type",
    "Patch",
];

pub fn schema() -> String {
    let mut text = String::from("package type.match.self.std.str.lymph @ 1.2.0;\n");
    let names: BTreeSet<&str> = KEYWORDS.iter().chain(KNOWN).copied().collect();
    let all = names.clone();
    // The kinds of declarations take turns with the names; the first of each kind has members of all names.
    for (index, name) in DECLARED.iter().enumerate() {
        let names = if index < 5 { all.clone() } else { ["ok"].into() };
        match index % 5 {
            0 => declare(&mut text, "struct", name, &names, |name| format!("{name}: i32?")),
            1 => declare(&mut text, "enum", name, &names, str::to_owned),
            2 => declare(&mut text, "union", name, &names, |name| format!("{name}: Option")),
            3 => declare(&mut text, "error", name, &names, |name| format!("{name}: string = \"\"")),
            _ => writeln!(text, "type {name} = list<string(1..)>;").expect("a String takes everything"),
        }
    }
    declare(&mut text, "struct", "Required", &names, |name| format!("{name}: u8(..=9)"));
    declare(&mut text, "closed struct", "Patched", &names, |name| format!("{name}: patch<Required>"));
    declare(&mut text, "closed enum", "Closed", &names, str::to_owned);
    declare(&mut text, "enum", "Fallback", &names, |name| {
        if name == "unknown" { format!("@fallback {name}") } else { name.to_owned() }
    });
    for name in &names {
        writeln!(text, "event {name}.happened {{ {name}: Closed = self }}")
            .expect("a String takes everything");
    }
    // Half of the methods are of each kind; handlers stand beside those of the other half.
    let half = |half: usize| names.iter().skip(half).step_by(2);
    text.push_str("interface PartialOrd {\n");
    for name in half(0) {
        let parameters =
            format!("{name}: string, {name}2: Some = ok, {name}3: Option?, {name}4: patch<Option>");
        writeln!(text, "    rpc {name}({parameters}) -> Box raises Result;")
            .expect("a String takes everything");
    }
    for name in half(1) {
        writeln!(text, "    on {name}.happened as {name};").expect("a String takes everything");
    }
    text.push_str("}\ninterface Error {\n");
    for name in half(1) {
        writeln!(text, "    @raw rpc {name}({name}: Required);").expect("a String takes everything");
    }
    for name in half(0) {
        writeln!(text, "    on {name}.* as {name};").expect("a String takes everything");
    }
    text.push_str("}\n");
    text
}

fn declare(
    text: &mut String,
    keyword: &str,
    name: &str,
    members: &BTreeSet<&str>,
    member: impl Fn(&str) -> String,
) {
    let members: Vec<_> = members.iter().map(|name| format!("    {},\n", member(name))).collect();
    writeln!(text, "{keyword} {name} {{\n{}}}", members.concat()).expect("a String takes everything");
}
