//! Reading Plays from files and from standard input.

use std::io::Read;
use std::path::Path;

/// Name and bytes of a Play; `-` is standard input. The error is a message for the user.
pub fn read(path: &Path) -> Result<(String, Vec<u8>), String> {
    let name = path.display().to_string();
    if name == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().read_to_end(&mut bytes);
        read.map_err(|e| format!("cannot read standard input: {e}"))?;
        return Ok((name, bytes));
    }
    match std::fs::read(path) {
        Ok(bytes) => Ok((name, bytes)),
        Err(e) => Err(format!("cannot read `{name}`: {e}; give the path of a Play (a .yml file)")),
    }
}
