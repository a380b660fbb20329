//! Directional index.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Field, Type};
use crate::window::directional::{Moves, moves};
use crate::window::finite::finite_runs;
use crate::window::true_range::TrueRange;

pub static ADX: Builtin = Builtin {
    name: "adx",
    kind: Kind::Indicator,
    category: "trend",
    summary: "Average directional index: strength of the trend, whatever its direction, with both \
              directional lines",
    formula: "up = high - high[1], down = low[1] - low\n\
              +dm = up if up > down and up > 0 else 0; -dm = down if down > up and down > 0 else 0\n\
              W(x) = sum of the first length - 1 values, then W = W[1] - W[1] / length + x\n\
              dmp = 100 * W(+dm) / W(tr), dmn = 100 * W(-dm) / W(tr), from bar `length` on\n\
              dx = 100 * |dmp - dmn| / (dmp + dmn)\n\
              adx = mean of the first `length` dx at bar 2 * length - 1, then (adx[1] * (length - 1) + dx) \
              / length\n\
              adxr = (adx + adx[length - 1]) / 2",
    source: "TA-Lib ADX, PLUS_DI, MINUS_DI, ADXR (J. Welles Wilder, 1978)",
    edge_cases: "On a market that has stood still for so long that its smoothed true range is below 1e-16 \
                 of the close, \
                 both directional lines are 0 and adx keeps its value; the same where neither line moved. \
                 A bar with a missing high, low or close is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[Param::int("length", 2, 100_000, 14, "number of bars of every smoothing")],
    outputs: Outputs::Fixed(&[
        Output::primary("adx", Type::OSCILLATOR, "strength of the trend, 0 to 100"),
        Output::new("dmp", Type::OSCILLATOR, "positive directional line (+DI)"),
        Output::new("dmn", Type::OSCILLATOR, "negative directional line (-DI)"),
        Output::new("adxr", Type::OSCILLATOR, "mean of adx now and length - 1 bars ago"),
    ]),
    check: no_relations,
    warmup,
    first: |p| 3 * p.length(0) - 2,
    make: |p| Box::new(Adx::new(p.length(0))),
};

fn warmup(p: &Params, w: Warmup) -> usize {
    // The seeds of the sums and the seed of adx fade one after the other, then adxr looks back.
    3 * p.length(0) - 1 + 2 * w.smoothing(1.0 / p.length(0) as f64)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Adx {
    lines: Lines,
    /// The last `length - 1` values of adx.
    before: Vec<f64>,
    at: usize,
}

/// All but the ring: small enough to live in registers while a block runs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Lines {
    length: usize,
    /// Bars seen, up to `2 * length`.
    bars: usize,
    high: f64,
    low: f64,
    range: TrueRange,
    plus: f64,
    minus: f64,
    ranges: f64,
    /// The sum of the seed while it grows, then the average.
    adx: f64,
}

impl Adx {
    fn new(length: usize) -> Adx {
        let lines = Lines {
            length,
            bars: 0,
            high: 0.0,
            low: 0.0,
            range: TrueRange::default(),
            plus: 0.0,
            minus: 0.0,
            ranges: 0.0,
            adx: 0.0,
        };
        Adx { lines, before: vec![f64::NAN; length - 1], at: 0 }
    }
}

impl Lines {
    /// One bar: adx, dmp, dmn.
    #[inline(always)]
    fn step(&mut self, high: f64, low: f64, close: f64) -> [f64; 3] {
        let Moves { up, down } = moves(high, low, self.high, self.low);
        let range = self.range.step(high, low, close);
        (self.high, self.low) = (high, low);
        let length = self.length as f64;
        if self.bars < self.length {
            return self.seed(up, down, range);
        }
        let keep = (length - 1.0) / length;
        self.plus = self.plus * keep + up;
        self.minus = self.minus * keep + down;
        self.ranges = self.ranges * keep + range;
        let moved = self.ranges > 1e-16 * close.abs();
        let scale = if moved { 100.0 / self.ranges } else { 0.0 };
        let both = self.plus + self.minus;
        let strength = 100.0 * ((self.plus - self.minus).abs() / both);
        let known = moved & (both > 1e-16 * self.ranges);
        let (dmp, dmn) = ((self.plus * scale).min(100.0), (self.minus * scale).min(100.0));
        if self.bars >= 2 * self.length {
            let next = self.adx * keep + strength / length;
            self.adx = if known { next.min(100.0) } else { self.adx };
            return [self.adx, dmp, dmn];
        }
        self.bars += 1;
        self.adx += if known { strength } else { 0.0 };
        if self.bars < 2 * self.length {
            return [f64::NAN, dmp, dmn];
        }
        self.adx = (self.adx / length).min(100.0);
        [self.adx, dmp, dmn]
    }

    /// The first `length` bars; the very first has no bar before it.
    #[inline(never)]
    fn seed(&mut self, up: f64, down: f64, range: f64) -> [f64; 3] {
        if self.bars > 0 {
            self.plus += up;
            self.minus += down;
            self.ranges += range;
        }
        self.bars += 1;
        [f64::NAN; 3]
    }
}

impl State for Adx {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [adx, dmp, dmn, adxr]| {
            let mut lines = self.lines;
            let n = adx.len();
            let (high, low, close) = (&high[..n], &low[..n], &close[..n]);
            let (dmp, dmn) = (&mut dmp[..n], &mut dmn[..n]);
            for t in 0..n {
                [adx[t], dmp[t], dmn[t]] = lines.step(high[t], low[t], close[t]);
            }
            self.lines = lines;
            for (value, &now) in adxr.iter_mut().zip(&*adx) {
                let before = std::mem::replace(&mut self.before[self.at], now);
                self.at = if self.at + 1 == self.before.len() { 0 } else { self.at + 1 };
                *value = (now + before) / 2.0;
            }
        });
    }
}
