//! What can be wrong with data: what it is, where, and what to do next.

use std::fmt;
use std::path::Path;

use crate::certificate::Certificate;

/// A failure to read, trust or write data.
#[derive(Clone, Debug)]
pub struct DataError {
    pub kind: Kind,
    /// File, and line or row or time within it where known.
    pub place: String,
    pub what: String,
    /// What the user can do about it.
    pub next: String,
    /// What had been found when the data was refused.
    pub certificate: Option<Box<Certificate>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is no such file or folder, or nothing in it.
    NotFound,
    /// The operating system refused to read or write.
    Io,
    /// The file is none of the formats that are read.
    UnknownFormat,
    /// The file is of a known format, and broken.
    Malformed,
    /// A needed column is missing, or named twice.
    Columns,
    /// A value is not a number or not a time.
    Value,
    /// No rows.
    Empty,
    /// The period of the bars cannot be told, or is not one that is supported.
    Timeframe,
    /// The rows were read, and running on them would give wrong results.
    Refused,
    /// What was asked for makes no sense (an unknown pattern, columns of different lengths).
    Usage,
}

impl DataError {
    pub(crate) fn new(
        kind: Kind,
        place: impl fmt::Display,
        what: impl Into<String>,
        next: impl Into<String>,
    ) -> DataError {
        DataError { kind, place: place.to_string(), what: what.into(), next: next.into(), certificate: None }
    }

    pub(crate) fn io(path: &Path, error: &std::io::Error) -> DataError {
        let kind = if error.kind() == std::io::ErrorKind::NotFound { Kind::NotFound } else { Kind::Io };
        let next = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path",
            std::io::ErrorKind::PermissionDenied => "check who may read and write there",
            _ => "check the disk and the path",
        };
        DataError::new(kind, path.display(), error.to_string(), next)
    }

    pub(crate) fn malformed(path: &Path, format: &str, error: impl fmt::Display) -> DataError {
        let what = format!("this is not a whole {format} file: {error}");
        DataError::new(Kind::Malformed, path.display(), what, "write or download the file again")
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)?;
        if !self.next.is_empty() {
            write!(f, "\n  help: {}", self.next)?;
        }
        Ok(())
    }
}

impl std::error::Error for DataError {}
