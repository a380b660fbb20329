//! Bars from Arrow record batches, whatever the types of their columns.

use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Float64Type, Int64Type, Schema, TimeUnit};

use crate::error::{DataError, Kind};
use crate::header::{Layout, shorten};
use crate::table::Table;
use crate::time::{parse_time, time_of_float, time_of_number};

/// Adds the batch's rows to the table. `layout` counts the columns of the batch.
pub(crate) fn append(
    table: &mut Table,
    batch: &RecordBatch,
    layout: &Layout,
    path: &Path,
) -> Result<(), DataError> {
    let before = table.rows();
    append_times(&mut table.time_ms, batch.column(layout.time), before, path)?;
    for (values, &at) in table.prices.iter_mut().zip(&layout.prices) {
        append_numbers(values, batch, at, path)?;
    }
    match layout.volume {
        Some(at) => append_numbers(&mut table.volume, batch, at, path)?,
        None => table.volume.resize(before + batch.num_rows(), f64::NAN),
    }
    for (name, at) in &layout.series {
        append_numbers(table.series.entry((*name).to_owned()).or_default(), batch, *at, path)?;
    }
    Ok(())
}

pub(crate) fn layout(schema: &Schema, path: &Path) -> Result<Layout, DataError> {
    let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    Layout::of_names(&names, path)
}

/// Time and rate of each row of a batch of funding payments.
pub(crate) fn funding(batch: &RecordBatch, path: &Path) -> Result<Vec<(i64, f64)>, DataError> {
    let names: Vec<String> = batch.schema().fields().iter().map(|f| f.name().clone()).collect();
    let (time, rate) = crate::header::time_and_rate(&names, path)?;
    let (mut times, mut rates) = (Vec::new(), Vec::new());
    append_times(&mut times, batch.column(time), 0, path)?;
    append_numbers(&mut rates, batch, rate, path)?;
    Ok(times.into_iter().zip(rates).collect())
}

fn append_numbers(
    values: &mut Vec<f64>,
    batch: &RecordBatch,
    at: usize,
    path: &Path,
) -> Result<(), DataError> {
    let column = batch.column(at);
    let numbers = convert(column, &DataType::Float64).map_err(|why| {
        let schema = batch.schema();
        let name = shorten(schema.field(at).name());
        let what = format!("column {name} ({}) does not hold numbers: {why}", column.data_type());
        DataError::new(Kind::Value, path.display(), what, "write it as 64-bit floats")
    })?;
    let numbers = numbers.as_primitive::<Float64Type>();
    if numbers.null_count() == 0 {
        values.extend_from_slice(numbers.values());
    } else {
        values.extend(numbers.iter().map(|v| v.unwrap_or(f64::NAN)));
    }
    Ok(())
}

fn append_times(
    times: &mut Vec<i64>,
    column: &ArrayRef,
    before: usize,
    path: &Path,
) -> Result<(), DataError> {
    let bad = |row: usize, what: String| {
        let next = "write the opening time as a timestamp, or as milliseconds since 1970";
        DataError::new(Kind::Value, format!("{} row {}", path.display(), before + row + 1), what, next)
    };
    let not_times = |why: String| bad(0, format!("the time column ({}) {why}", column.data_type()));
    let read = |row: usize| -> Option<i64> {
        match column.data_type() {
            DataType::Float64 => time_of_float(column.as_primitive::<Float64Type>().value(row)),
            DataType::Int64 => time_of_number(column.as_primitive::<Int64Type>().value(row)),
            _ => parse_time(column.as_string::<i32>().value(row)),
        }
    };
    let wanted = match column.data_type() {
        DataType::Timestamp(_, _) | DataType::Date32 | DataType::Date64 => {
            let utc = DataType::Timestamp(TimeUnit::Millisecond, None);
            let stamps = convert(&without_zone(column).map_err(not_times)?, &utc).map_err(not_times)?;
            let stamps = convert(&stamps, &DataType::Int64).map_err(not_times)?;
            let stamps = stamps.as_primitive::<Int64Type>();
            if let Some(row) = (0..stamps.len()).find(|&r| stamps.is_null(r)) {
                return Err(bad(row, "the time is missing".to_owned()));
            }
            times.extend_from_slice(stamps.values());
            return Ok(());
        }
        t if t.is_integer() => DataType::Int64,
        t if t.is_numeric() => DataType::Float64,
        _ => DataType::Utf8,
    };
    if wanted != *column.data_type() {
        let converted = convert(column, &wanted).map_err(not_times)?;
        return append_times(times, &converted, before, path);
    }
    for row in 0..column.len() {
        let time = if column.is_null(row) { None } else { read(row) };
        times.push(time.ok_or_else(|| bad(row, "the time is missing, or is no time".to_owned()))?);
    }
    Ok(())
}

/// A zone is only a way of printing: the numbers are UTC already.
fn without_zone(column: &ArrayRef) -> Result<ArrayRef, String> {
    match column.data_type() {
        DataType::Timestamp(unit, Some(_)) => {
            let plain = column.to_data().into_builder().data_type(DataType::Timestamp(*unit, None));
            Ok(arrow::array::make_array(plain.build().map_err(|e| e.to_string())?))
        }
        _ => Ok(column.clone()),
    }
}

fn convert(column: &ArrayRef, to: &DataType) -> Result<ArrayRef, String> {
    // Not "safe": text that is no number is an error, not a missing value.
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(column, to, &options).map_err(|e| e.to_string())
}
