//! Scripts: what an editor does, and what it is told.
//!
//! A line `> COMMAND` does something; lines that begin with `|` belong to it, and what stands below is what the
//! editor was told. In `> hover shop.lymph qual^ity`, `qual^ity` is text that the file holds once, and `^` the
//! cursor.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Client;
use crate::{show, text};

/// Runs a script; the same script with what was told now.
pub(crate) fn run(script: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut editor: Option<Editor<'_>> = None;
    let mut disk: Vec<(String, String)> = Vec::new();
    let mut result = String::new();
    for step in steps(script) {
        result.push_str(&step.written);
        let (command, rest) = step.command.split_once(' ').unwrap_or((&step.command, ""));
        let told = match (command, &mut editor) {
            ("file", None) => {
                disk.push((rest.to_owned(), step.body));
                String::new()
            }
            ("start", editor) => {
                for (path, body) in disk.drain(..) {
                    write(folder.path(), &path, &body);
                }
                let mut started = Editor::new(&folder, rest);
                let told = started.told();
                *editor = Some(started);
                told
            }
            (_, Some(editor)) => editor.act(command, rest, &step.body),
            (other, None) => panic!("`{other}` before `start`"),
        };
        // Folders differ from run to run.
        result.push_str(&told.replace(folder.path().to_str().unwrap(), "FOLDER"));
        result.push('\n');
    }
    let mut editor = editor.expect("a script starts the server");
    assert_eq!(editor.client.ask("shutdown", Value::Null), Ok(Value::Null));
    editor.client.tell("exit", Value::Null);
    assert_eq!(editor.client.end(), lymph_lsp::Exit::Proper);
    result
}

struct Step {
    /// The command without `> `.
    command: String,
    /// Lines behind `| `.
    body: String,
    /// As it stands in the script.
    written: String,
}

fn steps(script: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in script.lines() {
        if let Some(command) = line.strip_prefix("> ") {
            steps.push(Step {
                command: command.to_owned(),
                body: String::new(),
                written: format!("{line}\n"),
            });
        } else if let (Some(body), Some(step)) = (line.strip_prefix('|'), steps.last_mut()) {
            step.body.push_str(body.strip_prefix(' ').unwrap_or(body));
            step.body.push('\n');
            step.written.push_str(&format!("{line}\n"));
        } else if line.starts_with('#') {
            steps.push(Step {
                command: "comment".to_owned(),
                body: String::new(),
                written: format!("{line}\n"),
            });
        }
    }
    // A comment belongs to the command behind it.
    let mut merged: Vec<Step> = Vec::new();
    let mut comments = String::new();
    for mut step in steps {
        if step.command == "comment" {
            comments.push_str(&step.written);
        } else {
            step.written.insert_str(0, &std::mem::take(&mut comments));
            merged.push(step);
        }
    }
    merged
}

fn write(folder: &Path, path: &str, body: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, body).unwrap();
}

struct Editor<'f> {
    client: Client,
    folder: &'f Path,
    root: String,
    utf8: bool,
    /// What it shows, by path.
    open: BTreeMap<String, (i32, String)>,
}

impl<'f> Editor<'f> {
    fn new(folder: &'f TempDir, how: &str) -> Self {
        let folder = folder.path();
        let root = format!("file://{}", folder.display());
        let has = |word: &str| how.split(' ').any(|it| it == word);
        let encodings = if has("utf-8") { json!(["utf-8", "utf-16"]) } else { json!(["utf-16"]) };
        let capabilities = json!({
            "general": { "positionEncodings": encodings },
            "workspace": { "workspaceEdit": { "documentChanges": !has("plain") } },
            "textDocument": {
                "completion": { "completionItem": { "snippetSupport": !has("plain") } },
                "documentSymbol": { "hierarchicalDocumentSymbolSupport": !has("plain") },
            },
        });
        let options = json!({ "rename": { "keepWire": !has("loose") } });
        let client = Client::started(&root, capabilities, options);
        Self { client, folder, root, utf8: has("utf-8"), open: BTreeMap::new() }
    }

    fn uri(&self, path: &str) -> String {
        if path.contains(':') { path.to_owned() } else { format!("{}/{path}", self.root) }
    }

    fn text(&self, path: &str) -> String {
        let open = self.open.get(path).map(|(_, text)| text.clone());
        open.unwrap_or_else(|| fs::read_to_string(self.folder.join(path)).unwrap())
    }

    /// What the server has said since it was last listened to.
    fn told(&mut self) -> String {
        self.client.settle();
        let mut told = String::new();
        for message in std::mem::take(&mut self.client.heard) {
            let params = &message["params"];
            match message["method"].as_str().unwrap() {
                "textDocument/publishDiagnostics" => told.push_str(&show::diagnostics(params, &self.root)),
                method => {
                    let text = params["message"].as_str().unwrap_or_default().to_owned();
                    told.push_str(&format!("{method}: {}\n", text.replace(&self.root, "")));
                }
            }
        }
        told
    }

