//! The open documents, kept in step with the editor's.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use ide::Analysis;
use serde_json::{Value, json};

use crate::positions::{Encoding, Lines};
use crate::problems;
use crate::protocol::{Failure, INVALID_PARAMS, notification};

/// One document as the editor has it.
#[derive(Debug)]
pub struct Document {
    pub uri: String,
    pub version: i64,
    pub text: String,
    pub lines: Lines,
    /// Made when it is first asked for.
    analysis: OnceCell<Analysis>,
    /// Whether its diagnostics are not told yet.
    is_dirty: bool,
}

impl Document {
    fn new(uri: &str, version: i64, text: String, encoding: Encoding) -> Document {
        let lines = Lines::new(&text, encoding);
        Document { uri: uri.to_owned(), version, text, lines, analysis: OnceCell::new(), is_dirty: true }
    }

    pub fn analysis(&self) -> &Analysis {
        self.analysis.get_or_init(|| Analysis::new(self.name(), &self.text))
    }

    /// The last part of the address.
    fn name(&self) -> &str {
        self.uri.rsplit('/').next().unwrap_or(&self.uri)
    }

    /// One change of `contentChanges`: a part, or the whole.
    fn change(&mut self, change: &Value) -> Option<()> {
        let new = change.get("text")?.as_str()?;
        match change.get("range") {
            None | Some(Value::Null) => new.clone_into(&mut self.text),
            range => {
                let range = self.lines.read_range(&self.text, range)?;
                self.text.replace_range(range, new);
            }
        }
        self.lines = Lines::new(&self.text, self.lines.encoding);
        self.analysis = OnceCell::new();
        self.is_dirty = true;
        Some(())
    }
}

#[derive(Debug, Default)]
pub struct Documents {
    open: BTreeMap<String, Document>,
    pub encoding: Encoding,
}

impl Documents {
    /// The document of `params.textDocument.uri`.
    pub fn of(&self, params: &Value) -> Result<&Document, Failure> {
        let uri = uri(params).ok_or_else(|| Failure::new(INVALID_PARAMS, "`textDocument.uri` is missing"))?;
        let failure = || Failure::new(INVALID_PARAMS, format!("the document `{uri}` is not open"));
        self.open.get(uri).ok_or_else(failure)
    }

    pub fn open(&mut self, params: &Value) {
        let item = &params["textDocument"];
        let (Some(uri), Some(text)) = (item["uri"].as_str(), item["text"].as_str()) else { return };
        let version = item["version"].as_i64().unwrap_or(0);
        self.open.insert(uri.to_owned(), Document::new(uri, version, text.to_owned(), self.encoding));
    }

    /// Changes of a document that is not open, or that cannot be read, are left out.
    pub fn change(&mut self, params: &Value) {
        let Some(document) = uri(params).and_then(|uri| self.open.get_mut(uri)) else { return };
        for change in params["contentChanges"].as_array().into_iter().flatten() {
            if document.change(change).is_none() {
                break;
            }
        }
        document.version = params["textDocument"]["version"].as_i64().unwrap_or(document.version);
    }

    /// The text as it was saved, when the client sends it.
    pub fn save(&mut self, params: &Value) {
        let Some(document) = uri(params).and_then(|uri| self.open.get_mut(uri)) else { return };
        if let Some(text) = params["text"].as_str()
            && text != document.text
        {
            document.change(&json!({"text": text}));
        }
    }

    /// The diagnostics of a closed document are taken back.
    pub fn close(&mut self, params: &Value, out: &mut Vec<Value>) {
        if let Some(document) = uri(params).and_then(|uri| self.open.remove(uri)) {
            let empty = json!({"uri": document.uri, "diagnostics": []});
            out.push(notification("textDocument/publishDiagnostics", empty));
        }
    }

    /// Tells the diagnostics of every document that has changed.
    pub fn publish(&mut self, out: &mut Vec<Value>) {
        for document in self.open.values_mut().filter(|d| d.is_dirty) {
            document.is_dirty = false;
            let params = json!({
                "uri": document.uri,
                "version": document.version,
                "diagnostics": problems::all(document),
            });
            out.push(notification("textDocument/publishDiagnostics", params));
        }
    }
}

fn uri(params: &Value) -> Option<&str> {
    params.get("textDocument")?.get("uri")?.as_str()
}
