//! Bars from CSV: with or without a header, comma, semicolon or tab, plain or gzipped.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use csv::ByteRecord;
use flate2::read::MultiGzDecoder;

use crate::error::{DataError, Kind};
use crate::header::{Layout, shorten};
use crate::source;
use crate::table::Table;
use crate::time::parse_time;

/// No line of bars is longer; the first one is looked for within this many bytes.
const LINE_BYTES_MAX: usize = 64 * 1024;
/// Lines of text that some vendors put before the header.
const PREAMBLE_LINES_MAX: usize = 3;

pub(crate) fn read(path: &Path, gzipped: bool) -> Result<Table, DataError> {
    let file = File::open(path).map_err(|e| DataError::io(path, &e))?;
    if gzipped { read_text(MultiGzDecoder::new(BufReader::new(file)), path) } else { read_text(file, path) }
}

/// `path` is only named in errors.
pub(crate) fn read_text(text: impl Read, path: &Path) -> Result<Table, DataError> {
    let mut rows = Rows::open(text, path)?;
    let Some(first) = rows.next_filled()? else { return Err(empty(path)) };
    let (layout, names, first_is_data) = layout(first, &mut rows)?;
    let mut table = Table::default();
    for (name, _) in &layout.series {
        table.series.insert((*name).to_owned(), Vec::new());
    }
    let mut reader = RowReader { layout, names, path, decimal_comma: rows.delimiter == b';', table };
    if let Some(record) = first_is_data {
        reader.push(&record, rows.line)?;
    }
    while rows.next()? {
        reader.push(&rows.record, rows.line)?;
    }
    let mut table = reader.table;
    if table.rows() == 0 {
        return Err(empty(path));
    }
    if table.volume.is_empty() {
        table.volume = vec![f64::NAN; table.rows()];
    }
    table.files = vec![(source::name(path), table.rows())];
    Ok(table)
}

/// Time and rate of each row of a funding file.
pub(crate) fn read_funding(path: &Path, gzipped: bool) -> Result<Vec<(i64, f64)>, DataError> {
    let file = File::open(path).map_err(|e| DataError::io(path, &e))?;
    let text: Box<dyn Read> = if gzipped { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut rows = Rows::open(text, path)?;
    let Some(header) = rows.next_filled()? else { return Err(empty(path)) };
    let names = fields(&header);
    let (time, rate) = crate::header::time_and_rate(&names, path)?;
    let mut events = Vec::new();
    while rows.next()? {
        if rows.record.iter().all(|f| f.trim_ascii().is_empty()) {
            continue;
        }
        let at = Cell { record: &rows.record, path, line: rows.line };
        events.push((at.time(time, None)?, at.number(rate, &names[rate], false)?));
    }
    Ok(events)
}

fn empty(path: &Path) -> DataError {
    DataError::new(Kind::Empty, path.display(), "there are no rows of bars", "give a file with bars")
}

/// The layout, the names of the columns, and the first row when it is data already.
fn layout<R: Read>(
    mut first: ByteRecord,
    rows: &mut Rows<'_, R>,
) -> Result<(Layout, Vec<String>, Option<ByteRecord>), DataError> {
    for _ in 0..PREAMBLE_LINES_MAX {
        if first.len() > 1 {
            break;
        }
        match rows.next_filled()? {
            Some(record) => first = record,
            None => break,
        }
    }
    let names = fields(&first);
    let shown: Vec<&str> = names.iter().map(String::as_str).collect();
    let is_data = shown.len() > 1
        && parse_time(shown[0]).is_some()
        && (shown[1].parse::<f64>().is_ok() || shown[1].contains(':'));
    if !is_data {
        return Ok((Layout::of_names(&shown, rows.path)?, names, None));
    }
    let Some(layout) = Layout::headerless(&shown) else {
        return Err(DataError::new(
            Kind::Columns,
            rows.path.display(),
            format!("there is no header, and {} columns are no known dump", shown.len()),
            "put a first line: ts,open,high,low,close,volume",
        ));
    };
    let names = (0..shown.len()).map(|i| format!("column {}", i + 1)).collect();
    Ok((layout, names, Some(first)))
}

fn fields(record: &ByteRecord) -> Vec<String> {
    record.iter().map(|f| String::from_utf8_lossy(f).trim().to_owned()).collect()
}

/// Records with the number of the line they began on.
struct Rows<'a, R> {
    reader: csv::Reader<R>,
    record: ByteRecord,
    line: u64,
    delimiter: u8,
    path: &'a Path,
}

type Whole<R> = std::io::Chain<std::io::Cursor<Vec<u8>>, R>;

