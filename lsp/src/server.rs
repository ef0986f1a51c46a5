//! The loop: takes messages in order, and analyses when there are none.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, BufReader, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use gen_lsp_types as lsp;
use serde_json::{Value, json};

use crate::Exit;
use crate::diagnostics;
use crate::projects::Project;
use crate::requests::{self, Needs, Problem};
use crate::start;
use crate::transport::{Incoming, Outgoing, code, read};
use crate::workspace::Workspace;

/// Messages read and not yet looked at; further ones wait in their stream.
const MAX_WAITING: usize = 64;

/// Where a session is.
#[derive(Debug, PartialEq)]
enum Phase {
    /// Nothing but `initialize` is answered.
    New,
    Running,
    /// Nothing but `exit` is expected.
    Shutdown,
}

pub(crate) struct Server<W> {
    pub(crate) out: Outgoing<W>,
    phase: Phase,
    /// `None` until the session is initialized.
    pub(crate) workspace: Option<Workspace>,
    /// What the client was told, for files in which something is wrong.
    published: BTreeMap<PathBuf, Vec<lsp::Diagnostic>>,
    queue: VecDeque<Incoming>,
    /// Whether the client tells about files on disk when asked to.
    pub(crate) watches: bool,
}

impl<W: Write> Server<W> {
    pub(crate) fn new(output: W) -> Self {
        Self {
            out: Outgoing::new(output),
            phase: Phase::New,
            workspace: None,
            published: BTreeMap::new(),
            queue: VecDeque::new(),
            watches: false,
        }
    }

