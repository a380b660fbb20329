//! Ultimate oscillator.

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, ParamError, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs};
use crate::types::{Field, Type};
use crate::wide::Vector;
use crate::window::amounts::Amounts;
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::lag::Lag;
use crate::window::rolling::Read;

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
    windows: [Amounts<2>; 3],
}

impl Uo {
    fn new(p: &Params) -> Uo {
        Uo { before: Lag::new(1), started: false, windows: [0, 1, 2].map(|k| Amounts::new(p.length(k))) }
    }
}

/// What a window's share counts for in 100.
const WEIGHTS: [f64; 3] = [400.0 / 7.0, 200.0 / 7.0, 100.0 / 7.0];

impl State for Uo {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Uo {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [out]| {
            let n = out.len();
            let mut columns = [[0.0; CHUNK]; 2];
            let [pressure, range] = columns.each_mut().map(|column| &mut column[..n]);
            let (high, low, close) = (&high[..n], &low[..n], &close[..n]);
            self.before.run(close, out);
            for t in 0..n {
                let before = out[t];
                let bottom = if before < low[t] { before } else { low[t] };
                let top = if before > high[t] { before } else { high[t] };
                pressure[t] = close[t] - bottom;
                range[t] = top - bottom;
            }
            if !self.started {
                // The first bar has no close before it.
                (self.started, pressure[0], range[0]) = (true, f64::NAN, f64::NAN);
            }
            out.fill(0.0);
            for (window, weight) in self.windows.iter_mut().zip(WEIGHTS) {
                window.run([pressure, range], [out], |Read { sums: [pressure, range], .. }, [value]| {
                    let share = weight * (pressure / range);
                    [value + if range == 0.0 { 0.0 } else { share }]
                });
            }
            for value in out.iter_mut() {
                let most = if *value > 100.0 { 100.0 } else { *value };
                *value = if most < 0.0 { 0.0 } else { most };
            }
        });
    }
}
