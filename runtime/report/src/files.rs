//! The files of `--out DIR`: result.json, manifest.json, trades, fills and equity as CSV and Parquet, report.html.

use std::path::Path;

use data::DataError;
use data::columns::{write_csv, write_parquet};
use serde::Serialize;

use crate::manifest::Manifest;
use crate::tables::{Columns, equity, fills, trades};
use crate::{Run, html};

pub use crate::result_json::{ResultFile, SCHEMA, result_file};

/// Writes everything; files that exist are replaced.
///
/// # Errors
/// When the folder cannot be made or a file cannot be written.
pub fn write(run: &Run<'_>, folder: &Path) -> Result<(), FilesError> {
    std::fs::create_dir_all(folder).map_err(|e| FilesError::new(folder, &e))?;
    json(&folder.join("result.json"), &result_file(run))?;
    json(&folder.join("manifest.json"), &Manifest::of(run))?;
    table(folder, "trades", &trades(run))?;
    table(folder, "fills", &fills(run.result))?;
    table(folder, "equity", &equity(run.result))?;
    text(&folder.join("report.html"), &html::page(run))
}

/// A file or folder that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{place}`: {why}; choose another folder with --out")]
pub struct FilesError {
    place: String,
    why: String,
}

impl FilesError {
    fn new(path: &Path, why: &dyn std::fmt::Display) -> FilesError {
        FilesError { place: path.display().to_string(), why: why.to_string() }
    }
}

impl From<DataError> for FilesError {
    fn from(error: DataError) -> FilesError {
        FilesError { place: error.place, why: error.what }
    }
}

fn json(path: &Path, value: &impl Serialize) -> Result<(), FilesError> {
    let json = serde_json::to_string_pretty(value).map_err(|e| FilesError::new(path, &e))?;
    text(path, &(json + "\n"))
}

/// Written beside the target and renamed, so that an interruption never leaves half a file.
///
/// # Errors
/// When the file cannot be written.
pub fn text(path: &Path, text: &str) -> Result<(), FilesError> {
    let beside = path.with_extension("part");
    std::fs::write(&beside, text)
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(|e| FilesError::new(path, &e))
}

fn table(folder: &Path, name: &str, columns: &Columns) -> Result<(), FilesError> {
    write_csv(&folder.join(format!("{name}.csv")), columns)?;
    write_parquet(&folder.join(format!("{name}.parquet")), columns)?;
    Ok(())
}
