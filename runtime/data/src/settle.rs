//! From rows to bars: what is refused, dropped, filled, and certified.

use bars::{Bars, Column, Series, Timeframe};

use crate::certificate::{Certificate, Defect, DefectKind, Order};
use crate::error::{DataError, Kind};
use crate::load::Policy;
use crate::table::Table;
use crate::time::format_time;
use crate::{defects, hash, order, statistics};

/// Filling a gap never makes more bars than this: a wrong date would otherwise ask for centuries of them.
const FILLED_MAX: usize = 10_000_000;

/// What was met before the rows became bars.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub order: Order,
    pub duplicates_identical: usize,
    pub defects: Vec<Defect>,
    pub rows_bad: usize,
}

pub(crate) fn settle(
    mut table: Table,
    timeframe: Option<Timeframe>,
    policy: Policy,
) -> Result<(Bars, Certificate), DataError> {
    let place = table.files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    let rows_read = table.rows();
    if rows_read == 0 {
        return Err(DataError::new(Kind::Empty, place, "there are no rows of bars", "give a file with bars"));
    }
    let timeframe = match timeframe {
        Some(timeframe) => timeframe,
        None => order::detect_timeframe(&table, &place)?,
    };
    let (defects, bad) = defects::scan(&table, timeframe);
    let mut findings = Findings { defects, ..Findings::default() };
    let hint = misaligned_hint(&table, timeframe, &findings);
    order::arrange(&mut table, bad.as_deref(), &mut findings);
    let files = table.files.iter().map(|(name, _)| name.clone()).collect();
    let mut bars = bars(table, timeframe);
    let mut certificate = Certificate { files, rows_read, ..certify(&bars) };
    certificate.order = findings.order;
    certificate.duplicates_identical = findings.duplicates_identical;
    certificate.defects = findings.defects;
    if let Some(why) = refusal(&certificate, policy) {
        let next = hint.unwrap_or_else(|| match policy {
            Policy::Skip => "give data with at least one good row".to_owned(),
            _ => "correct the data, or use the policy skip, which leaves these rows out and counts them"
                .to_owned(),
        });
        let mut error = DataError::new(Kind::Refused, place, why, next);
        error.certificate = Some(Box::new(certificate));
        return Err(error);
    }
    certificate.rows_dropped = findings.rows_bad;
    if policy == Policy::Flat && certificate.gaps.count > 0 {
        if certificate.gaps.bars_missing > FILLED_MAX {
            let what = format!("{} bars are missing, too many to fill", certificate.gaps.bars_missing);
            let next = "check the first and last times of the files";
            return Err(DataError::new(Kind::Refused, place, what, next));
        }
        certificate.bars_filled = certificate.gaps.bars_missing;
        bars = fill(&bars);
        describe(&mut certificate, &bars);
    }
    Ok((bars, certificate))
}

/// Everything that the bars alone tell.
pub(crate) fn certify(bars: &Bars) -> Certificate {
    let mut certificate = Certificate {
        gaps: statistics::gaps(bars),
        jumps: statistics::jumps(bars),
        rows_read: bars.len(),
        ..Certificate::default()
    };
    describe(&mut certificate, bars);
    certificate
}

/// The fields that change when bars are filled.
pub(crate) fn describe(certificate: &mut Certificate, bars: &Bars) {
    certificate.content_hash = hash::content(bars);
    certificate.timeframe = bars.timeframe.to_string();
    certificate.rows = bars.len();
    certificate.first_open_ms = bars.open_time.first().copied().unwrap_or(0);
    certificate.last_close_ms = bars.open_time.last().map_or(0, |t| t + bars.timeframe.ms());
    (certificate.zero_volume_share, certificate.volume_missing) = statistics::volume(bars);
    certificate.tick_size = statistics::tick_size(bars);
    certificate.series = statistics::series(bars);
}

