//! Channel around the least-squares line.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::mean::Line;
use crate::window::moments::Moments;

pub static LINREG_CHANNEL: Builtin = Builtin {
    name: "linreg_channel",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Channel around the least-squares line",
    formula: "least-squares line through the last `length` inputs, one bar apart\n\
              middle = the line at the newest bar\n\
              d = standard deviation of the inputs around the line (population)\n\
              upper, lower = middle + multiplier * d, middle - multiplier * d",
    source: "Definition",
    edge_cases: "A missing input is skipped. All three are exactly the price on flat bars.",
    inputs: &[Input::Source],
    params: &[
        Param::int("length", 2, 100_000, 100, "number of bars"),
        Param::float("multiplier", 0.001, 1000.0, 2.0, "half width of the channel in standard deviations"),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("middle", Type::PRICE, "the line at the newest bar"),
        Output::new("upper", Type::PRICE, "upper edge"),
        Output::new("lower", Type::Float { unit: Unit::Price, range: Range::ANY }, "lower edge"),
    ]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(LinregChannel::new(p)),
};

/// A share of the movement that a line leaves unexplained; less is rounding.
const FLAT: f64 = 1e-13;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct LinregChannel {
    end: Line,
    spread: Residuals,
    /// The multiplier, for deviations that are roots of sums over `length` inputs.
    width: f64,
}

impl LinregChannel {
    fn new(p: &Params) -> LinregChannel {
        let length = p.length(0);
        LinregChannel {
            end: Line::end(length),
            spread: Residuals::new(length),
            width: p.float(1) / (length as f64).sqrt(),
        }
    }
}

impl State for LinregChannel {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let width = self.width;
        finite_runs(inputs, outputs, |[x], [middle, upper, lower]| {
            self.end.run(x, middle);
            self.spread.run_chunk(x, upper, lower);
            for ((middle, upper), lower) in middle.iter().zip(upper).zip(lower) {
                let (explained, all) = (*upper, *lower);
                let rest = all - explained;
                let half = if rest <= FLAT * all { 0.0 } else { width * rest.sqrt() };
                let missing = 0.0 * *middle;
                *upper = *middle + half + missing;
                *lower = *middle - half + missing;
            }
        });
    }
}

/// Sums of squares over the window: what the line explains, and all of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Residuals {
    slope: Line,
    /// Of the distances of the bars of a window to their middle.
    squares: f64,
    moments: Moments,
}

impl Residuals {
    pub(super) fn new(length: usize) -> Residuals {
        let n = length as f64;
        let squares = n * (n * n - 1.0) / 12.0;
        Residuals { slope: Line::slope(length), squares, moments: Moments::new(length) }
    }

    /// For at most [`CHUNK`] finite inputs; missing until the window is full.
    pub(super) fn run_chunk(&mut self, x: &[f64], explained: &mut [f64], all: &mut [f64]) {
        debug_assert!(x.len() <= CHUNK);
        self.slope.run(x, explained);
        for slot in explained {
            *slot = self.squares * (*slot * *slot);
        }
        self.moments.run_with(x, [all], |_, squares, _| [squares]);
    }
}
