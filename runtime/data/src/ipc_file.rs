//! Bars from Arrow IPC files: mapped into memory as they are when their layout allows, converted otherwise.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::buffer::Buffer;
use arrow::datatypes::{DataType, Float64Type, Int64Type, Schema};
use arrow::ipc::convert::try_fb_to_schema;
use arrow::ipc::reader::{FileDecoder, read_footer_length};
use arrow::ipc::{Block, Footer, root_as_footer};
use bars::{Bars, Column, Series, Timeframe};
use memmap2::Mmap;

use crate::arrow_batches;
use crate::error::DataError;
use crate::guard::guarded;
use crate::header::Layout;
use crate::map::map_file;
use crate::source;
use crate::table::Table;

const FORMAT: &str = "Arrow IPC";
/// The length of the footer and the closing magic.
const TRAILER_BYTES: usize = 10;

/// An opened file: its batches still lie in the mapping.
pub(crate) struct IpcFile {
    map: Arc<Mmap>,
    batches: Vec<RecordBatch>,
    schema: Arc<Schema>,
    pub(crate) metadata: HashMap<String, String>,
}

impl IpcFile {
    pub(crate) fn open(path: &Path) -> Result<IpcFile, DataError> {
        let map = map_file(path)?;
        let decoded = guarded(|| decode(map)).unwrap_or_else(|| Err("its columns are damaged".to_owned()));
        decoded.map_err(|why| DataError::malformed(path, FORMAT, why))
    }

    pub(crate) fn table(&self, path: &Path) -> Result<Table, DataError> {
        let layout = arrow_batches::layout(&self.schema, path)?;
        let mut table = Table::default();
        for batch in &self.batches {
            arrow_batches::append(&mut table, batch, &layout, path)?;
        }
        table.files = vec![(source::name(path), table.rows())];
        Ok(table)
    }

    pub(crate) fn funding(&self, path: &Path) -> Result<Vec<(i64, f64)>, DataError> {
        let mut events = Vec::new();
        for batch in &self.batches {
            events.extend(arrow_batches::funding(batch, path)?);
        }
        Ok(events)
    }

    /// The bars in place, without copying. `None` when the file is not laid out so: one batch, times as 64-bit
    /// integers, everything else as 64-bit floats, nothing compressed, nothing null.
    pub(crate) fn mapped(&self, timeframe: Timeframe) -> Option<Bars> {
        let [batch] = self.batches.as_slice() else { return None };
        let layout = arrow_batches::layout(&self.schema, Path::new("")).ok()?;
        let Layout { time, clock: None, prices: [open, high, low, close], volume: Some(volume), series } =
            layout
        else {
            return None;
        };
        let number = |at: usize| self.float_column(batch, at);
        let series =
            series.iter().map(|(name, at)| Some(Series { name: (*name).to_owned(), values: number(*at)? }));
        Some(Bars {
            timeframe,
            open_time: self.time_column(batch, time)?,
            open: number(open)?,
            high: number(high)?,
            low: number(low)?,
            close: number(close)?,
            volume: number(volume)?,
            series: series.collect::<Option<Vec<_>>>()?,
        })
    }

    fn float_column(&self, batch: &RecordBatch, at: usize) -> Option<Column<f64>> {
        let array = batch.column(at);
        let plain = *array.data_type() == DataType::Float64 && array.null_count() == 0;
        let values = plain.then(|| array.as_primitive::<Float64Type>().values())?;
        Column::mapped(self.map.clone(), self.offset(values.as_ptr().addr())?, values.len())
    }

    fn time_column(&self, batch: &RecordBatch, at: usize) -> Option<Column<i64>> {
        let array = batch.column(at);
        let plain = *array.data_type() == DataType::Int64 && array.null_count() == 0;
        let values = plain.then(|| array.as_primitive::<Int64Type>().values())?;
        Column::mapped(self.map.clone(), self.offset(values.as_ptr().addr())?, values.len())
    }

    /// Where in the file an address lies; `None` for memory elsewhere (a decompressed or realigned buffer).
    fn offset(&self, address: usize) -> Option<usize> {
        let offset = address.checked_sub(self.map.as_ptr().addr())?;
        // The columns are read as they stand in the file, which is little-endian.
        (offset < self.map.len() && cfg!(target_endian = "little")).then_some(offset)
    }
}

