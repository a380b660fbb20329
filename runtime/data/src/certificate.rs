//! What was found in the data of a run: enough to know it again, and to know what it lacks.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::format_time;

/// Findings and content hash of loaded bars.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// Names without folders, in the order read.
    pub files: Vec<String>,
    /// BLAKE3 of the bars that a run sees (after sorting, dropping and filling), hexadecimal.
    pub content_hash: String,
    /// The period of the bars, such as `1m`.
    pub timeframe: String,
    pub rows: usize,
    pub first_open_ms: i64,
    pub last_close_ms: i64,
    pub rows_read: usize,
    pub order: Order,
    /// Rows that repeat another row exactly; one of each is kept.
    pub duplicates_identical: usize,
    /// Rows that cannot be right, by kind; kinds without any are absent.
    pub defects: Vec<Defect>,
    pub gaps: Gaps,
    pub jumps: Jumps,
    /// Of the bars kept, 0 to 1; bars with unknown volume do not count.
    pub zero_volume_share: f64,
    pub volume_missing: usize,
    /// The largest step that all prices looked at are multiples of.
    pub tick_size: Option<f64>,
    /// Names of the further series, with the number of bars that lack a value.
    pub series: Vec<SeriesNote>,
    pub rows_dropped: usize,
    pub bars_filled: usize,
    pub notes: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    #[default]
    Sorted,
    /// Newest first, as some exchanges answer; turned round.
    Reversed,
    /// Sorted here.
    Unsorted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefectKind {
    NotFinite,
    NotPositive,
    OhlcViolation,
    NegativeVolume,
    Misaligned,
    ConflictingDuplicate,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Defect {
    pub kind: DefectKind,
    pub rows: usize,
    /// The first few.
    pub places: Vec<Place>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub row: String,
    pub time_ms: i64,
    pub what: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Gaps {
    pub count: usize,
    pub bars_missing: usize,
    /// The largest few, largest first.
    pub largest: Vec<Gap>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// The opening time of the first bar that is missing.
    pub from_ms: i64,
    /// The opening time of the next bar that is there.
    pub to_ms: i64,
    pub bars: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Jumps {
    pub count: usize,
    /// A change from close to close beyond this counts, in percent.
    pub threshold_pct: f64,
    /// The largest few, largest first.
    pub largest: Vec<Jump>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Jump {
    pub open_ms: i64,
    pub change_pct: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesNote {
    pub name: String,
    pub missing: usize,
}

impl DefectKind {
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            DefectKind::NotFinite => "missing or infinite prices",
            DefectKind::NotPositive => "prices of zero or below",
            DefectKind::OhlcViolation => "high or low that do not enclose open and close",
            DefectKind::NegativeVolume => "negative volume",
            DefectKind::Misaligned => "opening times that no bar of this period has",
            DefectKind::ConflictingDuplicate => "different bars for one time",
        }
    }
}

impl Certificate {
    #[must_use]
    pub fn defect(&self, kind: DefectKind) -> Option<&Defect> {
        self.defects.iter().find(|d| d.kind == kind)
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "files         {}", self.files.join(", "))?;
        let (from, to) = (format_time(self.first_open_ms), format_time(self.last_close_ms));
        writeln!(f, "bars          {} of {}, {from} to {to}", self.rows, self.timeframe)?;
        writeln!(f, "content hash  {}", self.content_hash)?;
        match self.order {
            Order::Sorted => {}
            Order::Reversed => writeln!(f, "order         newest first; turned round")?,
            Order::Unsorted => writeln!(f, "order         unsorted; sorted by time")?,
        }
        if self.duplicates_identical > 0 {
            writeln!(f, "duplicates    {} identical rows; one of each kept", self.duplicates_identical)?;
        }
        for defect in &self.defects {
            writeln!(f, "DEFECT        {} rows with {}", defect.rows, defect.kind.words())?;
            for place in &defect.places {
                writeln!(f, "              {} ({}): {}", place.row, format_time(place.time_ms), place.what)?;
            }
        }
        self.fmt_shape(f)?;
        for note in &self.notes {
            writeln!(f, "note          {note}")?;
        }
        Ok(())
    }
}

impl Certificate {
    fn fmt_shape(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.gaps.count == 0 {
            writeln!(f, "gaps          none")?;
        } else {
            writeln!(f, "gaps          {}, {} bars missing", self.gaps.count, self.gaps.bars_missing)?;
        }
        for gap in &self.gaps.largest {
            let (from, to) = (format_time(gap.from_ms), format_time(gap.to_ms));
            writeln!(f, "              {from} to {to}: {} bars", gap.bars)?;
        }
        if self.jumps.count > 0 {
            writeln!(f, "jumps         {} beyond {:.2}% a bar", self.jumps.count, self.jumps.threshold_pct)?;
        }
        for jump in &self.jumps.largest {
            writeln!(f, "              {}: {:+.2}%", format_time(jump.open_ms), jump.change_pct)?;
        }
        if self.zero_volume_share > 0.0 {
            writeln!(f, "zero volume   {:.2}% of the bars", self.zero_volume_share * 100.0)?;
        }
        if self.volume_missing > 0 {
            writeln!(f, "volume        unknown for {} bars", self.volume_missing)?;
        }
        if let Some(tick) = self.tick_size {
            writeln!(f, "tick size     {tick} (guessed from the prices)")?;
        }
        for series in &self.series {
            writeln!(f, "series        {}, missing for {} bars", series.name, series.missing)?;
        }
        if self.rows_dropped > 0 {
            writeln!(f, "dropped       {} rows (policy skip)", self.rows_dropped)?;
        }
        if self.bars_filled > 0 {
            writeln!(f, "filled        {} bars at the close before (policy flat)", self.bars_filled)?;
        }
        Ok(())
    }
}
