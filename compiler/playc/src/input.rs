//! Reading Plays from files and from standard input.

use std::io::Read;
use std::path::Path;

/// The text of a Play; `-` is standard input. The error is a message for the user.
pub fn read(path: &Path) -> Result<(String, String), String> {
    let name = path.display().to_string();
    let mut bytes = Vec::new();
    if name == "-" {
        let read = std::io::stdin().read_to_end(&mut bytes);
        read.map_err(|e| format!("cannot read standard input: {e}"))?;
    } else {
        bytes = std::fs::read(path)
            .map_err(|e| format!("cannot read `{name}`: {e}; give the path of a Play (a .yml file)"))?;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok((name, text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            Err(format!("`{name}` is not UTF-8 text (first bad byte at offset {at}); save it as UTF-8"))
        }
    }
}
