//! Writing Plays back to their files.

use std::io::Write;
use std::path::Path;

/// Written beside the file that is meant (a link stays a link) and renamed, so that no one ever sees half a Play.
pub fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let target = std::fs::canonicalize(path)?;
    let mut beside = target.clone().into_os_string();
    beside.push(".part");
    let permissions = std::fs::metadata(&target)?.permissions();
    let done = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    if let Err(e) = done {
        // a `.part` that was there before is not ours
        if e.kind() != std::io::ErrorKind::AlreadyExists {
            let _ = std::fs::remove_file(&beside);
        }
        return Err(e);
    }
    std::fs::set_permissions(&beside, permissions)
        .and_then(|()| std::fs::rename(&beside, &target))
        .inspect_err(|_| drop(std::fs::remove_file(&beside)))
}