/// Keeps the mapping alive for as long as a buffer looks into it.
struct Owner(Arc<Mmap>);

impl AsRef<[u8]> for Owner {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

fn decode(map: Arc<Mmap>) -> Result<IpcFile, String> {
    let buffer = Buffer::from(bytes::Bytes::from_owner(Owner(map.clone())));
    let footer = footer(&buffer)?;
    let schema = footer.schema().ok_or("it has no schema")?;
    let schema = Arc::new(try_fb_to_schema(schema).map_err(|e| e.to_string())?);
    let mut decoder = FileDecoder::new(schema.clone(), footer.version());
    let text = |e: arrow::error::ArrowError| e.to_string();
    for block in footer.dictionaries().iter().flatten() {
        decoder.read_dictionary(block, &message(&buffer, block)?).map_err(text)?;
    }
    let mut batches = Vec::new();
    for block in footer.recordBatches().iter().flatten() {
        batches.extend(decoder.read_record_batch(block, &message(&buffer, block)?).map_err(text)?);
    }
    let mut metadata: HashMap<String, String> = schema.metadata().clone().into();
    for pair in footer.custom_metadata().iter().flatten() {
        if let (Some(key), Some(value)) = (pair.key(), pair.value()) {
            metadata.insert(key.to_owned(), value.to_owned());
        }
    }
    Ok(IpcFile { map, batches, schema, metadata })
}

fn footer(buffer: &Buffer) -> Result<Footer<'_>, String> {
    let cut = "it is cut off";
    let trailer_at = buffer.len().checked_sub(TRAILER_BYTES).ok_or(cut)?;
    let trailer: [u8; TRAILER_BYTES] = buffer[trailer_at..].try_into().map_err(|_| cut)?;
    let length = read_footer_length(trailer).map_err(|_| cut)?;
    let footer_at = trailer_at.checked_sub(length).ok_or(cut)?;
    root_as_footer(&buffer[footer_at..trailer_at]).map_err(|e| e.to_string())
}

/// The bytes of one message, checked to lie within the file with all the buffers that it names: the decoder takes
/// that for granted.
fn message(buffer: &Buffer, block: &Block) -> Result<Buffer, String> {
    let outside = "a block lies outside the file";
    let part = |n: i64| usize::try_from(n).map_err(|_| outside);
    let (at, head, body) =
        (part(block.offset())?, part(block.metaDataLength().into())?, part(block.bodyLength())?);
    let length = head.checked_add(body).ok_or(outside)?;
    if at.checked_add(length).is_none_or(|end| end > buffer.len()) || head < 8 {
        return Err(outside.to_owned());
    }
    let bytes = buffer.slice_with_length(at, length);
    let skip = if bytes[..4] == [0xff; 4] { 8 } else { 4 };
    let header = arrow::ipc::root_as_message(&bytes[skip..head]).map_err(|e| e.to_string())?;
    let dictionary = header.header_as_dictionary_batch().and_then(|d| d.data());
    let batch = header.header_as_record_batch().or(dictionary).ok_or("a block holds no batch")?;
    for named in batch.buffers().iter().flatten() {
        let (start, length) = (part(named.offset())?, part(named.length())?);
        let end =
            start.checked_add(length).filter(|&end| end <= body).ok_or("a column lies outside its block")?;
        if batch.compression().is_some() {
            unpacked_is_possible(&bytes[head + start..head + end])?;
        }
    }
    Ok(bytes)
}

/// A compressed column begins with its unpacked length, which is allocated before anything is unpacked: it must be
/// in reach of the best compression there is.
fn unpacked_is_possible(packed: &[u8]) -> Result<(), String> {
    const RATIO_MAX: i64 = 100_000;
    let Some((length, _)) = packed.split_first_chunk::<8>() else { return Ok(()) };
    let most = i64::try_from(packed.len()).unwrap_or(i64::MAX).saturating_mul(RATIO_MAX);
    let possible = i64::from_le_bytes(*length) <= most;
    possible.then_some(()).ok_or_else(|| "a column claims an impossible length".to_owned())
}
