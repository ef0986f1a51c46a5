//! `lymph-idl lsp` as editors start it: framed messages over its standard streams.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

struct Server {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lymph-idl"));
        let mut child =
            command.args(["lsp", "--stdio"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, output }
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let input = self.input.as_mut().expect("not closed");
        write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        input.flush().unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut header = String::new();
        self.output.read_line(&mut header).unwrap();
        let length: usize = header.trim_end().strip_prefix("Content-Length: ").unwrap().parse().unwrap();
        let mut rest = vec![0; length + 2];
        self.output.read_exact(&mut rest).unwrap();
        serde_json::from_slice(&rest[2..]).unwrap()
    }

    /// Asks, and skips what is said before the answer.
    fn ask(&mut self, id: i32, method: &str, params: Value) -> Value {
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.receive();
            if message["id"] == id {
                return message["result"].clone();
            }
        }
    }

    /// Closes its stream and waits for it; the exit code.
    fn end(mut self) -> Option<i32> {
        self.input = None;
        self.child.wait().unwrap().code()
    }
}

#[test]
fn an_editor_opens_a_schema() {
    let folder = tempfile::tempdir().unwrap();
    let root = format!("file://{}", folder.path().display());
    let mut server = Server::start();
    let folders = json!([{ "uri": root, "name": "schemas" }]);
    let answer = server.ask(1, "initialize", json!({ "capabilities": {}, "workspaceFolders": folders }));
    assert_eq!(answer["serverInfo"]["name"], "lymph-idl");
    server.send(&json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));

    let uri = format!("{root}/zoo.lymph");
    let text = "//! Animals.\npackage zoo @ 1.0.0;\n\n/// One of them.\nstruct Animal { name: strng }\n";
    let document = json!({ "uri": uri, "languageId": "lymph", "version": 1, "text": text });
    let params = json!({ "textDocument": document });
    server.send(&json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": params }));
    let told = server.receive();
    assert_eq!(told["method"], "textDocument/publishDiagnostics");
    let message = &told["params"]["diagnostics"][0]["message"];
    assert_eq!(message, "unknown type `strng`\nhelp: did you mean `string`?");

    let place = json!({ "textDocument": { "uri": uri }, "position": { "line": 4, "character": 9 } });
    let hover = server.ask(2, "textDocument/hover", place);
    assert!(hover["contents"]["value"].as_str().unwrap().contains("One of them."), "{hover}");

    assert_eq!(server.ask(3, "shutdown", Value::Null), Value::Null);
    server.send(&json!({ "jsonrpc": "2.0", "method": "exit" }));
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn an_editor_that_dies_ends_it() {
    assert_eq!(Server::start().end(), Some(1));
}

#[test]
fn exit_without_shutdown_is_found() {
    let mut server = Server::start();
    server.send(&json!({ "jsonrpc": "2.0", "method": "exit" }));
    assert_eq!(server.child.wait().unwrap().code(), Some(1));
}
