//! An editor, as far as the protocol can tell: it speaks to a server over two pipes.

use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write, pipe};
use std::thread::{self, JoinHandle};

use lymph_lsp::Exit;
use serde_json::{Value, json};

pub(crate) struct Client {
    input: Option<PipeWriter>,
    output: BufReader<PipeReader>,
    server: JoinHandle<Exit>,
    requests: i64,
    /// Notifications and requests of the server that nobody has looked at.
    pub(crate) heard: Vec<Value>,
}

impl Client {
    /// A server that waits for its first message.
    pub(crate) fn new() -> Self {
        let (server_input, input) = pipe().unwrap();
        let (output, server_output) = pipe().unwrap();
        let server = thread::spawn(move || lymph_lsp::serve(server_input, server_output));
        Self { input: Some(input), output: BufReader::new(output), server, requests: 0, heard: Vec::new() }
    }

    /// A server that knows its folder, with the client's capabilities.
    pub(crate) fn started(folder: &str, capabilities: Value, options: Value) -> Self {
        let mut client = Self::new();
        let params = json!({
            "processId": null,
            "capabilities": capabilities,
            "initializationOptions": options,
            "workspaceFolders": [{ "uri": folder, "name": "test" }],
        });
        client.ask("initialize", params).unwrap();
        client.tell("initialized", json!({}));
        client
    }

    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string());
    }

    /// Asks, and waits for the answer; the error's code and message if there is none.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        let id = self.start(method, params);
        self.answer(&id)
    }

    /// Asks without waiting.
    pub(crate) fn start(&mut self, method: &str, params: Value) -> Value {
        self.requests += 1;
        let id = json!(self.requests);
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string());
        id
    }

    pub(crate) fn answer(&mut self, id: &Value) -> Result<Value, String> {
        loop {
            let message = self.receive().expect("an answer before the end");
            if message.get("method").is_some() || message["id"] != *id {
                self.heard.push(message);
                continue;
            }
            return match message.get("error") {
                Some(error) => {
                    Err(format!("{}: {}", error["code"], error["message"].as_str().unwrap_or_default()))
                }
                None => Ok(message["result"].clone()),
            };
        }
    }

    /// Waits until everything said so far has had its effect.
    pub(crate) fn settle(&mut self) {
        // What can be done about something depends on everything that is found.
        let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
        let document = json!({ "uri": "untitled:nothing" });
        let params = json!({ "textDocument": document, "range": range, "context": { "diagnostics": [] } });
        assert_eq!(self.ask("textDocument/codeAction", params), Ok(json!([])));
    }

    /// Sends one message as it is.
    pub(crate) fn send(&mut self, text: &str) {
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        self.input.as_mut().expect("not closed").write_all(bytes).unwrap();
    }

    /// The next message; `None` when the server has ended.
    pub(crate) fn receive(&mut self) -> Option<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut bytes = vec![0; length];
        self.output.read_exact(&mut bytes).unwrap();
        Some(serde_json::from_slice(&bytes).unwrap())
    }

    /// Closes the stream, takes in what is still said, and waits for the end.
    pub(crate) fn end(mut self) -> Exit {
        self.input = None;
        while self.receive().is_some() {}
        self.server.join().unwrap()
    }
}
