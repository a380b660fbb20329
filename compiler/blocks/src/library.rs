//! The block files that a Play may use.

use std::sync::Arc;

use diagnostics::{SourceId, Span, Spanned};
use syntax::ast::Use;

use crate::registry::Registry;
use crate::standard;

/// One block file.
#[derive(Clone, Debug)]
pub struct File {
    /// The path as it is shown.
    pub name: String,
    pub text: Arc<str>,
}

/// Folders of block files, nearest first. The standard blocks are always there, last.
#[derive(Clone, Debug)]
pub struct Library {
    pub(crate) folders: Vec<Vec<File>>,
}

/// How a standard block's file is shown: it is part of the compiler.
const STANDARD: &str = "<standard>/";

impl Default for Library {
    fn default() -> Library {
        Library::new(Vec::new())
    }
}

impl Library {
    /// The files of each folder on the search path, and the standard blocks.
    #[must_use]
    pub fn new(mut folders: Vec<Vec<File>>) -> Library {
        folders.push(Library::standard().collect());
        Library { folders }
    }

    /// The same library with a folder that comes before all others.
    #[must_use]
    pub fn with_nearest(&self, folder: Vec<File>) -> Library {
        let mut folders = vec![folder];
        folders.extend(self.folders.iter().cloned());
        Library { folders }
    }

    /// All files, the nearest folder first.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.folders.iter().flatten()
    }

    /// The file that `use: NAME`, with `version` or without, means; none where that is an error.
    #[must_use]
    pub fn find(&self, name: &str, version: Option<u32>) -> Option<&File> {
        let span = Span::default();
        let block = Use {
            name: Spanned::new(name.to_owned(), span),
            version: version.map(|version| Spanned::new(version, span)),
            side: None,
            with: Vec::new(),
            span,
        };
        let mut registry = Registry::new(self, SourceId::default());
        let found = registry.find(&block, &mut Vec::new())?;
        Some(registry.text(found.id))
    }

    /// The same library with another text for the file of this name, where it has one.
    #[must_use]
    pub fn with_text(&self, name: &str, text: &str) -> Library {
        let mut library = self.clone();
        for file in library.folders.iter_mut().flatten().filter(|f| f.name == name) {
            file.text = Arc::from(text);
        }
        library
    }

    /// The blocks that come with the compiler, by name.
    pub fn standard() -> impl Iterator<Item = File> {
        standard::FILES
            .iter()
            .map(|(name, text)| File { name: format!("{STANDARD}{name}.yml"), text: Arc::from(*text) })
    }
}

impl File {
    /// Whether it is part of the compiler, and no file that could be opened.
    #[must_use]
    pub fn is_standard(&self) -> bool {
        self.name.starts_with(STANDARD)
    }

    /// The name of the file without folders and ending.
    #[must_use]
    pub fn stem(&self) -> &str {
        let file = self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name);
        file.rsplit_once('.').map_or(file, |(stem, _)| stem)
    }
}
