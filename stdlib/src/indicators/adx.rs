//! Directional index.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Field, Type};
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::directional::moves;
use crate::window::finite::{CHUNK, all_finite, finite_runs};
use crate::window::lag::Lag;
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

/// Below this share of the price a smoothed range is rounding.
const STILL: f64 = 1e-16;

fn warmup(p: &Params, w: Warmup) -> usize {
    // The seeds of the sums and the seed of adx fade one after the other, then adxr looks back.
    3 * p.length(0) - 1 + 2 * w.smoothing(1.0 / p.length(0) as f64)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Adx {
    length: usize,
    /// Bars seen, up to `2 * length`.
    bars: usize,
    /// High and low of the bar before; missing before the first.
    before: [f64; 2],
    range: TrueRange,
    /// Of movements up and down and of true ranges.
    sums: Cascade<1, 3>,
    average: Cascade<1, 1>,
    /// The last value of adx, which stands while nothing moves.
    adx: f64,
    past: Lag,
    /// Only adx is read.
    #[serde(skip)]
    bare: bool,
}

impl Adx {
    fn new(length: usize) -> Adx {
        Adx {
            length,
            bars: 0,
            before: [f64::NAN; 2],
            range: TrueRange::default(),
            sums: Cascade::of_changes([Smoothing::wilder_sum(length)]),
            average: Cascade::of_changes([Smoothing::wilder(length)]),
            adx: f64::NAN,
            past: Lag::new(length - 1),
            bare: false,
        }
    }

    /// Fills the smoothed sums of movement and range.
    fn sums(
        &mut self,
        [high, low, close]: [&[f64]; 3],
        plus: &mut [f64],
        minus: &mut [f64],
        ranges: &mut [f64],
    ) {
        let from = self.range.run(high, low, close, ranges);
        let n = high.len();
        let [mut high_before, mut low_before] = self.before;
        for (((plus, minus), &high), &low) in plus.iter_mut().zip(&mut *minus).zip(high).zip(low) {
            let moved = moves(high, low, high_before, low_before);
            (*plus, *minus) = (moved.up, moved.down);
            (high_before, low_before) = (high, low);
        }
        self.before = [high[n - 1], low[n - 1]];
        for column in [&mut *plus, minus, ranges] {
            column[..from].fill(f64::NAN);
        }
        self.sums.run_in_place([plus, minus, ranges]);
    }

    /// Turns dx into adx; dx is missing where nothing moved.
    fn smooth(&mut self, dx: &mut [f64]) {
        let seed_ends = 2 * self.length;
        if self.bars >= seed_ends && all_finite(dx) {
            self.average.run_in_place([dx]);
            self.adx = *dx.last().expect("a block has bars");
            return;
        }
        for value in dx {
            let known = value.is_finite();
            if self.bars < self.length {
                self.bars += 1;
                continue;
            }
            // In the seed a bar without movement counts as 0; afterwards it changes nothing.
            if known || self.bars < seed_ends {
                [self.adx] = self.average.step([if known { *value } else { 0.0 }]);
            }
            self.bars = (self.bars + 1).min(seed_ends);
            *value = self.adx;
        }
    }
}

/// Rounding may bring a share a hair above 1.
#[inline]
fn percent(x: f64) -> f64 {
    let x = 100.0 * x;
    if x > 100.0 { 100.0 } else { x }
}

impl State for Adx {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [adx, dmp, dmn, adxr]| {
            let n = adx.len();
            let mut ranges = [0.0; CHUNK];
            let ranges = &mut ranges[..n];
            self.sums([high, low, close], dmp, dmn, ranges);
            let (dmp, dmn, close) = (&mut dmp[..n], &mut dmn[..n], &close[..n]);
            for t in 0..n {
                let (plus, minus, range) = (dmp[t], dmn[t], ranges[t]);
                let both = plus + minus;
                let known = (range > STILL * close[t].abs()) & (both > STILL * range);
                adx[t] = percent((plus - minus).abs() / if known { both } else { f64::NAN });
            }
            if !self.bare {
                for t in 0..n {
                    let still = ranges[t] <= STILL * close[t].abs();
                    let per_range = if still { 0.0 } else { 1.0 } / if still { 1.0 } else { ranges[t] };
                    (dmp[t], dmn[t]) = (percent(dmp[t] * per_range), percent(dmn[t] * per_range));
                }
            }
            // The sums begin a bar before the lines do.
            let early = (self.length - self.bars.min(self.length)).min(n);
            for column in [&mut *adx, dmp, dmn] {
                column[..early].fill(f64::NAN);
            }
            self.smooth(adx);
            self.past.run(adx, adxr);
            if self.bare {
                return;
            }
            for (value, &now) in adxr.iter_mut().zip(&*adx) {
                *value = (now + *value) / 2.0;
            }
        });
    }

    fn needs(&mut self, outputs: &[bool]) {
        self.bare = !(outputs[1] || outputs[2] || outputs[3]);
    }
}
