//! The blocks that each document may use: those of the folders on its search path, as the editor has them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use driver::{File, Library, Options, library};
use serde_json::Value;

use crate::host::Host;
use crate::uri;

#[derive(Debug)]
pub struct Blocks {
    pub host: Box<dyn Host>,
    /// From the settings of the editor.
    configured: Vec<PathBuf>,
    /// Folders that the editor has open.
    roots: Vec<PathBuf>,
    /// As they were read; forgotten when a file in one of them changes.
    read: BTreeMap<PathBuf, Vec<File>>,
}

impl Blocks {
    pub fn new(host: Box<dyn Host>) -> Blocks {
        Blocks { host, configured: Vec::new(), roots: Vec::new(), read: BTreeMap::new() }
    }

    /// The folders that the editor has open, and its settings.
    pub fn initialize(&mut self, params: &Value) {
        let folders = params["workspaceFolders"].as_array().into_iter().flatten();
        self.roots = folders.filter_map(|f| uri::path(f["uri"].as_str()?)).collect();
        if let (true, Some(root)) = (self.roots.is_empty(), params["rootUri"].as_str().and_then(uri::path)) {
            self.roots.push(root);
        }
        self.configure(&params["initializationOptions"]);
    }

    /// `{"blocks": [..]}`, by itself or under `playc`: folders, relative to those that are open. Whether that is new.
    pub fn configure(&mut self, settings: &Value) -> bool {
        let of = |settings: &Value| settings.get("blocks").and_then(Value::as_array).cloned();
        let Some(folders) = of(&settings["playc"]).or_else(|| of(settings)) else { return false };
        let mut all = Vec::new();
        for folder in folders.iter().filter_map(Value::as_str).map(Path::new) {
            if folder.is_absolute() {
                all.push(folder.to_owned());
            } else {
                all.extend(self.roots.iter().map(|root| root.join(folder)));
            }
        }
        let is_new = all != self.configured;
        self.configured = all;
        is_new
    }

    /// The search path of a document. One without a path lies in the folders that are open.
    pub fn folders(&self, document: Option<&Path>) -> Vec<PathBuf> {
        let (before, after) = self.host.search_path();
        let given: Vec<PathBuf> = self.configured.iter().cloned().chain(before).collect();
        let open = self.roots.iter().map(|root| root.join(library::FOLDER));
        let after: Vec<PathBuf> = open.chain(after).collect();
        library::folders(&given, document, &after)
    }

    /// `open`: the block files that the editor has open, saved or not.
    pub fn options(&mut self, folders: &[PathBuf], open: &[(PathBuf, Arc<str>)]) -> Options {
        for folder in folders {
            let host = &self.host;
            self.read.entry(folder.clone()).or_insert_with(|| host.read_folder(folder));
        }
        self.seen(folders, open)
    }

    /// The same, without keeping what had to be read for it.
    pub fn seen(&self, folders: &[PathBuf], open: &[(PathBuf, Arc<str>)]) -> Options {
        let mut all = Vec::with_capacity(folders.len());
        for folder in folders {
            let mut files = self.read.get(folder).cloned().unwrap_or_else(|| self.host.read_folder(folder));
            for (path, text) in open.iter().filter(|(path, _)| path.parent() == Some(folder.as_path())) {
                let name = path.display().to_string();
                match files.iter_mut().find(|f| f.name == name) {
                    Some(file) => file.text = text.clone(),
                    None if library::is_block(path) => files.push(File { name, text: text.clone() }),
                    None => {}
                }
            }
            all.push(files);
        }
        Options { blocks: Library::new(all), ..Options::default() }
    }

    /// Every YAML file in the folders that the editor has open.
    pub fn files_of_roots(&self) -> Vec<File> {
        let mut files: Vec<File> = self.roots.iter().flat_map(|root| self.host.read_tree(root)).collect();
        // one folder may lie in another
        files.sort_by(|a, b| a.name.cmp(&b.name));
        files.dedup_by(|b, a| a.name == b.name);
        files
    }

    /// Some file may be another one now.
    pub fn forget(&mut self) {
        self.read.clear();
    }

    /// Patterns of the files whose changes matter.
    pub fn patterns(&self) -> Vec<String> {
        let pattern = |folder: &str| format!("{folder}/*.{{yml,yaml}}");
        let (before, after) = self.host.search_path();
        let named = self.configured.iter().chain(&before).chain(&after);
        let mut all = vec![pattern(&format!("**/{}", library::FOLDER))];
        all.extend(named.map(|folder| pattern(&folder.display().to_string())));
        all
    }

    /// The address of a file of the library; standard blocks are written out for that.
    pub fn uri(&self, name: &str, text: &Arc<str>) -> Option<String> {
        let file = File { name: name.to_owned(), text: text.clone() };
        if file.is_standard() {
            return self.host.written_out(&file).map(|path| uri::of(&path));
        }
        Some(uri::of(Path::new(name)))
    }
}
