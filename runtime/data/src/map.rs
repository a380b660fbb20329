//! Files in memory without reading them. The only unsafe code of this crate.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use memmap2::Mmap;

use crate::error::DataError;

/// The bytes of a file, without reading them. An empty file cannot be mapped.
///
/// # Errors
/// When the file cannot be opened or mapped.
pub fn map_file(path: &Path) -> Result<Arc<Mmap>, DataError> {
    let file = File::open(path).map_err(|e| DataError::io(path, &e))?;
    // SAFETY: a mapping is sound while nobody changes the file under it. Writers here put files in place by renaming
    // a finished one, so that a mapped file stays as it is; a file that another program truncates while it is in use
    // ends the process with SIGBUS, as with every program that maps files.
    #[allow(
        unsafe_code,
        reason = "mapping a file cannot be expressed safely, and copying it costs the fast path"
    )]
    let map = unsafe { Mmap::map(&file) };
    map.map(Arc::new).map_err(|e| DataError::io(path, &e))
}
