//! From bytecode back to the Play's text.

use serde::{Deserialize, Serialize};

/// A place in the Play: byte range, and line and column from 1 of its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub start: u32,
    pub end: u32,
    pub line: u32,
    pub col: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debug {
    /// The Play's file name, without folders.
    pub file: String,
    /// For each market section, a place for each op.
    pub market: Vec<Vec<Place>>,
    /// The same for the position sections.
    pub position: Vec<Vec<Place>>,
}
