//! How a command can end, and with which exit code.

use data::{DataError, Kind};
use engine::EngineError;

/// The exit code of what Ctrl-C ended.
pub const INTERRUPTED: u8 = 6;

/// Why a command did not end well.
pub enum Failure {
    /// Diagnostics were printed already.
    Play,
    Usage(String),
    Data(String),
    /// The run is over before its data, by the Play's own limits; the report was written.
    Stopped,
    /// The reader of our output went away, as in `playvm disasm X | head`: no failure.
    ReaderGone,
    /// Ctrl-C; what was done is kept as the message says.
    Interrupted(String),
    Internal(String),
}

impl Failure {
    pub fn code(&self) -> u8 {
        match self {
            Failure::Play => 1,
            Failure::Usage(_) => 2,
            Failure::Data(_) => 3,
            Failure::Stopped => 4,
            Failure::ReaderGone => 0,
            Failure::Interrupted(_) => INTERRUPTED,
            Failure::Internal(_) => 5,
        }
    }

    pub fn message(&self) -> Option<&str> {
        match self {
            Failure::Usage(message)
            | Failure::Data(message)
            | Failure::Interrupted(message)
            | Failure::Internal(message) => Some(message),
            Failure::Play | Failure::Stopped | Failure::ReaderGone => None,
        }
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Failure {
        match error.kind {
            Kind::Usage => Failure::Usage(error.to_string()),
            _ => Failure::Data(error.to_string()),
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        match error {
            EngineError::Program(_) => Failure::Usage(error.to_string()),
            EngineError::DataTooCoarse { .. }
            | EngineError::NotMultiple { .. }
            | EngineError::MissingSeries { .. }
            | EngineError::UnevenColumns { .. } => Failure::Data(error.to_string()),
            EngineError::NoSuchClock { .. }
            | EngineError::OutOfOrder { .. }
            | EngineError::SeriesCount { .. }
            | EngineError::Snapshot => Failure::Internal(error.to_string()),
        }
    }
}

/// Writing to standard output.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::ReaderGone,
            _ => Failure::Internal(format!("cannot write to standard output: {error}")),
        }
    }
}
