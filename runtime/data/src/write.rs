//! Bars as files: CSV, Parquet, or Arrow IPC that is mapped when read back.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::ipc::MetadataVersion;
use arrow::ipc::writer::{FileWriter, IpcWriteOptions};
use bars::Bars;

use crate::certificate::Certificate;
use crate::columns::{self, ColumnData};
use crate::error::{DataError, Kind};
use crate::{hash, settle};

/// Keys of an Arrow file's metadata.
pub(crate) const CERTIFICATE_KEY: &str = "bars.certificate";
pub(crate) const SPOTS_KEY: &str = "bars.spots";
/// Columns begin on a cache line.
const ALIGNMENT: usize = 64;

/// Writes bars in the format that the file's extension names (`csv`, `parquet`, `arrow`). An Arrow file carries the
/// certificate of its bars, and is mapped without copying when it is loaded.
///
/// # Errors
/// When the extension is none of these, or the file cannot be written.
pub fn write_bars(path: &Path, bars: &Bars) -> Result<(), DataError> {
    write_noted(path, bars, &[])
}

/// As [`write_bars`]; the notes go into the certificate of an Arrow file. [`origin_notes`] makes them for bars that
/// were loaded from files with faults.
///
/// # Errors
/// As [`write_bars`].
pub fn write_noted(path: &Path, bars: &Bars, notes: &[String]) -> Result<(), DataError> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match extension.as_str() {
        "csv" => columns::write_csv(path, &named(bars)),
        "parquet" | "pq" => columns::write_parquet(path, &named(bars)),
        "arrow" | "ipc" | "feather" => write_arrow(path, bars, notes),
        _ => Err(DataError::new(
            Kind::Usage,
            path.display(),
            "the ending of the name says no format that is written",
            "end the name in .csv, .parquet or .arrow",
        )),
    }
}

/// What a file made from loaded bars should say of where they came from, so that nothing left out or filled in is
/// forgotten on the way.
#[must_use]
pub fn origin_notes(source: &Certificate) -> Vec<String> {
    let mut notes = source.notes.clone();
    notes.push(format!(
        "made from {} ({} rows, {})",
        source.files.join(", "),
        source.rows_read,
        source.timeframe
    ));
    for (count, what) in [
        (source.rows_dropped, "bad rows left out"),
        (source.duplicates_identical, "repeated rows left out"),
        (source.bars_filled, "missing bars filled in flat"),
    ] {
        if count > 0 {
            notes.push(format!("{count} {what} on the way"));
        }
    }
    notes
}

fn named(bars: &Bars) -> Vec<(&str, ColumnData)> {
    let mut columns = vec![("ts", ColumnData::I64(bars.open_time.iter().map(|&t| Some(t)).collect()))];
    columns.extend(numbers(bars).map(|(name, values)| (name, ColumnData::F64(values.to_vec()))));
    columns
}

fn numbers(bars: &Bars) -> impl Iterator<Item = (&str, &[f64])> {
    let plain = [
        ("open", &bars.open),
        ("high", &bars.high),
        ("low", &bars.low),
        ("close", &bars.close),
        ("volume", &bars.volume),
    ];
    plain
        .into_iter()
        .chain(bars.series.iter().map(|s| (s.name.as_str(), &s.values)))
        .map(|(n, c)| (n, &c[..]))
}

fn write_arrow(path: &Path, bars: &Bars, notes: &[String]) -> Result<(), DataError> {
    write_certified(path, bars, &Certificate { notes: notes.to_vec(), ..settle::certify(bars) }, None)
}

/// Key of an entry of a file's metadata, and its value for the certificate's text.
pub(crate) type Further<'f> = (&'f str, &'f dyn Fn(&str) -> String);

/// As an Arrow file that carries this certificate, and a further entry of its metadata made from its text.
pub(crate) fn write_certified(
    path: &Path,
    bars: &Bars,
    certificate: &Certificate,
    further: Option<Further<'_>>,
) -> Result<(), DataError> {
    let failed =
        |e: &dyn std::error::Error| DataError::new(Kind::Io, path.display(), e.to_string(), "check the disk");
    let json = serde_json::to_string(certificate).map_err(|e| failed(&e))?;
    let mut fields = vec![Field::new("ts", DataType::Int64, false)];
    let mut arrays: Vec<ArrayRef> =
        vec![Arc::new(Int64Array::from_iter_values(bars.open_time.iter().copied()))];
    for (name, values) in numbers(bars) {
        fields.push(Field::new(name, DataType::Float64, false));
        arrays.push(Arc::new(Float64Array::from_iter_values(values.iter().copied())));
    }
    let further = further.map(|(key, of)| (key.to_owned(), of(&json)));
    let own = [(CERTIFICATE_KEY.to_owned(), json), (SPOTS_KEY.to_owned(), hash::spots(bars))];
    let metadata: HashMap<String, String> = own.into_iter().chain(further).collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
    let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(|e| failed(&e))?;
    into_place(path, |file| {
        let options =
            IpcWriteOptions::try_new(ALIGNMENT, false, MetadataVersion::V5).map_err(|e| failed(&e))?;
        let mut writer = FileWriter::try_new_with_options(file, &schema, options).map_err(|e| failed(&e))?;
        writer.write(&batch).map_err(|e| failed(&e))?;
        writer.finish().map_err(|e| failed(&e))
    })
}

/// Writes beside the wanted place and renames: a reader, or a mapping of the file before, never sees half a file.
pub(crate) fn into_place(
    path: &Path,
    write: impl FnOnce(&File) -> Result<(), DataError>,
) -> Result<(), DataError> {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(".partial");
    let partial = path.with_file_name(name);
    let file = File::create(&partial).map_err(|e| unwritable(path, &e))?;
    let written =
        write(&file).and_then(|()| std::fs::rename(&partial, path).map_err(|e| DataError::io(path, &e)));
    if written.is_err() {
        // The first failure is the one to tell; a left-over file does no harm.
        let _ = std::fs::remove_file(&partial);
    }
    written
}

/// The reader of a message knows the path they gave, not the one beside it.
fn unwritable(path: &Path, error: &std::io::Error) -> DataError {
    let what = format!("cannot be written: {error}");
    DataError::new(Kind::Usage, path.display(), what, "choose another place")
}
