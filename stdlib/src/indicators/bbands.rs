//! Bollinger bands.

use serde::{Deserialize, Serialize};

use crate::indicators::ma_type::{self, Average};
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::finite::finite_runs;
use crate::window::moments::Moments;

pub static BBANDS: Builtin = Builtin {
    name: "bbands",
    kind: Kind::Indicator,
    category: "volatility",
    summary: "Bollinger bands: an average with a band of standard deviations",
    formula: "middle = average of the last `length` values, by `ma_type`\n\
              sd = sqrt(sum (x - mean)^2 / (length - ddof)) over the last `length` values, mean being the \
              simple one\n\
              lower = middle - std * sd, upper = middle + std * sd\n\
              bandwidth = 100 * (upper - lower) / middle\n\
              percent_b = (x - lower) / (upper - lower)",
    source: "TA-Lib BBANDS (ddof 0, as TradingView ta.bb); ddof 1 is the sample deviation of pandas",
    edge_cases: "On a flat window the bands meet, bandwidth is 0 and percent_b is 0.5. bandwidth is \
                 missing where middle \
                 is not above 0. A missing input is skipped.",
    inputs: &[Input::Source],
    params: &[
        Param::int("length", 2, 100_000, 20, "number of bars of average and deviation"),
        Param::float("std", 1e-9, 1e6, 2.0, "half width of the band in standard deviations"),
        Param::int("ddof", 0, 1, 0, "0: population deviation, 1: sample deviation"),
        ma_type::param(ma_type::ANY, "sma"),
    ],
    outputs: Outputs::Fixed(&[
        Output::new("lower", LINE, "middle less the band"),
        Output::primary("middle", LINE, "the average"),
        Output::new("upper", LINE, "middle plus the band"),
        Output::new("bandwidth", PERCENT, "width of the band in percent of middle"),
        Output::new("percent_b", RATIO, "place in the band: 0 at lower, 1 at upper, beyond outside"),
    ]),
    check: no_relations,
    warmup: |p, w| ma_type::warmup(p.choice(3), p.length(0), w).max(p.length(0)),
    first: |p| ma_type::first(p.choice(3), p.length(0)),
    make: |p| Box::new(Bbands::new(p)),
};

const LINE: Type = Type::Float { unit: Unit::Price, range: Range::ANY };
const PERCENT: Type = Type::Float { unit: Unit::Percent, range: Range::NON_NEGATIVE };
const RATIO: Type = Type::Float { unit: Unit::Ratio, range: Range::ANY };

/// Its position in `ma_type::ANY`.
const SMA: usize = 0;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Bbands {
    std: f64,
    divisor: f64,
    moments: Moments,
    /// Unless it is the simple one, which comes with the moments.
    middle: Option<Average>,
    /// Only the lines are read.
    #[serde(skip)]
    bare: bool,
}

impl Bbands {
    fn new(p: &Params) -> Bbands {
        let length = p.length(0);
        let middle = (p.choice(3) != SMA).then(|| Average::new(p.choice(3), length));
        Bbands {
            std: p.float(1),
            divisor: length as f64 - p.float(2),
            moments: Moments::new(length),
            middle,
            bare: false,
        }
    }
}

impl State for Bbands {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[source], [lower, middle, upper, bandwidth, percent_b]| {
            // The half width goes to `bandwidth` first.
            self.moments.run_with(source, [middle, bandwidth], |mean, squares, _| [mean, squares]);
            if let Some(average) = &mut self.middle {
                middle.copy_from_slice(source);
                average.run_in_place(middle);
            }
            let (std, share, n) = (self.std, 1.0 / self.divisor, middle.len());
            let (source, lower, upper) = (&source[..n], &mut lower[..n], &mut upper[..n]);
            let (bandwidth, percent_b) = (&mut bandwidth[..n], &mut percent_b[..n]);
            for t in 0..n {
                let half = std * (bandwidth[t] * share).sqrt();
                lower[t] = middle[t] - half;
                upper[t] = middle[t] + half;
            }
            if self.bare {
                return;
            }
            for t in 0..n {
                let width = upper[t] - lower[t];
                bandwidth[t] = 100.0 * width / if middle[t] > 0.0 { middle[t] } else { f64::NAN };
                let place = (source[t] - lower[t]) / if width == 0.0 { 1.0 } else { width };
                percent_b[t] = if width == 0.0 { 0.5 } else { place };
            }
        });
    }

    fn needs(&mut self, outputs: &[bool]) {
        self.bare = !outputs[3] && !outputs[4];
    }
}
