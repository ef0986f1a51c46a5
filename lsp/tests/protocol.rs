//! What no well-behaved editor does, and what all of them do at the beginning and the end.

#[path = "session/client.rs"]
mod client;

use client::Client;
use lymph_lsp::Exit;
use serde_json::{Value, json};

const URI: &str = "file:///nowhere/a.lymph";

/// Every kind of declaration and member, with letters that take several bytes and units.
const SCHEMA: &str = "//! ä💡.\npackage a.b @ 1.2.0;\nuse c.{D as E, f};\n\n/// Docs 💡.\n@acme.owner(\"ö\")\n\
    interface I {\n    @http(GET, \"/x/{p}\") @idempotent\n    rpc m(p: u8(1..=5), @since(1.1) q: list<map<string, S?>> = [])\n\
    \x20       -> S raises X, @since(1.2) Y;\n    oneway o();\n    task t(a: any);\n    emits v.w;\n\
    \x20   @serial(key = k, partitions = 2)\n    on v.w as h;\n    on z.*.# as g;\n}\n\
    closed struct S { @wire(\"ü\") a: Q = one, reserved \"old\"; b: patch<u8> }\nenum Q { one, @fallback two }\n\
    union U { s: S }\ntype T = string(pattern = \"^ä$\");\n@retryable error X { w: duration = 5s }\nerror Y {}\n\
    event v.w { k: string }\n/* 💡 */ // end";

fn started() -> Client {
    let mut client = Client::started("file:///nowhere", json!({}), Value::Null);
    client.settle();
    client
}

fn open(client: &mut Client, text: &str) {
    let document = json!({ "uri": URI, "languageId": "lymph", "version": 0, "text": text });
    client.tell("textDocument/didOpen", json!({ "textDocument": document }));
}

fn whole(client: &mut Client, version: usize, text: &str) {
    let document = json!({ "uri": URI, "version": version });
    let params = json!({ "textDocument": document, "contentChanges": [{ "text": text }] });
    client.tell("textDocument/didChange", params);
}

fn published(client: &mut Client) -> Vec<Value> {
    client.settle();
    let heard = std::mem::take(&mut client.heard);
    let published =
        heard.into_iter().filter(|message| message["method"] == "textDocument/publishDiagnostics");
    published.map(|message| message["params"].clone()).collect()
}

#[track_caller]
fn check_error(answer: Result<Value, String>, code: i32) {
    let error = answer.expect_err("an error");
    assert!(error.starts_with(&format!("{code}:")), "{error}");
}

#[test]
fn nothing_is_answered_before_the_beginning() {
    let mut client = Client::new();
    check_error(client.ask("textDocument/hover", json!({})), -32002);
    open(&mut client, SCHEMA);
    let params = json!({ "capabilities": { "general": { "positionEncodings": ["utf-32"] } } });
    let answer = client.ask("initialize", params).unwrap();
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-32");
    check_error(client.ask("initialize", json!({})), -32600);
    assert_eq!(client.end(), Exit::Early);
}

#[test]
fn the_end_is_announced() {
    let mut client = started();
    assert_eq!(client.ask("shutdown", Value::Null), Ok(Value::Null));
    check_error(client.ask("textDocument/hover", json!({})), -32600);
    client.tell("exit", Value::Null);
    assert_eq!(client.end(), Exit::Proper);

    let mut client = started();
    client.tell("exit", Value::Null);
    assert_eq!(client.end(), Exit::Early);

    let mut client = started();
    client.ask("shutdown", Value::Null).unwrap();
    assert_eq!(client.end(), Exit::Proper, "a client that closes its stream says as much");
}

