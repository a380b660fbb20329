//! Volume profile of the last bars.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::finite_runs;
use crate::window::profile::Rows;
use crate::window::sliding::{Max, Min, Sliding};

pub static VOLUME_PROFILE: Builtin = Builtin {
    name: "volume_profile",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Volume by price over the last bars: point of control and value area",
    formula: "rows = `num_buckets` equal rows from the lowest low to the highest high of the last \
              `lookback` bars\n\
              each bar's volume is spread evenly from its low to its high, over rows by their overlap\n\
              poc = middle of the row with most volume (the lowest of equals)\n\
              value area: from the poc row on the larger of the next two rows above or below is added, \
              upwards when \
              equal, until it holds `value_area_pct` of the volume; vah and val are its outer edges",
    source: "Exact profile of the window; value area as in TradingView",
    edge_cases: "Missing while the window has no volume. On flat bars poc, vah and val are the price. \
                 A bar with a missing price or volume is skipped.",
    inputs: INPUTS,
    params: &[BUCKETS, Param::int("lookback", 1, 10_000, 50, "number of bars in the profile"), AREA],
    outputs: Outputs::Fixed(&[POC, VAH, VAL, POC_VOLUME, ABOVE, INSIDE]),
    check: no_relations,
    warmup: |p, _| p.length(1),
    first: |p| p.length(1) - 1,
    make: |p| Box::new(VolumeProfile::new(p)),
};

pub(crate) const INPUTS: &[Input] =
    &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close), Input::Bar(Field::Volume)];
pub(crate) const BUCKETS: Param = Param::int("num_buckets", 2, 1_000, 50, "number of price rows");
pub(crate) const AREA: Param =
    Param::float("value_area_pct", 1e-6, 1.0, 0.7, "share of the volume that the value area holds, 0 to 1");
pub(crate) const POC: Output = Output::primary(
    "poc",
    Type::PRICE,
    "point of control: the price with most \
                                                volume",
);
pub(crate) const VAH: Output = Output::new("vah", Type::PRICE, "upper edge of the value area");
pub(crate) const VAL: Output = Output::new("val", Type::PRICE, "lower edge of the value area");
pub(crate) const POC_VOLUME: Output = Output::new(
    "poc_volume",
    Type::Float { unit: Unit::Volume, range: Range::NON_NEGATIVE },
    "volume of \
                 that row",
);
pub(crate) const ABOVE: Output = Output::new("above_poc", FLAG, "1 when the close is above poc, else 0");
pub(crate) const INSIDE: Output = Output::new("in_value_area", FLAG, "1 when val <= close <= vah, else 0");
const FLAG: Type = Type::Int { unit: Unit::Count, range: Range::UNIT };

/// The six outputs, in the order of the row.
pub(crate) fn reading(rows: &Rows, share: f64, close: f64) -> [f64; 6] {
    let Some(read) = rows.read(share) else {
        return [f64::NAN; 6];
    };
    let flag = |on: bool| f64::from(u8::from(on));
    let inside = read.val <= close && close <= read.vah;
    [read.poc, read.vah, read.val, read.poc_volume, flag(close > read.poc), flag(inside)]
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct VolumeProfile {
    share: f64,
    lowest: Sliding<Min>,
    highest: Sliding<Max>,
    /// Low, high and volume of the bars in the window.
    bars: Vec<[f64; 3]>,
    at: usize,
    rows: Rows,
    /// The range of the rows; missing before the first.
    range: [f64; 2],
    /// Bars since the rows were laid; they are laid anew at least once a window, so that nothing drifts.
    age: usize,
}

impl VolumeProfile {
    fn new(p: &Params) -> VolumeProfile {
        let lookback = p.length(1);
        VolumeProfile {
            share: p.float(2),
            lowest: Sliding::new(lookback),
            highest: Sliding::new(lookback),
            bars: vec![[0.0; 3]; lookback],
            at: 0,
            rows: Rows::new(p.length(0)),
            range: [f64::NAN; 2],
            age: 0,
        }
    }

    fn step(&mut self, high: f64, low: f64, close: f64, volume: f64) -> [f64; 6] {
        let range = [self.lowest.push(low), self.highest.push(high)];
        let gone = std::mem::replace(&mut self.bars[self.at], [low, high, volume.max(0.0)]);
        self.at = if self.at + 1 == self.bars.len() { 0 } else { self.at + 1 };
        if !self.lowest.full() {
            return [f64::NAN; 6];
        }
        self.age += 1;
        if range == self.range && self.age < self.bars.len() {
            self.rows.spread(gone[0], gone[1], -gone[2]);
            self.rows.spread(low, high, volume.max(0.0));
        } else {
            self.lay(range);
        }
        reading(&self.rows, self.share, close)
    }

    fn lay(&mut self, range: [f64; 2]) {
        self.range = range;
        self.age = 0;
        self.rows.lay(range[0], range[1]);
        for &[low, high, volume] in &self.bars {
            self.rows.spread(low, high, volume);
        }
    }
}

impl State for VolumeProfile {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close, volume], mut slots: [&mut [f64]; 6]| {
            for t in 0..high.len() {
                let read = self.step(high[t], low[t], close[t], volume[t]);
                for (slot, value) in slots.iter_mut().zip(read) {
                    slot[t] = value;
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every bar's profile laid anew gives the same reading, but for rounding.
    #[test]
    fn adding_and_taking_away_equals_laying_anew() {
        let mut p = Params::defaults(VOLUME_PROFILE.params);
        p.0[1] = crate::params::Value::Int(20);
        let mut kernel = VolumeProfile::new(&p);
        for t in 0..500_u32 {
            let low = 100.0 + f64::from(t * t % 97) / 10.0;
            let (high, volume) = (low + f64::from(t % 7) / 3.0, f64::from(t * 31 % 11));
            let read = kernel.step(high, low, low, volume);
            if t < 19 {
                continue;
            }
            let mut fresh = kernel.clone();
            fresh.lay(fresh.range);
            let exact = reading(&fresh.rows, fresh.share, low);
            for (value, exact) in read.into_iter().zip(exact) {
                assert!((value - exact).abs() < 1e-9, "bar {t}: {value} against {exact}");
            }
        }
    }
}
