//! Ultimate oscillator.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, ParamError, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs};
use crate::types::{Field, Type};
use crate::window::amounts::Amounts;
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::lag::Lag;

pub static UO: Builtin = Builtin {
    name: "uo",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Ultimate oscillator",
    formula: "bp = close - min(low, close[t-1]), tr = max(high, close[t-1]) - min(low, close[t-1])\n\
              r(n) = sum of the last n bp / sum of the last n tr\n\
              value = 100 * (4 * r(fast) + 2 * r(medium) + r(slow)) / 7",
    source: "TA-Lib ULTOSC",
    edge_cases: "r is 0 where the price did not move in its window. A bar with a missing price is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[
        Param::int("fast", 1, 100_000, 7, "bars of the shortest window; less than `medium`"),
        Param::int("medium", 2, 100_000, 14, "bars of the middle window; less than `slow`"),
        Param::int("slow", 3, 100_000, 28, "bars of the longest window"),
    ],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::OSCILLATOR, "0 sellers, 100 buyers")]),
    check,
    warmup: |p, _| p.length(2) + 1,
    first: |p| p.length(2),
    make: |p| Box::new(Uo::new(p)),
};

fn check(p: &Params) -> Result<(), ParamError> {
    let refuse = |param, other: &str, a: usize, b: usize| {
        let message = format!("`{param}` ({}) must be less than `{other}` ({})", p.int(a), p.int(b));
        Err(ParamError { param, message })
    };
    if p.int(0) >= p.int(1) {
        return refuse("fast", "medium", 0, 1);
    }
    if p.int(1) >= p.int(2) {
        return refuse("medium", "slow", 1, 2);
    }
    Ok(())
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Uo {
    before: Lag,
    started: bool,
    /// Fast, medium, slow.
    pressure: [Amounts; 3],
    range: [Amounts; 3],
    lengths: [f64; 3],
}

impl Uo {
    fn new(p: &Params) -> Uo {
        let windows = || [0, 1, 2].map(|k| Amounts::new(p.length(k)));
        let lengths = [0, 1, 2].map(|k| p.length(k) as f64);
        Uo { before: Lag::new(1), started: false, pressure: windows(), range: windows(), lengths }
    }
}

/// A mean range below this share of the price is rounding.
const FLAT: f64 = 1e-13;

const WEIGHTS: [f64; 3] = [4.0, 2.0, 1.0];

impl State for Uo {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [out]| {
            let n = out.len();
            let mut columns = [[0.0; CHUNK]; 8];
            let [pressure, range, sums @ ..] = columns.each_mut().map(|column| &mut column[..n]);
            let (high, low, close) = (&high[..n], &low[..n], &close[..n]);
            self.before.run(close, out);
            for t in 0..n {
                let before = out[t];
                let bottom = if before < low[t] { before } else { low[t] };
                let top = if before > high[t] { before } else { high[t] };
                pressure[t] = close[t] - bottom;
                range[t] = top - bottom;
            }
            // The first bar has no close before it.
            let missing = usize::from(!self.started);
            self.started = true;
            let [p0, p1, p2, r0, r1, r2] = sums;
            for (window, sums) in self.pressure.iter_mut().zip([&mut *p0, &mut *p1, &mut *p2]) {
                window.run(&pressure[missing..], &mut sums[missing..]);
            }
            for (window, sums) in self.range.iter_mut().zip([&mut *r0, &mut *r1, &mut *r2]) {
                window.run(&range[missing..], &mut sums[missing..]);
            }
            let floors = self.lengths.map(|length| FLAT * length);
            for t in 0..n {
                let mut sum = 0.0;
                let windows = [(p0[t], r0[t]), (p1[t], r1[t]), (p2[t], r2[t])];
                for (((pressure, range), weight), floor) in windows.into_iter().zip(WEIGHTS).zip(floors) {
                    let share = weight * (pressure / range);
                    sum += if range <= floor * close[t] { 0.0 } else { share };
                }
                let value = 100.0 * (sum / 7.0);
                let value = if value > 100.0 { 100.0 } else { value };
                out[t] = if value < 0.0 { 0.0 } else { value };
            }
            out[..missing].fill(f64::NAN);
        });
    }
}
