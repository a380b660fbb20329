//! Chaikin oscillator.

use std::array::from_fn;
use std::ops;

use serde::{Deserialize, Serialize};

use crate::indicators::ad::{PRICES_AND_VOLUME, flow};
use crate::indicators::kvo::fast_below_slow;
use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, Params};
use crate::signature::{Builtin, Kind, Output, Outputs, Warmup};
use crate::types::{Range, Type, Unit};
use crate::wide::{GROUP, Group, Vector};
use crate::window::cascade::{Cascade, Input, Smoothing};
use crate::window::finite::trusting_runs;

pub static ADOSC: Builtin = Builtin {
    name: "adosc",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Chaikin oscillator: fast less slow average of the accumulation/distribution line",
    formula: "value = ema(ad, fast) - ema(ad, slow), both averages beginning with the first ad",
    source: "TA-Lib ADOSC (Marc Chaikin)",
    edge_cases: "Goes to 0 without volume. A bar with a missing price or volume is skipped.",
    inputs: PRICES_AND_VOLUME,
    params: &[
        Param::int("fast", 1, 100_000, 3, "number of bars of the fast average"),
        Param::int("slow", 2, 100_000, 10, "number of bars of the slow average"),
    ],
    outputs: Outputs::Fixed(&[Output::primary("value", VOLUME, "the oscillator, in volume")]),
    check: |p| fast_below_slow(p, 0, 1),
    warmup,
    first: |p| p.length(1) - 1,
    make: |p| Box::new(Adosc::new(p)),
};

const VOLUME: Type = Type::Float { unit: Unit::Volume, range: Range::ANY };

fn warmup(p: &Params, w: Warmup) -> usize {
    p.length(1) + w.smoothing(2.0 / (p.length(1) as f64 + 1.0))
}

/// The averages themselves, which are as high as the line, are not needed. The line is ahead of an average that keeps
/// `k` of itself by `k * s`, where `s = k * s + flow`; and the lead over one average less that over another is a sum of
/// sums: `a / (1 - a z) - b / (1 - b z) = (a - b) / ((1 - a z) (1 - b z))`, `z` being the bar before.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Adosc {
    sums: Cascade<2, 1>,
    started: bool,
    /// Bars until the first value.
    waits: usize,
}

impl Adosc {
    fn new(p: &Params) -> Adosc {
        let [fast, slow] = [0, 1].map(|k| Smoothing::decaying_sum(p.length(k)));
        // The slow average lags behind the line by more.
        let sums = Cascade::of_changes([fast, slow]).scaled(slow.keep() - fast.keep());
        Adosc { sums, started: false, waits: p.length(1) - 1 }
    }
}

impl State for Adosc {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Adosc {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let is_sound = |kernel: &Adosc| kernel.started && kernel.sums.is_sound();
        trusting_runs(self, inputs, outputs, is_sound, |kernel, columns: [&[f64]; 4], [out]| {
            let mut from = 0;
            // Both averages begin with the first value of the line.
            if !kernel.started {
                (kernel.started, from) = (true, 1);
                [out[0]] = kernel.sums.step([0.0]);
            }
            kernel.sums.run_from(Flows(columns.map(|column| &column[from..])), [&mut out[from..]]);
            let missing = kernel.waits.min(out.len());
            kernel.waits -= missing;
            out[..missing].fill(f64::NAN);
        });
    }
}

/// Of highs, lows, closes and volumes.
#[derive(Clone, Copy)]
struct Flows<'a>([&'a [f64]; 4]);

impl Input<1> for Flows<'_> {
    #[inline(always)]
    fn at(self, _: &[&mut [f64]; 1], t: usize) -> [f64; 1] {
        let [high, low, close, volume] = self.0.map(|column| column[t]);
        [flow(high, low, close, volume)]
    }

    fn cut(self, bars: ops::Range<usize>) -> Self {
        Flows(self.0.map(|column| &column[bars.clone()]))
    }

    #[inline(always)]
    fn group<G: Group>(self, _: usize, _: &[f64; GROUP], group: usize) -> G {
        let [high, low, close, volume] = self.0.map(|column| column.as_chunks::<GROUP>().0[group]);
        G::of(&from_fn(|i| flow(high[i], low[i], close[i], volume[i])))
    }
}
