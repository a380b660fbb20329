//! The data of the price chart and of the table of trades: candles, overlays and trades as compact JSON.

use backtest::Trade;
use bars::Bars;
use serde::{Serialize, Serializer};
use stdlib::Unit;

use super::histogram::result_pct;
use crate::trade_figures::REASONS;
use crate::{Overlay, Run, words};

/// More candles than this are drawn as fewer, longer ones.
pub const CANDLES_MAX: usize = 20_000;
/// Numbers of candles and overlays together; Plays with many columns get longer candles.
const NUMBERS_MAX: usize = 400_000;
/// Factors that give periods people know, such as 15 for 1m.
const FACTORS: [i64; 20] = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 60, 90, 120, 180, 240, 360, 720, 1440];

/// A number as short as it gets: whole ones without a point, missing ones as null.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            v if !v.is_finite() => to.serialize_none(),
            v if v.fract() == 0.0 && v.abs() < 1e15 => to.serialize_i64(v as i64),
            v => to.serialize_f64(v),
        }
    }
}

#[derive(Debug, Serialize)]
pub struct Chart {
    /// Of one candle, ms.
    pub period: i64,
    /// Bars of the Play in a candle.
    pub factor: i64,
    pub start: i64,
    /// From each candle's opening to the next one's, in periods; 1 but for gaps.
    pub steps: Vec<i64>,
    pub open: Vec<Number>,
    pub high: Vec<Number>,
    pub low: Vec<Number>,
    pub close: Vec<Number>,
    pub overlays: Vec<Drawn>,
    /// Decimals of prices.
    pub digits: usize,
    /// What was evaluated, ms.
    pub from: i64,
    pub to: i64,
    pub reasons: Vec<&'static str>,
    pub trades: Vec<Row>,
}

#[derive(Debug, Serialize)]
pub struct Drawn {
    pub name: String,
    /// Empty over the price; else the same for all that share a pane.
    pub pane: String,
    /// Jumps from value to value instead of sloping.
    pub step: bool,
    pub values: Vec<Number>,
}

/// id, side (1 long, -1 short), entry ms, entry price, exit ms, exit price, reason (number in `reasons`), quantity,
/// net result, result in percent, fees, bars held, stop, final stop, target, further exits (ms, price)
#[derive(Debug, Serialize)]
#[allow(
    clippy::type_complexity,
    reason = "a row of the table above, short on purpose: there may be thousands"
)]
pub struct Row(
    u32,
    i8,
    i64,
    Number,
    i64,
    Number,
    usize,
    Number,
    Number,
    Number,
    Number,
    u32,
    Number,
    Number,
    Number,
    Vec<(i64, Number)>,
);

impl Chart {
    #[must_use]
    pub fn of(run: &Run<'_>) -> Chart {
        let bars = run.exec_bars;
        let shown: Vec<&Overlay> = run.columns.iter().filter(|o| drawable(o, bars.len())).collect();
        let most = (NUMBERS_MAX / (5 + shown.len())).clamp(1_000, CANDLES_MAX);
        let factor = factor(bars, most);
        let period = bars.timeframe.ms() * factor;
        let groups = groups(bars, period);
        let opens: Vec<i64> =
            groups.iter().map(|g| bars.open_time[g.0].div_euclid(period) * period).collect();
        let of = |pick: &dyn Fn(usize, usize) -> f64| groups.iter().map(|g| Number(pick(g.0, g.1))).collect();
        let most_of = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let least_of = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
        Chart {
            period,
            factor,
            start: opens.first().copied().unwrap_or(0),
            steps: opens.windows(2).map(|w| (w[1] - w[0]) / period).collect(),
            open: of(&|first, _| bars.open[first]),
            high: of(&|first, end| most_of(&bars.high[first..end])),
            low: of(&|first, end| least_of(&bars.low[first..end])),
            close: of(&|_, end| bars.close[end - 1]),
            overlays: shown.iter().map(|o| drawn(o, &groups)).collect(),
            digits: digits(run),
            from: run.result.span.from_ms,
            to: run.result.span.to_ms,
            reasons: REASONS.iter().map(|r| r.as_str()).collect(),
            trades: run.result.trades.iter().map(|t| row(run, t)).collect(),
        }
    }

    /// What the reader must know about the drawing; empty when every bar is a candle.
    #[must_use]
    pub fn note(&self, run: &Run<'_>) -> String {
        if self.factor == 1 {
            return String::new();
        }
        format!(
            "{} bars of {} are drawn as {} candles of {} bars each; trades keep their exact times and prices, indicators \
             show the last value within each candle.",
            words::count(run.exec_bars.len()),
            run.exec_bars.timeframe,
            words::count(self.open.len()),
            self.factor
        )
    }
}