    fn act(&mut self, command: &str, rest: &str, body: &str) -> String {
        let (path, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let (snippet, new) = rest.split_once(" => ").unwrap_or((rest, ""));
        match command {
            "open" => {
                let text = if body.is_empty() { self.text(path) } else { body.to_owned() };
                self.open(path, text)
            }
            "change" => self.change(path, &unescaped(snippet), &unescaped(new)),
            "whole" => self.whole(path, body),
            "close" => {
                self.open.remove(path);
                let document = json!({ "uri": self.uri(path) });
                self.client.tell("textDocument/didClose", json!({ "textDocument": document }));
                self.told()
            }
            "write" | "delete" => self.on_disk(command, path, body),
            "find" => {
                let found = self.client.ask("workspace/symbol", json!({ "query": path })).unwrap();
                show::symbols(&found, 1, &self.root)
            }
            "symbols" => self.ask("documentSymbol", path, |answer, root| show::symbols(answer, 1, root)),
            "fold" => self.ask("foldingRange", path, |answer, _| lines(answer)),
            "colour" => self.coloured(path),
            "format" => {
                let uri = self.uri(path);
                let params = json!({ "textDocument": { "uri": uri },
                    "options": { "tabSize": 4, "insertSpaces": true } });
                let edits = self.client.ask("textDocument/formatting", params).unwrap();
                self.shown_edits(path, edits.as_array().unwrap())
            }
            "hover" => self.at("hover", path, snippet, json!({}), |answer, _| {
                let range = answer.get("range").map(show::range).unwrap_or_default();
                let text = answer["contents"]["value"].as_str().unwrap_or("nothing");
                let lines: String = text.lines().map(|line| format!("    {line}\n")).collect();
                format!("{range}\n{lines}")
            }),
            "definition" => self.at("definition", path, snippet, json!({}), |answer, root| match answer {
                Value::Null => "    nothing\n".to_owned(),
                place => format!("    {}\n", show::location(place, root)),
            }),
            "references" | "uses" => {
                let context = json!({ "context": { "includeDeclaration": command == "references" } });
                self.at("references", path, snippet, context, |answer, root| {
                    let places = answer.as_array().into_iter().flatten();
                    places.map(|place| format!("    {}\n", show::location(place, root))).collect()
                })
            }
            "highlight" => self.at("documentHighlight", path, snippet, json!({}), |answer, _| {
                let places = answer.as_array().into_iter().flatten();
                let place = |it: &Value| format!("    {} {}\n", show::range(&it["range"]), it["kind"]);
                places.map(place).collect()
            }),
            "prepare" => self.at("prepareRename", path, snippet, json!({}), |answer, _| match answer {
                Value::Null => "    nothing\n".to_owned(),
                found => format!("    {} {}\n", show::range(&found["range"]), found["placeholder"]),
            }),
            "complete" => {
                self.at("completion", path, snippet, json!({}), |answer, _| show::completions(answer))
            }
            "rename" => self.rename(path, snippet, new),
            "actions" => self.actions(path, snippet, new),
            other => panic!("no such command: {other}"),
        }
    }

    fn open(&mut self, path: &str, text: String) -> String {
        let document = json!({ "uri": self.uri(path), "languageId": "lymph", "version": 1, "text": text });
        self.open.insert(path.to_owned(), (1, text));
        self.client.tell("textDocument/didOpen", json!({ "textDocument": document }));
        self.told()
    }

    /// Replaces the one place that says `old`, or inserts where its cursor is.
    fn change(&mut self, path: &str, old: &str, new: &str) -> String {
        let text = self.text(path);
        let (start, end) = if old.contains('^') {
            let at = self.cursor(path, old);
            (at, at)
        } else {
            let start = text.find(old).unwrap_or_else(|| panic!("`{old}` is not in {path}"));
            (start, start + old.len())
        };
        let range = json!({
            "start": text::position(&text, start, self.utf8),
            "end": text::position(&text, end, self.utf8),
        });
        let changed = [&text[..start], new, &text[end..]].concat();
        self.send_change(path, json!({ "range": range, "text": new }), changed)
    }

    fn whole(&mut self, path: &str, body: &str) -> String {
        self.send_change(path, json!({ "text": body }), body.to_owned())
    }

    fn send_change(&mut self, path: &str, change: Value, text: String) -> String {
        let uri = self.uri(path);
        let open = self.open.get_mut(path).expect("it is open");
        *open = (open.0 + 1, text);
        let document = json!({ "uri": uri, "version": open.0 });
        let params = json!({ "textDocument": document, "contentChanges": [change] });
        self.client.tell("textDocument/didChange", params);
        self.told()
    }

    fn on_disk(&mut self, command: &str, path: &str, body: &str) -> String {
        let kind = if command == "delete" {
            fs::remove_file(self.folder.join(path)).unwrap();
            3
        } else {
            write(self.folder, path, body);
            2
        };
        let changes = json!([{ "uri": self.uri(path), "type": kind }]);
        self.client.tell("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
        self.told()
    }

    fn cursor(&self, path: &str, snippet: &str) -> usize {
        let text = self.text(path);
        let (before, after) = snippet.split_once('^').expect("a cursor");
        let wanted = unescaped(&format!("{before}{after}"));
        let mut found = text.match_indices(&wanted).map(|(at, _)| at + unescaped(before).len());
        let at = found.next().unwrap_or_else(|| panic!("`{wanted}` is not in {path}"));
        assert_eq!(found.next(), None, "`{wanted}` is in {path} twice");
        at
    }

    fn ask(&mut self, method: &str, path: &str, shown: impl Fn(&Value, &str) -> String) -> String {
        let params = json!({ "textDocument": { "uri": self.uri(path) } });
        match self.client.ask(&format!("textDocument/{method}"), params) {
            Ok(answer) => shown(&answer, &self.root),
            Err(error) => format!("    refused: {error}\n"),
        }
    }

    fn at(
        &mut self,
        method: &str,
        path: &str,
        snippet: &str,
        more: Value,
        shown: impl Fn(&Value, &str) -> String,
    ) -> String {
        let mut params = self.params(path, snippet);
        for (key, value) in more.as_object().unwrap() {
            params[key] = value.clone();
        }
        match self.client.ask(&format!("textDocument/{method}"), params) {
            Ok(answer) => shown(&answer, &self.root),
            Err(error) => format!("    refused: {error}\n"),
        }
    }

    fn params(&self, path: &str, snippet: &str) -> Value {
        let position = text::position(&self.text(path), self.cursor(path, snippet), self.utf8);
        json!({ "textDocument": { "uri": self.uri(path) }, "position": position })
    }

    fn rename(&mut self, path: &str, snippet: &str, new: &str) -> String {
        let mut params = self.params(path, snippet);
        params["newName"] = json!(new);
        match self.client.ask("textDocument/rename", params) {
            Ok(edit) => self.shown_workspace_edit(&edit),
            Err(error) => format!("    refused: {error}\n"),
        }
    }

    fn actions(&mut self, path: &str, snippet: &str, only: &str) -> String {
        let at = text::position(&self.text(path), self.cursor(path, snippet), self.utf8);
        let mut context = json!({ "diagnostics": [] });
        if !only.is_empty() {
            context["only"] = json!([only]);
        }
        let params = json!({
            "textDocument": { "uri": self.uri(path) },
            "range": { "start": at, "end": at },
            "context": context,
        });
        let actions = self.client.ask("textDocument/codeAction", params).unwrap();
        let mut shown = String::new();
        for action in actions.as_array().unwrap() {
            shown.push_str(&format!("  {}: {}\n", action["kind"].as_str().unwrap(), action["title"]));
            shown.push_str(&self.shown_workspace_edit(&action["edit"]));
        }
        shown
    }

    fn shown_workspace_edit(&self, edit: &Value) -> String {
        let mut files: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for change in edit["documentChanges"].as_array().into_iter().flatten() {
            let path = show::file(&change["textDocument"]["uri"], &self.root);
            let version = self.open.get(&path).map(|(version, _)| json!(version)).unwrap_or_default();
            assert_eq!(change["textDocument"]["version"], version, "{path}");
            files.insert(path, change["edits"].as_array().unwrap().clone());
        }
        for (uri, edits) in edit["changes"].as_object().into_iter().flatten() {
            let path = show::file(&json!(uri), &self.root);
            files.insert(path, edits.as_array().unwrap().clone());
        }
        files.iter().map(|(path, edits)| self.shown_edits(path, edits)).collect()
    }

    fn shown_edits(&self, path: &str, edits: &[Value]) -> String {
        if edits.is_empty() {
            return "  nothing\n".to_owned();
        }
        let old = self.text(path);
        let new = text::edited(&old, edits, self.utf8);
        format!("  {path}\n{}", text::difference(&old, &new))
    }

    /// Each coloured piece with its kind, one line for each line of the file.
    fn coloured(&mut self, path: &str) -> String {
        let params = json!({ "textDocument": { "uri": self.uri(path) } });
        let answer = self.client.ask("textDocument/semanticTokens/full", params).unwrap();
        let text = self.text(path);
        let numbers: Vec<u64> =
            answer["data"].as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect();
        let (mut line, mut start) = (0, 0);
        let mut shown = String::new();
        for piece in numbers.chunks(5) {
            let [down, right, length, kind, modifiers] = piece else { panic!("five numbers each") };
            start = if *down == 0 { start + right } else { *right };
            line += down;
            let end = |character: u64| {
                text::offset(&text, &json!({ "line": line, "character": character }), self.utf8)
            };
            let written = &text[end(start)..end(start + length)];
            shown.push_str(&format!("    {}:{} {written} {kind} {modifiers}\n", line + 1, start + 1));
        }
        shown
    }
}

fn lines(ranges: &Value) -> String {
    let line = |range: &Value, end: &str| range[end].as_u64().unwrap() + 1;
    let one = |range: &Value| {
        let kind = range["kind"].as_str().unwrap_or("region");
        format!("    {}-{} {kind}\n", line(range, "startLine"), line(range, "endLine"))
    };
    ranges.as_array().into_iter().flatten().map(one).collect()
}

fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\r", "\r")
}
