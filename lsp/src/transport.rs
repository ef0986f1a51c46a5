//! Messages as they stand in the streams: a few header lines, an empty one, and as many bytes of JSON as
//! the header says.

use std::io::{self, BufRead, Read, Write};

use serde_json::{Value, json};

/// The most bytes of one message. A schema has four megabytes at most; as JSON it can take a few times that.
pub(crate) const MESSAGE_BYTES: usize = 16 << 20;

/// The most bytes of one header line.
const HEADER_BYTES: u64 = 4 << 10;

/// What came in.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// Calls for an answer.
    Request { id: Value, method: String, params: Value },
    /// Calls for none.
    Notification { method: String, params: Value },
    /// Answers something that we asked.
    Response,
    /// Is no message; why, and the id to answer with.
    Malformed { id: Value, code: i32, message: String },
}

/// Codes of JSON-RPC and of the protocol.
pub(crate) mod code {
    pub(crate) const PARSE_ERROR: i32 = -32700;
    pub(crate) const INVALID_REQUEST: i32 = -32600;
    pub(crate) const METHOD_NOT_FOUND: i32 = -32601;
    pub(crate) const INVALID_PARAMS: i32 = -32602;
    pub(crate) const INTERNAL_ERROR: i32 = -32603;
    pub(crate) const NOT_INITIALIZED: i32 = -32002;
    pub(crate) const CANCELLED: i32 = -32800;
    pub(crate) const REQUEST_FAILED: i32 = -32803;
}

/// Reads one message; `None` at the end of the stream.
///
/// # Errors
///
/// When the stream fails, and when what it holds is no header: nobody knows where the next message begins.
pub(crate) fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = read_header(input)? else { return Ok(None) };
    if length > MESSAGE_BYTES as u64 {
        let skipped = io::copy(&mut input.take(length), &mut io::sink())?;
        let message = format!("a message of {length} bytes was refused: the most is {MESSAGE_BYTES}");
        let malformed = Incoming::Malformed { id: Value::Null, code: code::INVALID_REQUEST, message };
        return Ok((skipped == length).then_some(malformed));
    }
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Ok(None);
    }
    Ok(Some(understand(&bytes)))
}

/// The length of the message that follows.
fn read_header(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    let mut length = None;
    loop {
        let mut line = Vec::new();
        input.take(HEADER_BYTES).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let Some(line) = line.strip_suffix('\n') else {
            return Err(invalid("a header line has no end".to_owned()));
        };
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            return length.map(Some).ok_or_else(|| invalid("a header without `Content-Length`".to_owned()));
        }
        let (name, value) =
            line.split_once(':').ok_or_else(|| invalid(format!("`{line}` is no header line")))?;
        if name.trim().eq_ignore_ascii_case("content-length") {
            let value = value.trim();
            length = Some(value.parse().map_err(|_| invalid(format!("`{value}` is no length")))?);
        }
    }
}

fn understand(bytes: &[u8]) -> Incoming {
    let mut message: Value = match serde_json::from_slice(bytes) {
        Ok(message) => message,
        Err(error) => {
            let message = format!("not JSON: {error}");
            return Incoming::Malformed { id: Value::Null, code: code::PARSE_ERROR, message };
        }
    };
    let id = message.get("id").cloned();
    let params = message.get_mut("params").map_or(Value::Null, Value::take);
    match (message.get("method"), id) {
        (Some(Value::String(method)), None) => Incoming::Notification { method: method.clone(), params },
        (Some(Value::String(method)), Some(id)) if id.is_string() || id.is_number() => {
            Incoming::Request { id, method: method.clone(), params }
        }
        (None, Some(_)) if message.get("result").is_some() || message.get("error").is_some() => {
            Incoming::Response
        }
        (_, id) => {
            let id = id.filter(|id| id.is_string() || id.is_number()).unwrap_or(Value::Null);
            let message = "neither a request nor a notification nor a response".to_owned();
            Incoming::Malformed { id, code: code::INVALID_REQUEST, message }
        }
    }
}

/// Writes messages, each at once.
pub(crate) struct Outgoing<W> {
    stream: W,
    /// Ids of our own requests.
    requests: u32,
}

impl<W: Write> Outgoing<W> {
    pub(crate) fn new(stream: W) -> Self {
        Self { stream, requests: 0 }
    }

    pub(crate) fn result(&mut self, id: &Value, result: &Value) -> io::Result<()> {
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "result": result }))
    }

    pub(crate) fn error(&mut self, id: &Value, code: i32, message: &str) -> io::Result<()> {
        let error = json!({ "code": code, "message": message });
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "error": error }))
    }

    pub(crate) fn notify(&mut self, method: &str, params: &Value) -> io::Result<()> {
        self.write(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    /// Asks the client; its answer is not waited for.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> io::Result<()> {
        self.requests += 1;
        let id = format!("lymph-{}", self.requests);
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
    }

    fn write(&mut self, message: &Value) -> io::Result<()> {
        let text = message.to_string();
        self.stream.write_all(format!("Content-Length: {}\r\n\r\n", text.len()).as_bytes())?;
        self.stream.write_all(text.as_bytes())?;
        self.stream.flush()
    }
}