impl<'a, R: Read> Rows<'a, Whole<BufReader<R>>> {
    fn open(text: R, path: &'a Path) -> Result<Rows<'a, Whole<BufReader<R>>>, DataError> {
        let mut text = BufReader::with_capacity(LINE_BYTES_MAX, text);
        let mut head = Vec::new();
        let read = (&mut text).take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut head);
        let count = read.map_err(|e| broken_text(path, &e))?;
        if count == LINE_BYTES_MAX && !head.ends_with(b"\n") {
            let what = "the first line does not end within 64 KiB: this is not a table";
            return Err(DataError::new(
                Kind::UnknownFormat,
                path.display(),
                what,
                "give CSV with one bar a line",
            ));
        }
        if head.starts_with(b"\xef\xbb\xbf") {
            head.drain(..3);
        }
        let count = |d: u8| head.iter().filter(|&&b| b == d).count();
        let delimiter = [b'\t', b';', b','].into_iter().max_by_key(|&d| count(d)).unwrap_or(b',');
        let whole = std::io::Cursor::new(head).chain(text);
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(whole);
        Ok(Rows { reader, record: ByteRecord::new(), line: 0, delimiter, path })
    }
}

impl<R: Read> Rows<'_, R> {
    fn next(&mut self) -> Result<bool, DataError> {
        let more = self.reader.read_byte_record(&mut self.record);
        let more = more.map_err(|e| broken_text(self.path, &e))?;
        self.line = self.record.position().map_or(0, csv::Position::line);
        Ok(more)
    }

    fn next_filled(&mut self) -> Result<Option<ByteRecord>, DataError> {
        while self.next()? {
            if self.record.iter().any(|f| !f.trim_ascii().is_empty()) {
                return Ok(Some(self.record.clone()));
            }
        }
        Ok(None)
    }
}

fn broken_text(path: &Path, error: &dyn std::error::Error) -> DataError {
    DataError::new(
        Kind::Malformed,
        path.display(),
        format!("the text cannot be read to its end: {error}"),
        "download or write the file again",
    )
}

struct RowReader<'a> {
    layout: Layout,
    names: Vec<String>,
    path: &'a Path,
    decimal_comma: bool,
    table: Table,
}

impl RowReader<'_> {
    fn push(&mut self, record: &ByteRecord, line: u64) -> Result<(), DataError> {
        if record.iter().all(|f| f.trim_ascii().is_empty()) || self.is_header(record) {
            return Ok(());
        }
        let cell = Cell { record, path: self.path, line };
        let time = cell.time(self.layout.time, self.layout.clock)?;
        let comma = self.decimal_comma;
        for (column, at) in self.table.prices.iter_mut().zip(self.layout.prices) {
            column.push(cell.number(at, &self.names[at], comma)?);
        }
        if let Some(at) = self.layout.volume {
            self.table.volume.push(cell.number(at, &self.names[at], comma)?);
        }
        for (values, (_, at)) in self.table.series.values_mut().zip(&self.layout.series) {
            values.push(cell.number(*at, &self.names[*at], comma)?);
        }
        self.table.time_ms.push(time);
        Ok(())
    }

    /// Dumps that were put together by hand repeat the header.
    fn is_header(&self, record: &ByteRecord) -> bool {
        record.len() == self.names.len()
            && record.iter().zip(&self.names).all(|(f, name)| f.trim_ascii() == name.as_bytes())
    }
}

/// One record, for reading values out of it.
struct Cell<'a> {
    record: &'a ByteRecord,
    path: &'a Path,
    line: u64,
}

impl Cell<'_> {
    fn time(&self, at: usize, clock: Option<usize>) -> Result<i64, DataError> {
        let text = self.text(at, "time")?;
        let time = match clock {
            None => parse_time(text),
            Some(clock) => {
                let other = self.text(clock, "time")?;
                let (date, clock) = if text.contains(':') { (other, text) } else { (text, other) };
                parse_time(&format!("{} {clock}", date.get(..10).unwrap_or(date)))
            }
        };
        time.ok_or_else(|| self.bad(format!("'{}' is not a time", shorten(text)), TIME_HELP))
    }

    fn number(&self, at: usize, name: &str, decimal_comma: bool) -> Result<f64, DataError> {
        let text = self.text(at, name)?;
        if let Ok(number) = text.parse::<f64>() {
            return Ok(number);
        }
        if text.is_empty() || ["na", "null", "none", "-"].iter().any(|n| text.eq_ignore_ascii_case(n)) {
            return Ok(f64::NAN);
        }
        let replaced = decimal_comma.then(|| text.replace(',', ".").parse().ok()).flatten();
        replaced.ok_or_else(|| {
            let what = format!("'{}' in {} is not a number", shorten(text), shorten(name));
            self.bad(what, "write numbers plainly, such as 50123.4; leave a missing one empty")
        })
    }

    fn text(&self, at: usize, name: &str) -> Result<&str, DataError> {
        let Some(field) = self.record.get(at) else {
            let what = format!(
                "the row ends after {} fields, before the one for {}",
                self.record.len(),
                shorten(name)
            );
            return Err(self.bad(what, "the file may be cut off: download or write it again"));
        };
        let text = std::str::from_utf8(field.trim_ascii());
        text.map_err(|_| self.bad(format!("{} is not UTF-8 text", shorten(name)), "save the file as UTF-8"))
    }

    fn bad(&self, what: String, next: &str) -> DataError {
        DataError::new(Kind::Value, format!("{}:{}", self.path.display(), self.line), what, next)
    }
}

const TIME_HELP: &str =
    "write ISO 8601 (2024-01-31T16:45:00Z) or seconds, milliseconds, microseconds since 1970";
