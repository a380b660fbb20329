//! Which column of a file is which.

use std::path::Path;

use crate::error::{DataError, Kind};

/// Names of series beside the bars that are kept, with the spellings that are understood (letters and digits only).
const SERIES: [(&str, &[&str]); 5] = [
    ("funding_rate", &["fundingrate"]),
    ("index_price", &["indexprice"]),
    ("liquidations", &["liquidations", "liquidation"]),
    ("mark_price", &["markprice"]),
    ("open_interest", &["openinterest", "oi"]),
];

/// Spellings in order of preference: letters and digits only, small.
const TIME: &[&str] = &[
    "opentime",
    "openingtime",
    "opentimems",
    "opentimestamp",
    "starttime",
    "startat",
    "candlebegintime",
    "start",
    "ts",
    "tsms",
    "timestamp",
    "timestampms",
    "time",
    "datetime",
    "dateandtime",
    "t",
    "unix",
    "unixtime",
    "unixtimestamp",
    "date",
    "gmttime",
    "localtime",
];
const OPEN: &[&str] = &["open", "openprice", "priceopen", "o"];
const HIGH: &[&str] = &["high", "highprice", "pricehigh", "h"];
const LOW: &[&str] = &["low", "lowprice", "pricelow", "l"];
const CLOSE: &[&str] = &["close", "closeprice", "priceclose", "c"];
const VOLUME: &[&str] =
    &["volume", "vol", "basevolume", "volumebase", "v", "amount", "tickvol", "tickvolume"];

/// Where the needed columns stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub time: usize,
    /// The clock in a column of its own beside the date.
    pub clock: Option<usize>,
    pub prices: [usize; 4],
    pub volume: Option<usize>,
    /// Sorted by name.
    pub series: Vec<(&'static str, usize)>,
}

impl Layout {
    /// Finds the columns by their names.
    pub(crate) fn of_names<S: AsRef<str>>(names: &[S], path: &Path) -> Result<Layout, DataError> {
        let names: Vec<&str> = names.iter().map(|n| n.as_ref().trim()).collect();
        let mut missing = Vec::new();
        let mut find = |what: &'static str, spellings: &[&str]| -> Result<usize, DataError> {
            let found = best(&names, spellings, path)?;
            if found.is_none() {
                missing.push(what);
            }
            Ok(found.unwrap_or(0))
        };
        let time = find("opening time", TIME)?;
        let prices = [find("open", OPEN)?, find("high", HIGH)?, find("low", LOW)?, find("close", CLOSE)?];
        if !missing.is_empty() {
            let shown = names.iter().take(20).map(|n| shorten(n)).collect::<Vec<_>>().join(", ");
            return Err(DataError::new(
                Kind::Columns,
                path.display(),
                format!("no column for {}; the columns are: {shown}", missing.join(", ")),
                "name the columns ts, open, high, low, close, volume (ts is the opening time)",
            ));
        }
        let mut series = Vec::new();
        for (name, spellings) in SERIES {
            if let Some(at) = best(&names, spellings, path)? {
                series.push((name, at));
            }
        }
        let volume = match best(&names, VOLUME, path)? {
            Some(at) => Some(at),
            // "Volume BTC", "Volume USDT": the base currency comes first.
            None => names.iter().position(|n| key(n).starts_with("volume")),
        };
        Ok(Layout { time, clock: clock_beside_date(&names, time), prices, volume, series })
    }

    /// The usual dumps without a header, told by their number of columns and their first row.
    pub(crate) fn headerless(first_row: &[&str]) -> Option<Layout> {
        let date_alone = first_row.first()?.len() <= 10 && first_row[0].contains(['.', '-', '/']);
        if date_alone && first_row.len() >= 6 && first_row[1].contains(':') {
            let volume = (first_row.len() > 6).then_some(6);
            return Some(Layout {
                time: 0,
                clock: Some(1),
                prices: [2, 3, 4, 5],
                volume,
                series: Vec::new(),
            });
        }
        let volume = (first_row.len() > 5).then_some(5);
        let usual = matches!(first_row.len(), 5..=8 | 11 | 12);
        usual.then(|| Layout { time: 0, clock: None, prices: [1, 2, 3, 4], volume, series: Vec::new() })
    }
}

