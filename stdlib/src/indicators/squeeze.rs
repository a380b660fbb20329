//! Squeeze: Bollinger bands within Keltner channels, and momentum.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::{Field, Type};
use crate::window::finite::{CHUNK, finite_runs};
use crate::window::lag::Lag;
use crate::window::mean::{Line, Mean};
use crate::window::moments::Moments;
use crate::window::sliding::{Max, Min, Sliding};
use crate::window::true_range::TrueRange;

pub static SQUEEZE: Builtin = Builtin {
    name: "squeeze",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Squeeze: quiet market (Bollinger bands within the Keltner channel) and momentum",
    formula: "Bollinger: mean of `bb_length` closes +- bb_std * population deviation\n\
              Keltner: mean of `kc_length` closes +- kc_scalar * mean of `kc_length` true ranges\n\
              on = both Bollinger bands within the channel, off = both beyond it, no_sqz = neither\n\
              momentum `mom`: sqz = SMA(close - close[t-mom_length], mom_smooth)\n\
              momentum `linreg`: sqz = end of the least-squares line through the last `kc_length` values of\n\
              close - ((highest high + lowest low) / 2 + SMA(close)) / 2, each over `kc_length` bars",
    source: "TradingView community script Squeeze Momentum for the flags and `linreg`; `mom` is pandas-ta's",
    edge_cases: "On flat bars bands and channel have no height: no_sqz. A bar with a missing price is \
                 skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[
        Param::int("bb_length", 2, 100_000, 20, "number of bars of the Bollinger bands"),
        Param::float("bb_std", 0.001, 1000.0, 2.0, "half width of the Bollinger bands in deviations"),
        Param::int("kc_length", 2, 100_000, 20, "number of bars of the Keltner channel"),
        Param::float("kc_scalar", 0.001, 1000.0, 1.5, "half width of the Keltner channel in true ranges"),
        Param::int("mom_length", 1, 100_000, 12, "how many bars back momentum looks; for `mom`"),
        Param::int("mom_smooth", 1, 100_000, 6, "number of bars over which momentum is averaged; for `mom`"),
        Param::choice("momentum", &["mom", "linreg"], "how momentum is measured"),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("sqz", Type::PRICE_DELTA, "momentum"),
        Output::new("on", Type::Bool, "the market is quiet"),
        Output::new("off", Type::Bool, "the market has left the squeeze"),
        Output::new("no_sqz", Type::Bool, "neither"),
    ]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Squeeze::new(p)),
};

const LINREG: usize = 1;

fn first(p: &Params) -> usize {
    let momentum = if p.choice(6) == LINREG { 2 * (p.length(2) - 1) } else { p.length(4) + p.length(5) - 1 };
    momentum.max(p.length(0) - 1).max(p.length(2) - 1)
}

fn warmup(p: &Params, _: Warmup) -> usize {
    // One more: the true range of the first bar knows no close before it.
    first(p) + 2
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Squeeze {
    bands: Moments,
    /// For deviations that are roots of sums over `bb_length` inputs.
    band_width: f64,
    true_range: TrueRange,
    range: Mean,
    basis: Mean,
    channel_width: f64,
    momentum: Momentum,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Momentum {
    Mom { ago: Lag, smooth: Mean },
    Linreg { top: Sliding<Max>, bottom: Sliding<Min>, line: Line },
}

impl Squeeze {
    fn new(p: &Params) -> Squeeze {
        let (bands, channel) = (p.length(0), p.length(2));
        Squeeze {
            bands: Moments::new(bands),
            band_width: p.float(1) / (bands as f64).sqrt(),
            true_range: TrueRange::default(),
            range: Mean::new(channel),
            basis: Mean::new(channel),
            channel_width: p.float(3),
            momentum: if p.choice(6) == LINREG {
                Momentum::Linreg {
                    top: Sliding::new(channel),
                    bottom: Sliding::new(channel),
                    line: Line::end(channel),
                }
            } else {
                Momentum::Mom { ago: Lag::new(p.length(4)), smooth: Mean::new(p.length(5)) }
            },
        }
    }
}

impl State for Squeeze {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [sqz, on, off, no_sqz]| {
            let mut basis = [0.0; CHUNK];
            let basis = &mut basis[..close.len()];
            basis.copy_from_slice(close);
            self.basis.run_in_place(basis);
            self.true_range.run(high, low, close, on);
            self.range.run_in_place(on);
            let mut means = [0.0; CHUNK];
            let means = &mut means[..close.len()];
            self.bands.run_with(close, [means, off], |mean, squares, _| [mean, squares]);
            let flags = on.iter_mut().zip(off.iter_mut()).zip(no_sqz.iter_mut());
            for (((on, off), no_sqz), (&mean, &basis)) in flags.zip(means.iter().zip(&*basis)) {
                let (band, channel) = (self.band_width * off.sqrt(), self.channel_width * *on);
                let (below, above) = (mean - band - (basis - channel), mean + band - (basis + channel));
                let within = below > 0.0 && above < 0.0;
                let beyond = below < 0.0 && above > 0.0;
                let missing = 0.0 * (below + above);
                [*on, *off, *no_sqz] =
                    [within, beyond, !within && !beyond].map(|flag| f64::from(u8::from(flag)) + missing);
            }
            self.momentum.run([high, low, close], basis, sqz);
        });
    }
}

impl Momentum {
    fn run(&mut self, [high, low, close]: [&[f64]; 3], basis: &[f64], out: &mut [f64]) {
        match self {
            Momentum::Mom { ago, smooth } => {
                ago.run(close, out);
                for (slot, close) in out.iter_mut().zip(close) {
                    *slot = close - *slot;
                }
                smooth.run_in_place(out);
            }
            Momentum::Linreg { top, bottom, line } => {
                let mut lowest = [0.0; CHUNK];
                let lowest = &mut lowest[..close.len()];
                top.run(high, out);
                bottom.run(low, lowest);
                for (((slot, lowest), basis), close) in out.iter_mut().zip(&*lowest).zip(basis).zip(close) {
                    *slot = close - 0.5 * (0.5 * (*slot + lowest) + basis);
                }
                line.run_in_place(out);
            }
        }
    }
}
