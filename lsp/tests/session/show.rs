//! Answers as people read them.

use serde_json::Value;

/// `2:15-20`, counted from 1; with the line of the end if it is another one.
pub(crate) fn range(range: &Value) -> String {
    let at = |end: &str, what: &str| range[end][what].as_u64().unwrap() + 1;
    let (line, last) = (at("start", "line"), at("end", "line"));
    let (from, to) = (at("start", "character"), at("end", "character"));
    if line == last { format!("{line}:{from}-{to}") } else { format!("{line}:{from}-{last}:{to}") }
}

pub(crate) fn location(location: &Value, root: &str) -> String {
    format!("{}:{}", file(&location["uri"], root), range(&location["range"]))
}

pub(crate) fn file(uri: &Value, root: &str) -> String {
    let uri = uri.as_str().unwrap();
    uri.strip_prefix(root).map_or(uri, |path| path.trim_start_matches('/')).to_owned()
}

pub(crate) fn diagnostics(params: &Value, root: &str) -> String {
    let version = params.get("version").map(|version| format!(" (version {version})")).unwrap_or_default();
    let mut shown = format!("{}{version}:", file(&params["uri"], root));
    let list = params["diagnostics"].as_array().unwrap();
    if list.is_empty() {
        shown.push_str(" fine");
    }
    shown.push('\n');
    for found in list {
        assert_eq!(found["source"], "lymph");
        let severity = if found["severity"] == 1 { "error" } else { "warning" };
        let (code, message) = (found["code"].as_str().unwrap(), found["message"].as_str().unwrap());
        let message = message.replace('\n', "; ");
        shown.push_str(&format!("    {} {severity} {code}: {message}\n", range(&found["range"])));
        for related in found["relatedInformation"].as_array().into_iter().flatten() {
            let place = location(&related["location"], root);
            shown.push_str(&format!("        {place} {}\n", related["message"].as_str().unwrap()));
        }
    }
    shown
}

pub(crate) fn symbols(list: &Value, depth: usize, root: &str) -> String {
    let mut shown = String::new();
    for symbol in list.as_array().into_iter().flatten() {
        let name = symbol["name"].as_str().unwrap();
        let (kind, indent) = (&symbol["kind"], "    ".repeat(depth));
        match symbol.get("location") {
            Some(place) => {
                let container = symbol["containerName"].as_str().unwrap_or_default();
                shown.push_str(&format!("{indent}{name} {kind} {} of {container}\n", location(place, root)));
            }
            None => {
                let detail = symbol["detail"].as_str().unwrap_or_default();
                let (whole, at) = (range(&symbol["range"]), range(&symbol["selectionRange"]));
                shown.push_str(&format!("{indent}{name} {kind} `{detail}` {whole} at {at}\n"));
                shown.push_str(&symbols(&symbol["children"], depth + 1, root));
            }
        }
    }
    shown
}

pub(crate) fn completions(list: &Value) -> String {
    let mut shown = String::new();
    for item in list["items"].as_array().into_iter().flatten() {
        let label = item["label"].as_str().unwrap();
        let new = item["textEdit"]["newText"].as_str().unwrap();
        shown.push_str(&format!("    {label}"));
        if new != label {
            shown.push_str(&format!(" → {}", new.replace('\n', "⏎")));
        }
        if let Some(detail) = item["detail"].as_str().filter(|detail| *detail != new) {
            shown.push_str(&format!("  ({detail})"));
        }
        if item["tags"][0] == 1 {
            shown.push_str(" deprecated");
        }
        for edit in item["additionalTextEdits"].as_array().into_iter().flatten() {
            let text = edit["newText"].as_str().unwrap().replace('\n', "⏎");
            shown.push_str(&format!(" with `{text}` at {}", range(&edit["range"])));
        }
        shown.push('\n');
    }
    if list["isIncomplete"] == true {
        shown.push_str("    and more\n");
    }
    shown
}
