//! The open documents, kept in step with the editor's.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use driver::Options;
use ide::{Analysis, Elsewhere};
use serde_json::{Value, json};

use crate::library::Blocks;
use crate::positions::{Encoding, Lines};
use crate::problems;
use crate::protocol::{Failure, INVALID_PARAMS, notification};
use crate::uri;

/// One document as the editor has it.
#[derive(Debug)]
pub struct Document {
    pub uri: String,
    pub version: i64,
    pub text: String,
    pub lines: Lines,
    /// None of one that is no file.
    pub path: Option<PathBuf>,
    /// Where its blocks are looked for.
    folders: Vec<PathBuf>,
    options: Options,
    /// Made when it is first asked for.
    analysis: OnceCell<Analysis>,
    /// Whether its diagnostics are not told yet.
    is_dirty: bool,
}

impl Document {
    fn new(uri: &str, version: i64, text: String, encoding: Encoding) -> Document {
        let lines = Lines::new(&text, encoding);
        Document {
            uri: uri.to_owned(),
            version,
            text,
            lines,
            path: uri::path(uri),
            folders: Vec::new(),
            options: Options::default(),
            analysis: OnceCell::new(),
            is_dirty: true,
        }
    }

    pub fn analysis(&self) -> &Analysis {
        self.analysis.get_or_init(|| Analysis::new(&self.name(), &self.text, &self.options))
    }

    /// Its path, as block files have it; else the last part of its address.
    pub fn name(&self) -> String {
        match &self.path {
            Some(path) => path.display().to_string(),
            None => self.uri.rsplit(['/', ':']).next().unwrap_or(&self.uri).to_owned(),
        }
    }

    fn is_in(&self, folders: &[PathBuf]) -> bool {
        let folder = self.path.as_ref().and_then(|path| path.parent());
        folder.is_some_and(|folder| folders.iter().any(|f| f == folder))
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
        self.outdate();
        Some(())
    }

    fn outdate(&mut self) {
        self.analysis = OnceCell::new();
        self.is_dirty = true;
    }
}

#[derive(Debug)]
pub struct Documents {
    open: BTreeMap<String, Document>,
    /// The one that was changed last: its diagnostics are awaited.
    current: String,
    pub encoding: Encoding,
    pub blocks: Blocks,
}

impl Documents {
    pub fn new(blocks: Blocks) -> Documents {
        Documents { open: BTreeMap::new(), current: String::new(), encoding: Encoding::default(), blocks }
    }

    /// The document of `params.textDocument.uri`.
    pub fn of(&self, params: &Value) -> Result<&Document, Failure> {
        let uri = uri(params).ok_or_else(|| Failure::new(INVALID_PARAMS, "`textDocument.uri` is missing"))?;
        let failure = || Failure::new(INVALID_PARAMS, format!("the document `{uri}` is not open"));
        self.open.get(uri).ok_or_else(failure)
    }

    /// In the order of their addresses.
    pub fn all(&self) -> impl Iterator<Item = &Document> {
        self.open.values()
    }

    pub fn open(&mut self, params: &Value) {
        let item = &params["textDocument"];
        let (Some(uri), Some(text)) = (item["uri"].as_str(), item["text"].as_str()) else { return };
        let version = item["version"].as_i64().unwrap_or(0);
        self.open.insert(uri.to_owned(), Document::new(uri, version, text.to_owned(), self.encoding));
        self.blocks.forget();
        self.changed(uri);
    }

    /// Changes of a document that is not open, or that cannot be read, are left out.
    pub fn change(&mut self, params: &Value) {
        let Some(uri) = uri(params) else { return };
        let Some(document) = self.open.get_mut(uri) else { return };
        for change in params["contentChanges"].as_array().into_iter().flatten() {
            if document.change(change).is_none() {
                break;
            }
        }
        document.version = params["textDocument"]["version"].as_i64().unwrap_or(document.version);
        self.changed(uri);
    }

    /// The text as it was saved, when the client sends it.
    pub fn save(&mut self, params: &Value) {
        let Some(uri) = uri(params) else { return };
        let Some(document) = self.open.get_mut(uri) else { return };
        if let Some(text) = params["text"].as_str()
            && text != document.text
        {
            document.change(&json!({"text": text}));
        }
        self.blocks.forget();
        self.changed(uri);
    }

    /// The diagnostics of a closed document are taken back; what is on the disk counts again.
    pub fn close(&mut self, params: &Value, out: &mut Vec<Value>) {
        if let Some(document) = uri(params).and_then(|uri| self.open.remove(uri)) {
            let empty = json!({"uri": document.uri, "diagnostics": []});
            out.push(notification("textDocument/publishDiagnostics", empty));
            self.blocks.forget();
            self.refresh(|d| document.is_in(&d.folders));
        }
    }

    /// Files on the disk have changed, or where they are looked for.
    pub fn reread_blocks(&mut self) {
        self.blocks.forget();
        for document in self.open.values_mut() {
            document.folders = self.blocks.folders(document.path.as_deref());
        }
        self.refresh(|_| true);
    }

    /// The document has another text: also for those that look for blocks in its folder.
    fn changed(&mut self, uri: &str) {
        uri.clone_into(&mut self.current);
        let Some(document) = self.open.get_mut(uri) else { return };
        if document.folders.is_empty() {
            document.folders = self.blocks.folders(document.path.as_deref());
        }
        let Some(folder) = document.path.as_ref().and_then(|p| p.parent()).map(PathBuf::from) else {
            return self.refresh(|d| d.uri == uri);
        };
        self.refresh(|d| d.uri == uri || d.folders.contains(&folder));
    }

    /// Looks at the blocks of these documents again.
    fn refresh(&mut self, is_meant: impl Fn(&Document) -> bool) {
        let texts: Vec<(PathBuf, Arc<str>)> = self
            .open
            .values()
            .filter(|d| self.open.values().any(|other| d.is_in(&other.folders)))
            .filter_map(|d| Some((d.path.clone()?, Arc::from(d.text.as_str()))))
            .collect();
        for document in self.open.values_mut().filter(|d| is_meant(d)) {
            document.options = self.blocks.options(&document.folders, &texts);
            document.outdate();
        }
    }

    /// Tells the diagnostics of one document that has changed. Whether there was one.
    pub fn publish_next(&mut self, out: &mut Vec<Value>) -> bool {
        let is_current = self.open.get(&self.current).is_some_and(|d| d.is_dirty);
        let next = if is_current { Some(&self.current) } else { None };
        let next = next.or_else(|| self.open.iter().find(|(_, d)| d.is_dirty).map(|(uri, _)| uri)).cloned();
        let Some(uri) = next else { return false };
        if let Some(document) = self.open.get_mut(&uri) {
            document.is_dirty = false;
        }
        let Some(document) = self.open.get(&uri) else { return false };
        let params = json!({
            "uri": document.uri,
            "version": document.version,
            "diagnostics": problems::all(self, document),
        });
        out.push(notification("textDocument/publishDiagnostics", params));
        true
    }

    /// A place in a block file, in the protocol's form.
    pub fn location(&self, place: &Elsewhere) -> Option<Value> {
        let uri = self.blocks.uri(&place.name, &place.text)?;
        let lines = Lines::new(&place.text, self.encoding);
        Some(json!({"uri": uri, "range": lines.range(&place.text, &place.range)}))
    }
}

fn uri(params: &Value) -> Option<&str> {
    params.get("textDocument")?.get("uri")?.as_str()
}
