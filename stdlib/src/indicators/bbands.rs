//! Bollinger bands.

use serde::{Deserialize, Serialize};

use crate::indicators::ema::Ema;
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::decay::Decay;
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
        Param::choice(
            "ma_type",
            &["sma", "ema", "rma"],
            "the middle line: simple, exponential or Wilder's average",
        ),
    ],
    outputs: Outputs::Fixed(&[
        Output::new("lower", LINE, "middle less the band"),
        Output::primary("middle", LINE, "the average"),
        Output::new("upper", LINE, "middle plus the band"),
        Output::new("bandwidth", PERCENT, "width of the band in percent of middle"),
        Output::new("percent_b", RATIO, "place in the band: 0 at lower, 1 at upper, beyond outside"),
    ]),
    check: no_relations,
    warmup,
    first: |p| p.length(0) - 1,
    make: |p| Box::new(Bbands::new(p)),
};

const LINE: Type = Type::Float { unit: Unit::Price, range: Range::ANY };
const PERCENT: Type = Type::Float { unit: Unit::Percent, range: Range::NON_NEGATIVE };
const RATIO: Type = Type::Float { unit: Unit::Ratio, range: Range::ANY };

fn warmup(p: &Params, w: Warmup) -> usize {
    let n = p.length(0) as f64;
    let smoothing = match p.choice(3) {
        1 => w.smoothing(2.0 / (n + 1.0)),
        2 => w.smoothing(1.0 / n),
        _ => 0,
    };
    p.length(0) + smoothing
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Bbands {
    std: f64,
    divisor: f64,
    moments: Moments,
    middle: Middle,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Middle {
    Simple,
    Exponential(Ema),
    Wilder(Decay),
}

impl Bbands {
    fn new(p: &Params) -> Bbands {
        let length = p.length(0);
        let middle = match p.choice(3) {
            1 => Middle::Exponential(Ema::new(length)),
            2 => Middle::Wilder(Decay::wilder(length)),
            _ => Middle::Simple,
        };
        Bbands { std: p.float(1), divisor: length as f64 - p.float(2), moments: Moments::new(length), middle }
    }
}

impl State for Bbands {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[source], [lower, middle, upper, bandwidth, percent_b]| {
            // The half width goes to `bandwidth` first.
            self.moments.run(source, middle, bandwidth);
            match &mut self.middle {
                Middle::Simple => {}
                Middle::Exponential(ema) => {
                    middle.iter_mut().zip(source).for_each(|(slot, &x)| *slot = ema.step(x));
                }
                Middle::Wilder(average) => {
                    middle.copy_from_slice(source);
                    average.run_in_place(middle);
                }
            }
            let (std, divisor, n) = (self.std, self.divisor, middle.len());
            let (source, lower, upper) = (&source[..n], &mut lower[..n], &mut upper[..n]);
            let (bandwidth, percent_b) = (&mut bandwidth[..n], &mut percent_b[..n]);
            for t in 0..n {
                let half = std * (bandwidth[t] / divisor).sqrt();
                lower[t] = middle[t] - half;
                upper[t] = middle[t] + half;
                let width = upper[t] - lower[t];
                bandwidth[t] = if middle[t] > 0.0 { 100.0 * width / middle[t] } else { f64::NAN };
                percent_b[t] = if width == 0.0 { 0.5 } else { (source[t] - lower[t]) / width };
            }
        });
    }
}