/// Times and numbers of bars have no place on a chart, nor has a column that is never there.
fn drawable(overlay: &Overlay, bars: usize) -> bool {
    let placed = match overlay.unit {
        Unit::Time | Unit::BarIndex => false,
        Unit::Price
        | Unit::PriceDelta
        | Unit::Percent
        | Unit::Ratio
        | Unit::Oscillator
        | Unit::Volume
        | Unit::Count
        | Unit::Direction
        | Unit::Scalar => true,
    };
    placed && overlay.values.len() == bars && overlay.values.iter().any(|v| v.is_finite())
}

fn factor(bars: &Bars, most: usize) -> i64 {
    let fits = |factor: i64| groups(bars, bars.timeframe.ms() * factor).len() <= most;
    let needed = bars.len().div_ceil(most) as i64;
    FACTORS.into_iter().find(|f| fits(*f)).unwrap_or(needed.max(1))
}

/// First bar and end of each candle.
fn groups(bars: &Bars, period: i64) -> Vec<(usize, usize)> {
    let mut groups: Vec<(usize, usize)> = Vec::new();
    let mut last = None;
    for (bar, time) in bars.open_time.iter().enumerate() {
        let own = Some(time.div_euclid(period));
        match groups.last_mut() {
            Some(group) if last == own => group.1 = bar + 1,
            _ => groups.push((bar, bar + 1)),
        }
        last = own;
    }
    groups
}

fn drawn(overlay: &Overlay, groups: &[(usize, usize)]) -> Drawn {
    let base = overlay.name.split('.').next().unwrap_or(&overlay.name);
    // Values of one unit share a scale; others would squeeze each other.
    let pane = if overlay.unit == Unit::Price { String::new() } else { format!("{base} {:?}", overlay.unit) };
    let levels = overlay.name.contains('.') && is_step_like(&overlay.values);
    let step = levels || matches!(overlay.unit, Unit::Direction | Unit::Count);
    let values = groups.iter().map(|g| Number(shortened(overlay.values[g.1 - 1])));
    Drawn { name: overlay.name.clone(), pane, step, values: values.collect() }
}

/// Most values equal the one before.
fn is_step_like(values: &[f64]) -> bool {
    let same = values.windows(2).filter(|w| w[0].to_bits() == w[1].to_bits()).count();
    same * 2 > values.len()
}

/// To eight significant digits, more than a screen shows.
fn shortened(value: f64) -> f64 {
    if value.is_finite() { format!("{value:.7e}").parse().unwrap_or(value) } else { value }
}

/// Decimals of the tick, else by the size of the price.
fn digits(run: &Run<'_>) -> usize {
    let tick = run.result.instrument.tick.size();
    let tick = if tick > 0.0 { tick } else { run.certificate.tick_size.unwrap_or(0.0) };
    if tick > 0.0 {
        return (0..=10).find(|d| is_whole(tick * libm::pow(10.0, f64::from(*d)))).unwrap_or(10) as usize;
    }
    match run.exec_bars.close.last() {
        Some(price) if *price >= 1_000.0 => 2,
        Some(price) if *price >= 1.0 => 4,
        _ => 8,
    }
}

fn is_whole(value: f64) -> bool {
    (value - value.round()).abs() < 1e-6 && value >= 0.5
}

fn row(run: &Run<'_>, t: &Trade) -> Row {
    let first = t.first_fill as usize;
    let own = run.result.fills.get(first..first + t.fills as usize).unwrap_or(&[]);
    let exits: Vec<_> = own.iter().filter(|f| f.exit.is_some()).collect();
    // The mean price of several exits is no place where anything happened: each is drawn.
    let several = if exits.len() > 1 { exits } else { Vec::new() };
    Row(
        t.id,
        if t.side == kernel::Side::Long { 1 } else { -1 },
        t.entry_time,
        Number(t.entry_price),
        t.exit_time,
        Number(t.exit_price),
        REASONS.iter().position(|r| *r == t.exit_reason).unwrap_or(0),
        Number(t.qty),
        Number(t.net_pnl),
        Number(shortened(result_pct(t))),
        Number(t.fees),
        t.bars_held,
        Number(t.stop),
        Number(t.stop_final),
        Number(t.target),
        several.iter().map(|f| (f.time_ms, Number(f.price))).collect(),
    )
}