#[test]
fn what_is_no_message_is_answered_and_forgotten() {
    let mut client = started();
    for (sent, code) in [
        ("{", -32700),
        ("", -32700),
        ("\u{1f4a1}", -32700),
        ("[]", -32600),
        ("{}", -32600),
        ("null", -32600),
        ("{\"id\": {}, \"method\": \"x\"}", -32600),
        ("{\"id\": 1, \"method\": 2}", -32600),
    ] {
        client.send(sent);
        let answer = client.receive().unwrap();
        assert_eq!(answer["error"]["code"], code, "{sent}: {answer}");
    }
    client.send_bytes(b"Content-Length: 4\r\n\r\n\"\xff\xff\"");
    assert_eq!(client.receive().unwrap()["error"]["code"], -32700);
    // An answer to something that nobody asked.
    client.send("{\"id\": 77, \"result\": null}");
    check_error(client.ask("lymph/unknown", json!({})), -32601);
    client.tell("lymph/unknown", json!({}));
    client.tell("$/setTrace", json!({ "value": "off" }));
    check_error(client.ask("textDocument/hover", json!({ "position": 3 })), -32602);
    assert_eq!(client.end(), Exit::Early);
}

#[test]
fn a_message_that_is_too_long_is_skipped() {
    let mut client = started();
    let length = (16 << 20) + 1;
    client.send_bytes(format!("Content-Length: {length}\r\n\r\n").as_bytes());
    client.send_bytes(&vec![b' '; length]);
    let answer = client.receive().unwrap();
    assert_eq!(answer["error"]["message"], "a message of 16777217 bytes was refused: the most is 16777216");
    client.settle();
}

#[test]
fn a_stream_without_messages_ends_the_session() {
    for sent in ["GET / HTTP/1.1\r\n\r\n", "Content-Length: many\r\n\r\n", "Other: 1\r\n\r\n"] {
        let mut client = started();
        client.send_bytes(sent.as_bytes());
        assert_eq!(client.receive().unwrap()["error"]["code"], -32700, "{sent}");
        assert_eq!(client.end(), Exit::Early);
    }
    let mut client = started();
    client.send_bytes(b"Content-Length: 100\r\n\r\n{");
    assert_eq!(client.end(), Exit::Early, "the rest never comes");
}

#[test]
fn notifications_that_make_no_sense_are_logged() {
    let mut client = started();
    whole(&mut client, 1, "never opened");
    client.tell("textDocument/didOpen", json!({ "textDocument": 1 }));
    client.settle();
    let said: Vec<&str> =
        client.heard.iter().map(|message| message["params"]["message"].as_str().unwrap()).collect();
    assert_eq!(said[0], format!("`{URI}` was changed without being open"));
    assert!(said[1].starts_with("`textDocument/didOpen` was not understood: "), "{}", said[1]);
}

#[test]
fn a_document_that_is_too_large_is_told_about() {
    let mut client = started();
    open(&mut client, &format!("package a @ 1.0.0;\n//{}", "x".repeat(4 << 20)));
    let published = published(&mut client);
    assert_eq!(published[0]["diagnostics"][0]["code"], "file_too_large");
    whole(&mut client, 1, "package a @ 1.0.0;\n");
    let published = self::published(&mut client);
    assert_ne!(published[0]["diagnostics"][0]["code"], "file_too_large");
}

#[test]
fn a_burst_of_keys_ends_with_its_last_state() {
    let mut client = started();
    open(&mut client, "package a @ 1.0.0;\n");
    for version in 1..=200 {
        whole(&mut client, version, &format!("package a @ 1.0.{version};\nstruct {}", "A".repeat(version)));
    }
    let versions: Vec<i64> =
        published(&mut client).iter().map(|params| params["version"].as_i64().unwrap()).collect();
    assert!(versions.is_sorted(), "{versions:?}");
    assert_eq!(versions.last(), Some(&200));
}

#[test]
fn a_cancelled_request_is_answered_once() {
    let mut client = started();
    open(&mut client, SCHEMA);
    let position = json!({ "textDocument": { "uri": URI }, "position": { "line": 5, "character": 12 } });
    for _ in 0..50 {
        let id = client.start("textDocument/hover", position.clone());
        client.tell("$/cancelRequest", json!({ "id": id }));
        if let Err(error) = client.answer(&id) {
            assert_eq!(error, "-32800: cancelled");
        }
    }
    client.tell("$/cancelRequest", json!({ "id": 12345 }));
    client.tell("$/cancelRequest", json!(null));
    client.settle();
    assert!(client.heard.iter().all(|message| message.get("method").is_some()), "{:?}", client.heard);
}