/// Finds a time column and a rate column, as in a file of funding payments.
pub(crate) fn time_and_rate<S: AsRef<str>>(names: &[S], path: &Path) -> Result<(usize, usize), DataError> {
    const FUNDING_TIME: &[&str] = &["fundingtime", "fundingratetimestamp", "calctime", "settlementtime"];
    const RATE: &[&str] = &["fundingrate", "lastfundingrate", "rate"];
    let names: Vec<&str> = names.iter().map(|n| n.as_ref().trim()).collect();
    let time = match best(&names, FUNDING_TIME, path)? {
        Some(at) => Some(at),
        None => best(&names, TIME, path)?,
    };
    match (time, best(&names, RATE, path)?) {
        (Some(time), Some(rate)) => Ok((time, rate)),
        _ => Err(DataError::new(
            Kind::Columns,
            path.display(),
            format!("a funding file needs a time and a rate; the columns are: {}", names.join(", ")),
            "name the columns ts and rate",
        )),
    }
}

/// The column whose name stands first in `spellings`; an error when two columns have that very name.
fn best(names: &[&str], spellings: &[&str], path: &Path) -> Result<Option<usize>, DataError> {
    for spelling in spellings {
        let mut at = (0..names.len()).filter(|&i| key(names[i]) == *spelling);
        let Some(first) = at.next() else { continue };
        let Some(second) = at.next() else { return Ok(Some(first)) };
        // Exchanges abbreviate with both cases: t opens, T closes; v base, V taker volume.
        let small = |i: usize| names[i].chars().all(|c| !c.is_uppercase());
        if spelling.len() == 1 && small(first) != small(second) {
            return Ok(Some(if small(first) { first } else { second }));
        }
        return Err(DataError::new(
            Kind::Columns,
            path.display(),
            format!("two columns are named {}", shorten(names[first])),
            "rename or remove one of them",
        ));
    }
    Ok(None)
}

/// Letters and digits, small: `<Open Time>` and `open_time` are the same.
fn key(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The column of the clock, when date and time of day stand in two columns.
fn clock_beside_date(names: &[&str], time: usize) -> Option<usize> {
    let at = |wanted: &str| names.iter().position(|n| key(n) == wanted);
    let (date, clock) = (at("date")?, at("time")?);
    (time == date || time == clock).then_some(if time == clock { date } else { clock })
}

pub(crate) fn shorten(text: &str) -> String {
    if text.chars().count() <= 40 {
        return text.to_owned();
    }
    text.chars().take(40).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Layout;

    fn layout(names: &str) -> Option<(usize, [usize; 4], Option<usize>)> {
        let names: Vec<&str> = names.split(',').collect();
        Layout::of_names(&names, Path::new("x.csv")).ok().map(|l| (l.time, l.prices, l.volume))
    }

    #[test]
    fn knows_common_headers() {
        let plain = Some((0, [1, 2, 3, 4], Some(5)));
        assert_eq!(layout("ts,open,high,low,close,volume"), plain);
        assert_eq!(layout("Date,Open,High,Low,Close,Volume"), plain);
        assert_eq!(layout("<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>"), plain);
        assert_eq!(layout("open_time,open,high,low,close,volume,close_time,quote_volume,count"), plain);
        assert_eq!(layout("t,o,h,l,c,v,T,q,n,V,Q,B"), plain);
        assert_eq!(layout("startTime,openPrice,highPrice,lowPrice,closePrice,volume,turnover"), plain);
        assert_eq!(layout("start_at,symbol,period,open,high,low,close"), Some((0, [3, 4, 5, 6], None)));
        assert_eq!(
            layout("unix,date,symbol,open,high,low,close,Volume BTC,Volume USDT"),
            Some((0, [3, 4, 5, 6], Some(7)))
        );
        assert_eq!(layout("open,high,low,close"), None);
        assert_eq!(layout("ts,open,open,high,low,close"), None);
        assert_eq!(layout("close_time,open,high,low,close"), None);
    }

    #[test]
    fn finds_series_and_a_clock_beside_the_date() {
        let names = ["ts", "open", "high", "low", "close", "mark_price", "Funding Rate"];
        let layout = Layout::of_names(&names, Path::new("x")).expect("a layout");
        assert_eq!(layout.series, [("funding_rate", 6), ("mark_price", 5)]);
        let names = ["<DATE>", "<TIME>", "<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>", "<TICKVOL>"];
        let layout = Layout::of_names(&names, Path::new("x")).expect("a layout");
        assert_eq!((layout.time, layout.clock), (1, Some(0)));
    }
}
