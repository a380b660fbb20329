//! Which files to read, and what they are.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::{DataError, Kind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    GzippedCsv,
    Parquet,
    ArrowIpc,
}

const READ: &str = "CSV (also gzipped), Parquet and Arrow IPC files are read";
const EXTENSIONS: [&str; 10] =
    [".csv", ".tsv", ".csv.gz", ".tsv.gz", ".parquet", ".pq", ".arrow", ".feather", ".ipc", ".txt"];

/// The files, and those of the folders.
pub(crate) fn all_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, DataError> {
    Ok(paths.iter().map(|path| files(path)).collect::<Result<Vec<_>, _>>()?.concat())
}

/// The file itself, or the bar files of a folder in the order of their names.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>, DataError> {
    let about = std::fs::metadata(path).map_err(|e| DataError::io(path, &e))?;
    if !about.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|e| DataError::io(path, &e))? {
        let entry = entry.map_err(|e| DataError::io(path, &e))?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if EXTENSIONS.iter().any(|end| name.ends_with(end)) && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(DataError::new(Kind::NotFound, path.display(), "no bar files in this folder", READ));
    }
    Ok(files)
}

/// Told by the first bytes; the name of a file may say anything.
pub(crate) fn format(path: &Path) -> Result<Format, DataError> {
    let mut head = Vec::new();
    let file = File::open(path).map_err(|e| DataError::io(path, &e))?;
    file.take(4096).read_to_end(&mut head).map_err(|e| DataError::io(path, &e))?;
    let other = |what: &str, next: &str| DataError::new(Kind::UnknownFormat, path.display(), what, next);
    match head.as_slice() {
        [] => Err(DataError::new(Kind::Empty, path.display(), "the file is empty", "give a file with bars")),
        [b'P', b'A', b'R', b'1', ..] => Ok(Format::Parquet),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => Ok(Format::ArrowIpc),
        [0x1f, 0x8b, ..] => Ok(Format::GzippedCsv),
        [b'P', b'K', 3, 4, ..] => {
            Err(other("this is a ZIP archive", "unzip it, and give the folder of its files"))
        }
        [b'F', b'E', b'A', b'1', ..] => Err(other("this is a Feather file of the first version", READ)),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(other("this text is UTF-16", "save it as UTF-8")),
        bytes if bytes.contains(&0) => Err(other("this is neither text nor a known binary format", READ)),
        _ => Ok(Format::Csv),
    }
}

/// The name of a file as reports show it: without the folder, so that reports do not depend on the machine.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}
