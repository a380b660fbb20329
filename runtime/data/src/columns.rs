//! Named columns as Parquet and CSV files.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::error::{DataError, Kind};
use crate::write::into_place;

/// One column; `None` and NaN are written as missing.
#[derive(Clone, Debug)]
pub enum ColumnData {
    F64(Vec<f64>),
    I64(Vec<Option<i64>>),
    Bool(Vec<Option<bool>>),
    Text(Vec<Option<String>>),
}

impl ColumnData {
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            ColumnData::F64(values) => values.len(),
            ColumnData::I64(values) => values.len(),
            ColumnData::Bool(values) => values.len(),
            ColumnData::Text(values) => values.len(),
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn array(&self) -> ArrayRef {
        match self {
            ColumnData::F64(values) => {
                Arc::new(values.iter().map(|v| (!v.is_nan()).then_some(*v)).collect::<Float64Array>())
            }
            ColumnData::I64(values) => Arc::new(Int64Array::from(values.clone())),
            ColumnData::Bool(values) => Arc::new(BooleanArray::from(values.clone())),
            ColumnData::Text(values) => Arc::new(StringArray::from_iter(values.iter().map(Option::as_deref))),
        }
    }

    /// The cell as CSV shows it: the shortest number that reads back the same, 1 and 0, empty when missing.
    fn text(&self, row: usize) -> String {
        match self {
            ColumnData::F64(values) if values[row].is_nan() => String::new(),
            ColumnData::F64(values) => values[row].to_string(),
            ColumnData::I64(values) => values[row].map_or_else(String::new, |v| v.to_string()),
            ColumnData::Bool(values) => values[row].map_or("", |v| if v { "1" } else { "0" }).to_owned(),
            ColumnData::Text(values) => values[row].clone().unwrap_or_default(),
        }
    }
}

/// Columns of one length, with their names.
pub type Table<'n> = Vec<(&'n str, ColumnData)>;

/// Writes columns of one length as Parquet (zstd).
///
/// # Errors
/// When the columns differ in length, share a name, or the file cannot be written.
pub fn write_parquet(path: &Path, columns: &[(&str, ColumnData)]) -> Result<(), DataError> {
    check(path, columns)?;
    let (schema, batch) = batch(path, columns)?;
    into_place(path, |file| {
        let mut writer = parquet_writer(path, file, schema)?;
        writer.write(&batch).map_err(|e| failed(path, &e))?;
        writer.close().map_err(|e| failed(path, &e)).map(|_| ())
    })
}

/// Writes tables with the same columns one after the other, each as a row group: only one of them is in memory. The
/// file is in place only when the last of them is written.
///
/// # Errors
/// As [`write_parquet`], and what the tables' source fails with.
pub fn write_parquet_groups<'n>(
    path: &Path,
    mut tables: impl Iterator<Item = Result<Table<'n>, DataError>>,
) -> Result<(), DataError> {
    let Some(first) = tables.next().transpose()? else {
        return Err(DataError::new(Kind::Empty, path.display(), "there is nothing to write", ""));
    };
    into_place(path, |file| {
        check(path, &first)?;
        let (schema, rows) = batch(path, &first)?;
        let mut writer = parquet_writer(path, file, schema)?;
        let mut write = |rows: &RecordBatch| {
            writer.write(rows).and_then(|()| writer.flush()).map_err(|e| failed(path, &e))
        };
        write(&rows)?;
        for table in tables {
            let table = table?;
            check(path, &table)?;
            write(&batch(path, &table)?.1)?;
        }
        writer.close().map_err(|e| failed(path, &e)).map(|_| ())
    })
}

fn batch(path: &Path, columns: &[(&str, ColumnData)]) -> Result<(Arc<Schema>, RecordBatch), DataError> {
    let arrays: Vec<ArrayRef> = columns.iter().map(|(_, data)| data.array()).collect();
    let fields: Vec<Field> =
        columns.iter().zip(&arrays).map(|((name, _), array)| field(name, array.data_type())).collect();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(|e| failed(path, &e))?;
    Ok((schema, batch))
}

fn parquet_writer<'f>(
    path: &Path,
    file: &'f std::fs::File,
    schema: Arc<Schema>,
) -> Result<ArrowWriter<&'f std::fs::File>, DataError> {
    let level = parquet::basic::ZstdLevel::try_new(3).map_err(|e| failed(path, &e))?;
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
    ArrowWriter::try_new(file, schema, Some(properties)).map_err(|e| failed(path, &e))
}

fn failed(path: &Path, e: &dyn std::error::Error) -> DataError {
    DataError::new(Kind::Io, path.display(), e.to_string(), "check the disk")
}

/// Writes columns of one length as CSV with a header.
///
/// # Errors
/// As [`write_parquet`].
pub fn write_csv(path: &Path, columns: &[(&str, ColumnData)]) -> Result<(), DataError> {
    check(path, columns)?;
    into_place(path, |file| {
        let text = csv_to(std::io::BufWriter::new(file), columns);
        text.map_err(|e| DataError::io(path, &e))
    })
}

fn csv_to(to: impl Write, columns: &[(&str, ColumnData)]) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record(columns.iter().map(|(name, _)| name))?;
    for row in 0..columns.first().map_or(0, |(_, data)| data.len()) {
        writer.write_record(columns.iter().map(|(_, data)| data.text(row)))?;
    }
    writer.flush()
}

fn field(name: &str, data_type: &DataType) -> Field {
    Field::new(name, data_type.clone(), true)
}

fn check(path: &Path, columns: &[(&str, ColumnData)]) -> Result<(), DataError> {
    let refuse = |what: String| Err(DataError::new(Kind::Usage, path.display(), what, ""));
    let rows = columns.first().map_or(0, |(_, data)| data.len());
    for (at, (name, data)) in columns.iter().enumerate() {
        if data.len() != rows {
            return refuse(format!("column {name} has {} rows, the first one {rows}", data.len()));
        }
        if columns[..at].iter().any(|(other, _)| other == name) {
            return refuse(format!("two columns are named {name}"));
        }
    }
    Ok(())
}