    pub(crate) fn run(mut self, input: impl Read + Send + 'static) -> Exit {
        let (sender, messages) = sync_channel(MAX_WAITING);
        // Ends with the stream, or when nobody takes its messages any more. A stream that stays open after
        // `exit` keeps it waiting, so it is not joined.
        thread::spawn(move || {
            let mut input = BufReader::new(input);
            loop {
                let message = match read(&mut input) {
                    Ok(Some(message)) => message,
                    Ok(None) => break,
                    Err(error) => {
                        let message = error.to_string();
                        let code = code::PARSE_ERROR;
                        let _ = sender.send(Incoming::Malformed { id: Value::Null, code, message });
                        break;
                    }
                };
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        // The client is gone when nothing can be written.
        let ended = self.serve(&messages).unwrap_or(false);
        if ended && self.phase == Phase::Shutdown { Exit::Proper } else { Exit::Early }
    }

    /// Returns when the client says `exit`, or at the end of its stream.
    fn serve(&mut self, messages: &Receiver<Incoming>) -> io::Result<bool> {
        loop {
            self.take_waiting(messages)?;
            if let Some(message) = self.queue.pop_front() {
                if matches!(&message, Incoming::Notification { method, .. } if method == "exit") {
                    return Ok(true);
                }
                self.handle(message, messages)?;
            } else if !self.analyze_next(None)? && !self.lint_next()? {
                match messages.recv() {
                    Ok(message) => self.queue.push_back(message),
                    Err(_) => return Ok(true),
                }
            }
        }
    }

    /// Queues what has come in. Requests that were cancelled meanwhile are answered at once.
    fn take_waiting(&mut self, messages: &Receiver<Incoming>) -> io::Result<()> {
        while self.queue.len() < MAX_WAITING {
            let Ok(message) = messages.try_recv() else { break };
            match message {
                Incoming::Notification { method, params } if method == "$/cancelRequest" => {
                    self.cancel(&params["id"])?;
                }
                other => self.queue.push_back(other),
            }
        }
        Ok(())
    }

    fn cancel(&mut self, cancelled: &Value) -> io::Result<bool> {
        let place = self
            .queue
            .iter()
            .position(|message| matches!(message, Incoming::Request { id, .. } if id == cancelled));
        if let Some(place) = place {
            self.queue.remove(place);
            self.out.error(cancelled, code::CANCELLED, "cancelled")?;
        }
        Ok(place.is_some())
    }

    fn handle(&mut self, message: Incoming, messages: &Receiver<Incoming>) -> io::Result<()> {
        match message {
            Incoming::Malformed { id, code, message } => self.out.error(&id, code, &message),
            // Nothing that we ask has an answer worth waiting for.
            Incoming::Response => Ok(()),
            Incoming::Request { id, method, params } => self.request(&id, &method, params, messages),
            // Requests that a cancellation may have meant are answered already.
            Incoming::Notification { method, .. } if method == "$/cancelRequest" => Ok(()),
            Incoming::Notification { method, params } => {
                if self.phase != Phase::Running {
                    return Ok(());
                }
                match guarded(|| self.notified(&method, params)) {
                    Ok(done) => done,
                    Err(reason) => self.log(&format!("`{method}` failed: {reason}")),
                }
            }
        }
    }

    fn request(
        &mut self,
        id: &Value,
        method: &str,
        params: Value,
        messages: &Receiver<Incoming>,
    ) -> io::Result<()> {
        match (method, &self.phase) {
            ("initialize", Phase::New) => {
                let (workspace, result, watches) = start::initialize(&params);
                (self.workspace, self.watches, self.phase) = (Some(workspace), watches, Phase::Running);
                return self.out.result(id, &result);
            }
            (_, Phase::New) => {
                return self.out.error(id, code::NOT_INITIALIZED, "`initialize` comes first");
            }
            (_, Phase::Shutdown) | ("initialize", _) => {
                let message = format!("`{method}` is not expected any more");
                return self.out.error(id, code::INVALID_REQUEST, &message);
            }
            ("shutdown", Phase::Running) => {
                self.phase = Phase::Shutdown;
                return self.out.result(id, &Value::Null);
            }
            (_, Phase::Running) => {}
        }
        let needs = requests::needs(method, &params);
        match &needs {
            Needs::Nothing => {}
            Needs::File(path) => {
                self.analyze_next(Some(path))?;
            }
            Needs::Everything | Needs::Lints => {
                let lints = needs == Needs::Lints;
                while self.analyze_next(None)? || (lints && self.lint_next()?) {
                    // The rest may take a while; what is not wanted any more is not done.
                    self.take_waiting(messages)?;
                    if self.take_cancellation(id) {
                        return self.out.error(id, code::CANCELLED, "cancelled");
                    }
                }
            }
        }
        let Some(workspace) = &self.workspace else { return Ok(()) };
        let answer = guarded(|| requests::answer(workspace, method, params)).unwrap_or_else(|reason| {
            Err(Problem { code: code::INTERNAL_ERROR, message: format!("`{method}` failed: {reason}") })
        });
        match answer {
            Ok(result) => self.out.result(id, &result),
            Err(problem) => self.out.error(id, problem.code, &problem.message),
        }
    }

    /// Whether the request that is being answered was cancelled.
    fn take_cancellation(&mut self, wanted: &Value) -> bool {
        let is_it = |message: &Incoming| {
            matches!(message, Incoming::Notification { method, params }
                if method == "$/cancelRequest" && params["id"] == *wanted)
        };
        let place = self.queue.iter().position(is_it);
        place.map(|place| self.queue.remove(place)).is_some()
    }

    /// Analyses one project if one has changed, that of `path` if given, and publishes what is wrong.
    /// Whether there was one.
    fn analyze_next(&mut self, path: Option<&Path>) -> io::Result<bool> {
        let Some(workspace) = &mut self.workspace else { return Ok(false) };
        let Some(index) = workspace.next_dirty(path) else { return Ok(false) };
        let had_errors = workspace.projects[index].has_errors();
        match guarded(|| workspace.analyze(index)) {
            Ok(error) => {
                let wrong = error.and_then(|error| diagnostics::of_config(workspace, &error));
                let project = &workspace.projects[index];
                let config = project.config_path();
                // Without errors before and after, only lints can differ; they come when nobody waits.
                if had_errors || project.has_errors() {
                    self.publish_project(index)?;
                }
                // A `lymph.toml` that is right again loses its mark.
                if let Some((path, list)) = wrong.map(|(path, found)| (path, vec![found])) {
                    self.publish(path, list)?;
                } else if let Some(path) = config {
                    self.publish(path, Vec::new())?;
                }
            }
            Err(reason) => {
                let project = &mut workspace.projects[index];
                (project.dirty, project.analyzed) = (false, None);
                let name = project.roots[0].display().to_string();
                self.log(&format!("analysing `{name}` failed: {reason}"))?;
            }
        }
        Ok(true)
    }

    /// Looks for the lints of one project, if some were not looked for yet, and publishes them. Whether there
    /// was one.
    fn lint_next(&mut self) -> io::Result<bool> {
        let Some(workspace) = &mut self.workspace else { return Ok(false) };
        workspace.projects.iter_mut().for_each(Project::tidy);
        let Some(index) = workspace.next_unlinted() else { return Ok(false) };
        match guarded(|| workspace.projects[index].lint()) {
            Ok(()) => self.publish_project(index)?,
            Err(reason) => self.log(&format!("looking for lints failed: {reason}"))?,
        }
        Ok(true)
    }

    fn publish_project(&mut self, index: usize) -> io::Result<()> {
        let Some(workspace) = &self.workspace else { return Ok(()) };
        let found = diagnostics::of_project(workspace, index);
        found.into_iter().try_for_each(|(path, list)| self.publish(path, list))
    }

    /// Tells what is wrong in a file, if that is news.
    fn publish(&mut self, path: PathBuf, list: Vec<lsp::Diagnostic>) -> io::Result<()> {
        let Some(workspace) = &self.workspace else { return Ok(()) };
        let open = workspace.files.open.get(&path);
        let before = self.published.get(&path).map_or(&[][..], Vec::as_slice);
        // Clients compare versions, so that an open document is told about each time.
        if open.is_none() && before == list {
            return Ok(());
        }
        let mut params = json!({ "uri": workspace.uri(&path), "diagnostics": list });
        if let Some(open) = open {
            params["version"] = open.version.into();
        }
        self.out.notify("textDocument/publishDiagnostics", &params)?;
        if list.is_empty() {
            self.published.remove(&path);
        } else {
            self.published.insert(path, list);
        }
        Ok(())
    }

    /// Takes back what was said about files that nobody knows any more.
    pub(crate) fn forget_gone(&mut self) -> io::Result<()> {
        let Some(workspace) = &self.workspace else { return Ok(()) };
        let known = |path: &PathBuf| {
            !crate::files::is_schema(path) && path.exists()
                || workspace.analyzed(path).is_some()
                || workspace.project_of(path).is_some()
        };
        let gone: Vec<PathBuf> = self.published.keys().filter(|path| !known(path)).cloned().collect();
        gone.into_iter().try_for_each(|path| self.publish(path, Vec::new()))
    }

    /// Writes a line into the client's log.
    pub(crate) fn log(&mut self, message: &str) -> io::Result<()> {
        let kind = lsp::MessageType::Error;
        self.out.notify("window/logMessage", &json!({ "type": kind, "message": message }))
    }

    /// Shows a message to the user.
    pub(crate) fn show(&mut self, message: &str) -> io::Result<()> {
        let kind = lsp::MessageType::Warning;
        self.out.notify("window/showMessage", &json!({ "type": kind, "message": message }))
    }
}

/// Runs `work`; a panic of ours must cost one answer, not the session.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // What `work` left half done is analysed anew before anything is answered from it.
    catch_unwind(AssertUnwindSafe(work)).map_err(|cause| reason(&*cause))
}

fn reason(cause: &(dyn Any + Send)) -> String {
    let text = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| cause.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_reason() {
        assert_eq!(guarded(|| 1), Ok(1));
        assert_eq!(guarded(|| -> u8 { panic!("no {}", 1) }), Err("no 1".to_owned()));
        assert_eq!(guarded(|| -> u8 { panic!("none") }), Err("none".to_owned()));
    }
}
