//! The block files that a Play may use.

use std::sync::Arc;

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

    /// The blocks that come with the compiler, by name.
    pub fn standard() -> impl Iterator<Item = File> {
        standard::FILES
            .iter()
            .map(|(name, text)| File { name: format!("{STANDARD}{name}.yml"), text: Arc::from(*text) })
    }
}

impl File {
    /// The name of the file without folders and ending.
    #[must_use]
    pub fn stem(&self) -> &str {
        let file = self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name);
        file.rsplit_once('.').map_or(file, |(stem, _)| stem)
    }
}
