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
            let mut columns = [[0.0; CHUNK]; 4];
            let [pressure, range, pressures, ranges] =
                columns.each_mut().map(|column| &mut column[..close.len()]);
            self.before.run(close, out);
            for ((((before, high), low), close), (pressure, range)) in
                out.iter().zip(high).zip(low).zip(close).zip(pressure.iter_mut().zip(range.iter_mut()))
            {
                let bottom = if before < low { before } else { low };
                let top = if before > high { before } else { high };
                *pressure = close - bottom;
                *range = top - bottom;
            }
            out.fill(0.0);
            // The first bar has no close before it.
            let missing = usize::from(!self.started);
            self.started = true;
            out[..missing].fill(f64::NAN);
            let sums = self.pressure.iter_mut().zip(&mut self.range);
            for (((pressure_sum, range_sum), weight), length) in sums.zip(WEIGHTS).zip(self.lengths) {
                pressure_sum.run(&pressure[missing..], &mut pressures[missing..]);
                range_sum.run(&range[missing..], &mut ranges[missing..]);
                let sums = pressures[missing..].iter().zip(&ranges[missing..]);
                for ((slot, (&pressure, &range)), close) in
                    out[missing..].iter_mut().zip(sums).zip(&close[missing..])
                {
                    let share = weight * (pressure / range);
                    *slot += if range <= FLAT * length * close { 0.0 } else { share };
                }
            }
            for slot in out {
                *slot = (100.0 * (*slot / 7.0)).clamp(0.0, 100.0);
            }
        });
    }
}