#[test]
fn files_are_watched_if_the_client_can() {
    let capabilities = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    let mut client = Client::started("file:///nowhere", capabilities, Value::Null);
    client.settle();
    let asked = &client.heard[0];
    assert_eq!(asked["method"], "client/registerCapability");
    let watchers = &asked["params"]["registrations"][0]["registerOptions"]["watchers"];
    assert_eq!(*watchers, json!([{ "globPattern": "**/*.lymph" }, { "globPattern": "**/lymph.toml" }]));
}

/// Every request there is, at a place and for the whole file. None of them fails, whatever the file holds.
fn ask_everything(client: &mut Client, line: usize, character: usize) {
    let document = json!({ "uri": URI });
    let position = json!({ "line": line, "character": character });
    let place = json!({ "textDocument": document, "position": position });
    let with = |more: Value| {
        let mut params = place.clone();
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params
    };
    let range = json!({ "start": position, "end": { "line": line + 1, "character": 0 } });
    let options = json!({ "tabSize": 4, "insertSpaces": true });
    for (method, params) in [
        ("hover", place.clone()),
        ("definition", place.clone()),
        ("references", with(json!({ "context": { "includeDeclaration": true } }))),
        ("documentHighlight", place.clone()),
        ("completion", place.clone()),
        ("prepareRename", place.clone()),
        ("rename", with(json!({ "newName": "renamed" }))),
        ("codeAction", with(json!({ "range": range, "context": { "diagnostics": [], "only": [""] } }))),
        ("documentSymbol", place.clone()),
        ("foldingRange", place.clone()),
        ("semanticTokens/full", place.clone()),
        ("formatting", with(json!({ "options": options }))),
    ] {
        if let Err(error) = client.ask(&format!("textDocument/{method}"), params) {
            // Names that cannot be renamed are refused; nothing else is.
            assert!(error.starts_with("-32803:"), "{method} at {line}:{character}: {error}");
        }
    }
}

#[test]
fn half_written_files_make_nothing_fail() {
    let mut client = started();
    open(&mut client, "");
    ask_everything(&mut client, 0, 0);
    for (version, token) in lymph_idl::tokens(SCHEMA).enumerate() {
        // Once cut behind the token, once with the token left out, as somebody is about to write it.
        let (before, after) = (&SCHEMA[..token.end as usize], &SCHEMA[token.end as usize..]);
        let without = format!("{}{after}", &SCHEMA[..token.start as usize]).replace('\n', "\r\n");
        let line = before.matches('\n').count();
        let character = before.rsplit('\n').next().unwrap().encode_utf16().count();
        whole(&mut client, 2 * version, before);
        ask_everything(&mut client, line, character);
        whole(&mut client, 2 * version + 1, &without);
        ask_everything(&mut client, line, character);
    }
}

#[test]
fn places_outside_make_nothing_fail() {
    let mut client = started();
    open(&mut client, SCHEMA);
    for (line, character) in
        [(0, 5), (0, 6), (9_999, 0), (3, 9_999), (u32::MAX as usize, u32::MAX as usize - 1)]
    {
        ask_everything(&mut client, line.min(u32::MAX as usize - 1), character);
    }
    let change = |start: Value, end: Value, text: &str| json!({ "range": { "start": start, "end": end }, "text": text });
    let place = |line: u32, character: u32| json!({ "line": line, "character": character });
    let changes = [
        change(place(9_999, 0), place(9_999, 9), "\n// behind the end"),
        change(place(1, 9_999), place(0, 0), "//! turned round"),
        change(place(0, 9_999), place(0, u32::MAX), " \u{1f4a1}"),
    ];
    let params = json!({ "textDocument": { "uri": URI, "version": 1 }, "contentChanges": changes });
    client.tell("textDocument/didChange", params);
    ask_everything(&mut client, 0, 18);
    client.settle();
    assert!(
        client.heard.iter().all(|message| message["method"] != "window/logMessage"),
        "{:?}",
        client.heard
    );
}
