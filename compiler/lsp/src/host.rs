//! What the server needs of the machine. Whoever starts the server reads and writes the files.

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use driver::File;

pub trait Host: Debug {
    /// Folders that come before `blocks/` beside a Play, and folders that come after.
    fn search_path(&self) -> (Vec<PathBuf>, Vec<PathBuf>);

    /// The block files of a folder by name; none where there is no such folder.
    fn read_folder(&self, folder: &Path) -> Vec<File>;

    /// The YAML files in a folder and below it, without hidden folders.
    fn read_tree(&self, folder: &Path) -> Vec<File>;

    /// A file that holds the text of a standard block, for an editor to open; `None` where none can be written.
    fn written_out(&self, standard: &File) -> Option<PathBuf>;
}
