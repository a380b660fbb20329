//! `playc lsp`: the language server, and the files that it needs.

use std::io;
use std::path::{Path, PathBuf};

use ::lsp::Host;
use driver::File;
use folders::BlockFolders;

use crate::Outcome;

#[derive(clap::Args)]
#[command(
    after_help = "The server speaks the Language Server Protocol on standard input and output; an editor starts \
                        it. `docs/editors.md` says how, for VS Code, Neovim, Helix and Zed.\n\n\
                        Exit codes: 0 after `shutdown` and `exit`, 1 when the client went away without them."
)]
pub struct Args {
    /// Accepted because editors pass it; standard input and output are the only way
    #[arg(long)]
    stdio: bool,
    #[command(flatten)]
    library: BlockFolders,
}

pub fn run(args: &Args) -> Outcome {
    // both spellings mean the same
    let _ = args.stdio;
    let given = args.library.given().iter().filter_map(|folder| std::path::absolute(folder).ok()).collect();
    Outcome::Ended(::lsp::run(Box::new(Files { given })))
}

/// The block files of this machine.
#[derive(Debug)]
struct Files {
    /// `--blocks`
    given: Vec<PathBuf>,
}

impl Host for Files {
    fn search_path(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        (self.given.clone(), folders::environment())
    }

    fn read_folder(&self, folder: &Path) -> Vec<File> {
        folders::read(folder)
    }

    fn read_tree(&self, folder: &Path) -> Vec<File> {
        folders::read_tree(folder)
    }

    fn written_out(&self, standard: &File) -> Option<PathBuf> {
        write_out(&cache()?, standard).ok()
    }
}

/// Where this user keeps what can be made again.
fn cache() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let own = folder("XDG_CACHE_HOME").or_else(|| folder("LOCALAPPDATA"));
    own.or_else(|| Some(folder("HOME")?.join(".cache"))).map(|cache| cache.join("playc"))
}

/// The block as a file that cannot be edited: an edit would change nothing. Another version of the compiler has other
/// files.
fn write_out(cache: &Path, standard: &File) -> io::Result<PathBuf> {
    let folder = cache.join(format!("standard-blocks-{}", driver::ENGINE_VERSION));
    let path = folder.join(format!("{}.yml", standard.stem()));
    if std::fs::read(&path).is_ok_and(|bytes| bytes == standard.text.as_bytes()) {
        return Ok(path);
    }
    std::fs::create_dir_all(&folder)?;
    // several servers may do so at once: each puts a whole file in its place
    let draft = folder.join(format!(".{}-{}", standard.stem(), std::process::id()));
    std::fs::write(&draft, standard.text.as_bytes())?;
    let mut permissions = std::fs::metadata(&draft)?.permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&draft, permissions)?;
    std::fs::rename(&draft, &path)?;
    Ok(path)
}
