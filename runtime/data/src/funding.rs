//! Funding payments of perpetuals: events at settlement times.

use std::path::Path;

use bars::{Bars, Series, as_of};
use serde::{Deserialize, Serialize};

use crate::error::{DataError, Kind};
use crate::ipc_file::IpcFile;
use crate::source::{self, Format};
use crate::time::format_time;
use crate::{csv_file, parquet_file};

/// At `time_ms` a long position pays `rate` of its value to the short side (or gets it, when negative).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Funding {
    pub time_ms: i64,
    /// As a fraction: 0.0001 is 0.01 %.
    pub rate: f64,
}

/// Exchanges stamp settlements some milliseconds late; what lies this close after a minute is at the minute.
const LATE_MS_MAX: i64 = 1_000;
const MINUTE_MS: i64 = 60_000;
/// No exchange lets a rate go beyond a few percent: beyond this the file is in percent.
const RATE_MAX: f64 = 0.1;

/// Reads a file of settlements, CSV, Parquet or Arrow, with a column of times and one of rates.
///
/// # Errors
/// When it cannot be read, two rates stand for one time, or a rate cannot be one.
pub fn read(path: &Path) -> Result<Vec<Funding>, DataError> {
    let rows = match source::format(path)? {
        Format::Csv => csv_file::read_funding(path, false)?,
        Format::GzippedCsv => csv_file::read_funding(path, true)?,
        Format::Parquet => parquet_file::read_funding(path)?,
        Format::ArrowIpc => IpcFile::open(path)?.funding(path)?,
    };
    let refuse = |time: i64, what: String, next: &str| {
        DataError::new(Kind::Refused, format!("{} at {}", path.display(), format_time(time)), what, next)
    };
    let mut events: Vec<Funding> = Vec::with_capacity(rows.len());
    for (time, rate) in rows {
        if !rate.is_finite() || rate.abs() > RATE_MAX {
            let next = "give rates as fractions: 0.0001 for 0.01 %";
            return Err(refuse(time, format!("a funding rate of {rate} is not possible"), next));
        }
        let late = time.rem_euclid(MINUTE_MS);
        events.push(Funding { time_ms: if late < LATE_MS_MAX { time - late } else { time }, rate });
    }
    events.sort_by_key(|e| e.time_ms);
    events.dedup();
    if let Some(pair) = events.windows(2).find(|pair| pair[0].time_ms == pair[1].time_ms) {
        let what = format!("two rates for one time: {} and {}", pair[0].rate, pair[1].rate);
        return Err(refuse(pair[0].time_ms, what, "remove one of them"));
    }
    Ok(events)
}

/// The settlements at multiples of the interval, each at the rate that the bar closing then carries.
#[must_use]
pub fn from_series(bars: &Bars, interval_ms: i64) -> Vec<Funding> {
    let Some(rates) = bars.series("funding_rate") else { return Vec::new() };
    if interval_ms <= 0 {
        return Vec::new();
    }
    (0..bars.len())
        .map(|bar| Funding { time_ms: bars.close_time_ms(bar), rate: rates[bar] })
        .filter(|event| event.time_ms % interval_ms == 0 && event.rate.is_finite())
        .collect()
}

/// Adds the series `funding_rate`: for each bar the rate last settled when it closes.
pub(crate) fn add_series(bars: &mut Bars, funding: &[Funding]) {
    let times: Vec<i64> = funding.iter().map(|f| f.time_ms).collect();
    let closes: Vec<i64> = (0..bars.len()).map(|bar| bars.close_time_ms(bar)).collect();
    let rate = |at: Option<usize>| at.map_or(f64::NAN, |at| funding[at].rate);
    let values: Vec<f64> = as_of(&times, &closes).into_iter().map(rate).collect();
    bars.series.push(Series { name: "funding_rate".to_owned(), values: values.into() });
    bars.series.sort_by(|a, b| a.name.cmp(&b.name));
}

/// What the certificate says about funding.
pub(crate) fn note(bars: &Bars, funding: &[Funding], from_file: bool) -> Option<String> {
    let (first, end) = (*bars.open_time.first()?, bars.close_time_ms(bars.len() - 1));
    let within = funding.iter().filter(|f| f.time_ms >= first && f.time_ms <= end).count();
    match (from_file, funding.first(), funding.last()) {
        (true, Some(a), Some(z)) => {
            let (a, z) = (format_time(a.time_ms), format_time(z.time_ms));
            Some(format!("funding: {within} settlements within the bars, of a file from {a} to {z}"))
        }
        (true, _, _) => Some("funding: the file has no rows".to_owned()),
        (false, Some(_), _) => {
            Some(format!("funding: {within} settlements, read off the funding_rate series"))
        }
        (false, None, _) => None,
    }
}
