//! Bars from Parquet.

use std::fs::File;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::arrow_batches;
use crate::error::DataError;
use crate::guard::guarded;
use crate::header::Layout;
use crate::source;
use crate::table::Table;

const ROWS_A_BATCH: usize = 65_536;

pub(crate) fn read(path: &Path) -> Result<Table, DataError> {
    let mut table = Table::default();
    let mut found: Option<Layout> = None;
    each_batch(path, &needed_for_bars, &mut |batch| {
        if found.is_none() {
            found = Some(arrow_batches::layout(&batch.schema(), path)?);
        }
        let layout = found.as_ref().expect("it was set above");
        arrow_batches::append(&mut table, batch, layout, path)
    })?;
    table.files = vec![(source::name(path), table.rows())];
    Ok(table)
}

pub(crate) fn read_funding(path: &Path) -> Result<Vec<(i64, f64)>, DataError> {
    let mut events = Vec::new();
    each_batch(path, &|schema, _| Ok((0..schema.fields().len()).collect()), &mut |batch| {
        events.extend(arrow_batches::funding(batch, path)?);
        Ok(())
    })?;
    Ok(events)
}

type PerBatch<'a> = &'a mut dyn FnMut(&RecordBatch) -> Result<(), DataError>;
type Needed<'a> = &'a dyn Fn(&Schema, &Path) -> Result<Vec<usize>, DataError>;

/// Columns that are not read (quote volume, counts, taker volume) need no decoding.
fn needed_for_bars(schema: &Schema, path: &Path) -> Result<Vec<usize>, DataError> {
    let layout = arrow_batches::layout(schema, path)?;
    let mut needed = vec![layout.time];
    needed.extend(layout.prices);
    needed.extend(layout.volume);
    needed.extend(layout.series.iter().map(|(_, at)| *at));
    Ok(needed)
}

fn each_batch(path: &Path, needed: Needed<'_>, f: PerBatch<'_>) -> Result<(), DataError> {
    let file = File::open(path).map_err(|e| DataError::io(path, &e))?;
    guarded(|| read_batches(file, path, needed, f))
        .unwrap_or_else(|| Err(DataError::malformed(path, "Parquet", "its pages are damaged")))
}

fn read_batches(file: File, path: &Path, needed: Needed<'_>, f: PerBatch<'_>) -> Result<(), DataError> {
    let broken = |e: &dyn std::error::Error| DataError::malformed(path, "Parquet", e);
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| broken(&e))?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), needed(builder.schema(), path)?);
    let reader =
        builder.with_projection(mask).with_batch_size(ROWS_A_BATCH).build().map_err(|e| broken(&e))?;
    for batch in reader {
        f(&batch.map_err(|e| broken(&e))?)?;
    }
    Ok(())
}
