//! Keltner channel.

use serde::{Deserialize, Serialize};

use crate::indicators::ema::Ema;
use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::finite::finite_runs;
use crate::window::true_range::TrueRange;

pub static KC: Builtin = Builtin {
    name: "kc",
    kind: Kind::Indicator,
    category: "volatility",
    summary: "Keltner channel: an exponential average with a band of average true ranges",
    formula: "basis = ema(price, length), price = (high + low + close) / 3 or the close\n\
              width = atr(atr_length), or with `band: ema_tr` the ema over `length` bars of the true range \
              (high - low on the first bar)\n\
              lower = basis - scalar * width, upper = basis + scalar * width\n\
              basis and width begin on the same bar, each seeded with the mean of its last values there",
    source: "TA-Lib KC; `price: close` with `band: ema_tr` is TradingView ta.kc",
    edge_cases: "On flat bars the lines meet. A bar with a missing high, low or close is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[
        Param::int("length", 1, 100_000, 20, "number of bars of the basis"),
        Param::float("scalar", 1e-9, 1e6, 2.0, "half width of the channel in average true ranges"),
        Param::int("atr_length", 1, 100_000, 10, "number of true ranges in the band"),
        Param::choice("price", &["hlc3", "close"], "what the basis averages"),
        Param::choice(
            "band",
            &["atr", "ema_tr"],
            "average of the band: Wilder's over `atr_length`, or ema over `length`",
        ),
    ],
    outputs: Outputs::Fixed(&[
        Output::new("lower", LINE, "basis less the band"),
        Output::primary("basis", Type::PRICE, "the exponential average"),
        Output::new("upper", Type::PRICE, "basis plus the band"),
    ]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Kc::new(p)),
};

/// A wide band may reach below 0.
const LINE: Type = Type::Float { unit: Unit::Price, range: Range::ANY };

const EMA_TR: usize = 1;

fn first(p: &Params) -> usize {
    let basis = p.length(0) - 1;
    if p.choice(4) == EMA_TR { basis } else { basis.max(p.length(2)) }
}

fn warmup(p: &Params, w: Warmup) -> usize {
    let basis = w.smoothing(2.0 / (p.length(0) as f64 + 1.0));
    let band = if p.choice(4) == EMA_TR { 0 } else { w.smoothing(1.0 / p.length(2) as f64) };
    first(p) + 1 + basis.max(band)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kc {
    scalar: f64,
    of_close: bool,
    range: TrueRange,
    basis: Ema,
    band: Cascade<1, 1>,
    /// Bars that the basis still leaves out, so that its seed ends where the band's does.
    basis_waits: usize,
    /// The same for the band.
    band_waits: usize,
}

impl Kc {
    fn new(p: &Params) -> Kc {
        let length = p.length(0);
        let first = first(p);
        let (band, seed) = if p.choice(4) == EMA_TR {
            (Smoothing::exponential(length), length)
        } else {
            (Smoothing::wilder(p.length(2)), p.length(2))
        };
        Kc {
            scalar: p.float(1),
            of_close: p.choice(3) == 1,
            range: TrueRange::default(),
            basis: Ema::new(length),
            band: Cascade::of_changes([band]),
            basis_waits: first + 1 - length,
            band_waits: first + 1 - seed,
        }
    }

    /// Fills `basis` with the basis and `lower` with the width.
    fn lines(&mut self, [high, low, close]: [&[f64]; 3], lower: &mut [f64], basis: &mut [f64]) {
        self.range.run(high, low, close, lower);
        let from = self.band_waits.min(lower.len());
        self.band_waits -= from;
        lower[..from].fill(f64::NAN);
        self.band.run_in_place([lower]);
        let n = basis.len();
        let from = self.basis_waits.min(n);
        self.basis_waits -= from;
        basis[..from].fill(f64::NAN);
        let (high, low, close) = (&high[..n], &low[..n], &close[..n]);
        for t in from..n {
            basis[t] = if self.of_close { close[t] } else { (high[t] + low[t] + close[t]) / 3.0 };
        }
        self.basis.run_in_place(basis);
    }
}

impl State for Kc {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [lower, basis, upper]| {
            self.lines([high, low, close], lower, basis);
            for ((lower, basis), upper) in lower.iter_mut().zip(basis).zip(upper) {
                let width = self.scalar * *lower;
                *lower = *basis - width;
                *upper = *basis + width;
            }
        });
    }
}