/// Why the data is not run on under this policy.
fn refusal(found: &Certificate, policy: Policy) -> Option<String> {
    let mut reasons = Vec::new();
    if policy != Policy::Skip {
        for defect in &found.defects {
            let times = if defect.kind == DefectKind::ConflictingDuplicate { "times" } else { "rows" };
            let first = defect.places.first();
            let first = first.map(|p| format!(", first {} ({}): {}", p.row, format_time(p.time_ms), p.what));
            let words = defect.kind.words();
            reasons.push(format!("{} {times} with {words}{}", defect.rows, first.unwrap_or_default()));
        }
    }
    if policy == Policy::Reject {
        if found.order != Order::Sorted {
            reasons.push("rows that are not in order of time".to_owned());
        }
        if found.duplicates_identical > 0 {
            reasons.push(format!("{} repeated rows", found.duplicates_identical));
        }
        if found.gaps.count > 0 {
            let (count, missing) = (found.gaps.count, found.gaps.bars_missing);
            reasons.push(format!("{count} gaps with {missing} bars missing"));
        }
    }
    if reasons.is_empty() && found.rows == 0 {
        reasons.push("not one row that can be used".to_owned());
    }
    (!reasons.is_empty()).then(|| format!("the data has {}", reasons.join("; ")))
}

/// When most rows are misaligned, the reason is one and can be guessed.
fn misaligned_hint(table: &Table, timeframe: Timeframe, findings: &Findings) -> Option<String> {
    let defect = findings.defects.iter().find(|d| d.kind == DefectKind::Misaligned)?;
    if defect.rows * 2 < table.rows() {
        return None;
    }
    let aligned_after = |ms: i64| {
        table.time_ms.iter().filter(|&&t| timeframe.open_of(t + ms) == t + ms).count() * 2 > table.rows()
    };
    if aligned_after(1) || aligned_after(1_000) {
        return Some(
            "these are closing times: give the column of opening times, named ts or open_time".to_owned(),
        );
    }
    let same_offset = table.time_ms.windows(2).all(|t| (t[1] - t[0]) % timeframe.ms() == 0);
    Some(if same_offset {
        format!("bars of {timeframe} are counted from 00:00 UTC (weeks from Monday): export the data in UTC")
    } else {
        format!("check that the bars really are of {timeframe}")
    })
}

fn bars(table: Table, timeframe: Timeframe) -> Bars {
    let [open, high, low, close] = table.prices.map(Column::from);
    let series =
        table.series.into_iter().map(|(name, values)| Series { name, values: values.into() }).collect();
    Bars {
        timeframe,
        open_time: table.time_ms.into(),
        open,
        high,
        low,
        close,
        volume: table.volume.into(),
        series,
    }
}

/// Missing bars become flat ones at the close before, without volume. Other series keep what was known, but
/// liquidations, which count what happened within a bar, are none.
fn fill(bars: &Bars) -> Bars {
    let period = bars.timeframe.ms();
    let mut time = Vec::with_capacity(bars.len());
    // For each new bar the old one it is or follows, and whether it is filled in.
    let mut source: Vec<(usize, bool)> = Vec::with_capacity(bars.len());
    for (bar, &open) in bars.open_time.iter().enumerate() {
        while let Some(&last) = time.last().filter(|&&last| last + period < open) {
            time.push(last + period);
            source.push((bar - 1, true));
        }
        time.push(open);
        source.push((bar, false));
    }
    let column = |own: &Column<f64>, filled: &dyn Fn(usize) -> f64| -> Column<f64> {
        source.iter().map(|&(bar, made)| if made { filled(bar) } else { own[bar] }).collect::<Vec<_>>().into()
    };
    let price = |own: &Column<f64>| column(own, &|bar| bars.close[bar]);
    let known =
        |s: &Series| column(&s.values, &|bar| if s.name == "liquidations" { 0.0 } else { s.values[bar] });
    Bars {
        timeframe: bars.timeframe,
        open: price(&bars.open),
        high: price(&bars.high),
        low: price(&bars.low),
        close: price(&bars.close),
        volume: column(&bars.volume, &|_| 0.0),
        series: bars.series.iter().map(|s| Series { name: s.name.clone(), values: known(s) }).collect(),
        open_time: time.into(),
    }
}
