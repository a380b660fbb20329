//! Reads the block files of a Play's search path, for the binaries: `--blocks`, the folders above, `PLAY_BLOCKS`.
//!
//! Takes the path of a Play. Gives the options that it is compiled with. Never compiles, and never fails on a block.

#![allow(clippy::disallowed_methods, reason = "only binaries use it: it reads files and the environment")]

use std::path::{Path, PathBuf};

use driver::{File, Library, Options, library};

/// Folders that may hold blocks.
#[derive(clap::Args)]
pub struct BlockFolders {
    /// A folder of block files that comes before `blocks/` beside the Play; may be given several times
    #[arg(long, value_name = "DIR")]
    blocks: Vec<PathBuf>,
}

impl BlockFolders {
    pub fn given(&self) -> &[PathBuf] {
        &self.blocks
    }

    /// Everything that the Play may use. The error is a message for the user.
    pub fn options(&self, play: &Path) -> Result<Options, String> {
        for folder in &self.blocks {
            if let Err(e) = std::fs::read_dir(folder) {
                let name = folder.display();
                return Err(format!("cannot read `{name}`: {e}; --blocks takes a folder of block files"));
            }
        }
        let play = std::path::absolute(play).ok();
        let folders = library::folders(&self.blocks, play.as_deref(), &environment());
        let folders = folders.iter().map(|folder| read(folder)).collect();
        Ok(Options { blocks: Library::new(folders), ..Options::default() })
    }
}

/// The folders of `PLAY_BLOCKS`.
pub fn environment() -> Vec<PathBuf> {
    std::env::var_os("PLAY_BLOCKS").iter().flat_map(std::env::split_paths).collect()
}

/// The block files of a folder by name; none where there is no such folder.
pub fn read(folder: &Path) -> Vec<File> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|e| e.path()).filter(|p| library::is_block(p)).collect();
    paths.sort();
    paths.iter().filter_map(|path| Some(library::file(path, &std::fs::read(path).ok()?))).collect()
}

/// The YAML files in a folder and below it; hidden folders, links and what is no UTF-8 are left out.
pub fn read_tree(folder: &Path) -> Vec<File> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !is_hidden => folders.push(path),
                Ok(kind) if kind.is_file() && library::is_block(&path) => {
                    let text = std::fs::read_to_string(&path).ok();
                    files.extend(text.map(|text| library::file(&path, text.as_bytes())));
                }
                _ => {}
            }
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}
