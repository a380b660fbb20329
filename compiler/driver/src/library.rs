//! Where block files are looked for. The folders are named here; hosts read them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::File;

/// The folder of blocks beside a Play.
pub const FOLDER: &str = "blocks";

/// The folders of a Play's search path, nearest first: those that were given, `blocks/` beside the Play and in each
/// folder above it, those of the environment. `play` is an absolute path; without one nothing is beside it.
#[must_use]
pub fn folders(given: &[PathBuf], play: Option<&Path>, environment: &[PathBuf]) -> Vec<PathBuf> {
    let above = play.into_iter().flat_map(|play| play.ancestors().skip(1)).map(|folder| folder.join(FOLDER));
    let mut all: Vec<PathBuf> = Vec::new();
    for folder in given.iter().cloned().chain(above).chain(environment.iter().cloned()) {
        if !all.contains(&folder) {
            all.push(folder);
        }
    }
    all
}

/// Whether a file of such a folder holds a block.
#[must_use]
pub fn is_block(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "yml" || e == "yaml")
}

/// A block file as a host read it. What is not UTF-8 is kept so that the block can be found, and refused.
#[must_use]
pub fn file(path: &Path, bytes: &[u8]) -> File {
    File { name: path.display().to_string(), text: Arc::from(String::from_utf8_lossy(bytes).as_ref()) }
}
