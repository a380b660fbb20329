//! The life of a session: initialize, requests and notifications, shutdown, exit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

use crate::answers::{self, Asked, Client};
use crate::documents::Documents;
use crate::host::Host;
use crate::library::Blocks;
use crate::positions::Encoding;
use crate::protocol::{
    self, Failure, INTERNAL_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, SERVER_NOT_INITIALIZED, answer, error,
};
use crate::semantic;

/// Whether the session goes on after a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    Continue,
    /// With this exit code.
    Exit(u8),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    New,
    Running,
    ShutDown,
}

/// One session. It reads and writes nothing: messages come in and go out as JSON.
#[derive(Debug)]
pub struct Server {
    state: State,
    client: Client,
    documents: Documents,
}

impl Server {
    #[must_use]
    pub fn new(host: Box<dyn Host>) -> Server {
        let documents = Documents::new(Blocks::new(host));
        Server { state: State::New, client: Client::default(), documents }
    }

    /// Answers one message; what is to be sent goes to `out`.
    pub fn handle(&mut self, message: &Value, out: &mut Vec<Value>) -> Flow {
        let id = message.get("id");
        let Some(method) = message.get("method").and_then(Value::as_str) else {
            let is_answer =
                id.is_some() && (message.get("result").is_some() || message.get("error").is_some());
            if !is_answer {
                out.push(error(&Value::Null, INVALID_REQUEST, "a message without `method`"));
            }
            return Flow::Continue;
        };
        let params = message.get("params").unwrap_or(&Value::Null);
        match id {
            Some(id) if !(id.is_string() || id.is_number()) => {
                out.push(error(&Value::Null, INVALID_REQUEST, "`id` is a number or text"));
                Flow::Continue
            }
            Some(id) => {
                let result = guarded(|| self.request(method, params));
                out.push(answer(id, result));
                Flow::Continue
            }
            None => self.notification(method, params, out),
        }
    }

    /// There is nothing to read: time for the diagnostics of a document that has changed. Whether there was one; the
    /// document that is being typed in comes first, those that use it as a block after it.
    pub fn idle(&mut self, out: &mut Vec<Value>) -> bool {
        if self.state != State::Running {
            return false;
        }
        let documents = &mut self.documents;
        let mut found = Vec::new();
        // a panic is told on stderr; the next change tries again
        let told = guarded(|| Ok(documents.publish_next(&mut found).into()));
        out.append(&mut found);
        told.is_ok_and(|told| told == Value::Bool(true))
    }

    /// What the process ends with when the client is gone.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        u8::from(self.state != State::ShutDown)
    }

    fn request(&mut self, method: &str, params: &Value) -> Result<Value, Failure> {
        match (self.state, method) {
            (State::New, "initialize") => Ok(self.initialize(params)),
            (State::New, _) => {
                Err(Failure::new(SERVER_NOT_INITIALIZED, "the first request of a session is `initialize`"))
            }
            (State::Running, "initialize") => {
                Err(Failure::new(INVALID_REQUEST, "the session is initialized already"))
            }
            (State::Running, "shutdown") => {
                self.state = State::ShutDown;
                Ok(Value::Null)
            }
            (State::ShutDown, _) => Err(Failure::new(INVALID_REQUEST, "the server is shut down")),
            (State::Running, _) => self.ask(method, params),
        }
    }

    fn ask(&self, method: &str, params: &Value) -> Result<Value, Failure> {
        let Some(handler) = answers::handler(method) else {
            return Err(Failure::new(METHOD_NOT_FOUND, format!("there is no method `{method}`")));
        };
        let (documents, document) = (&self.documents, self.documents.of(params)?);
        handler(Asked { client: self.client, documents, document, params })
    }

    fn notification(&mut self, method: &str, params: &Value, out: &mut Vec<Value>) -> Flow {
        if method == "exit" {
            return Flow::Exit(self.exit_code());
        }
        if self.state != State::Running {
            return Flow::Continue;
        }
        match method {
            "textDocument/didOpen" => self.documents.open(params),
            "textDocument/didChange" => self.documents.change(params),
            "textDocument/didSave" => self.documents.save(params),
            "textDocument/didClose" => self.documents.close(params, out),
            "workspace/didChangeWatchedFiles" => self.documents.reread_blocks(),
            "workspace/didChangeConfiguration" => self.configure(&params["settings"], out),
            "initialized" => self.watch(out),
            // the protocol lets servers ignore what they do not know
            _ => {}
        }
        Flow::Continue
    }

    /// Other folders have other blocks.
    fn configure(&mut self, settings: &Value, out: &mut Vec<Value>) {
        if self.documents.blocks.configure(settings) {
            self.documents.reread_blocks();
            self.watch(out);
        }
    }

    /// Asks the client to tell when a block file changes that it has not open.
    fn watch(&self, out: &mut Vec<Value>) {
        if !self.client.has_watchers {
            return;
        }
        let patterns = self.documents.blocks.patterns();
        let watchers: Vec<Value> = patterns.iter().map(|p| json!({"globPattern": p})).collect();
        let registration = json!({
            "id": "playc-blocks",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": {"watchers": watchers},
        });
        out.push(protocol::request(
            "playc-watch",
            "client/registerCapability",
            json!({"registrations": [registration]}),
        ));
    }

    fn initialize(&mut self, params: &Value) -> Value {
        self.state = State::Running;
        let client = &params["capabilities"];
        self.documents.encoding = Encoding::agreed(client["general"].get("positionEncodings"));
        self.client = Client::new(client);
        self.documents.blocks.initialize(params);
        json!({
            "capabilities": capabilities(self.documents.encoding),
            "serverInfo": {"name": "playc", "version": env!("CARGO_PKG_VERSION")},
        })
    }
}

fn capabilities(encoding: Encoding) -> Value {
    json!({
        "positionEncoding": encoding.name(),
        "textDocumentSync": {"openClose": true, "change": 2, "save": {"includeText": false}},
        "hoverProvider": true,
        "completionProvider": {"triggerCharacters": [".", "\"", "'", "[", "{", ",", " ", "$"]},
        "definitionProvider": true,
        "referencesProvider": true,
        "documentHighlightProvider": true,
        "documentSymbolProvider": true,
        "renameProvider": {"prepareProvider": true},
        "codeActionProvider": {"codeActionKinds": ["quickfix", "source.fixAll"]},
        "semanticTokensProvider": {"legend": semantic::legend(), "full": true, "range": true},
        "documentFormattingProvider": true,
        "inlayHintProvider": true,
    })
}

/// A bug of ours costs one answer, not the session.
fn guarded(work: impl FnOnce() -> Result<Value, Failure>) -> Result<Value, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Failure::new(INTERNAL_ERROR, "internal error of playc; please report it with the document"))
    })
}
