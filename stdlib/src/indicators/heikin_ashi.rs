//! Heikin-Ashi candles.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};
use crate::window::cascade::{Cascade, Smoothing};
use crate::window::finite::{CHUNK, finite_runs};

pub static HEIKIN_ASHI: Builtin = Builtin {
    name: "heikin_ashi",
    kind: Kind::Indicator,
    category: "transform",
    summary: "Heikin-Ashi candles",
    formula: "close = (o + h + l + c) / 4\n\
              open = (open[t-1] + close[t-1]) / 2, on the first bar (o + c) / 2\n\
              high = max(h, open, close), low = min(l, open, close)",
    source: "TA-Lib HA",
    edge_cases: "A bar with a missing price is skipped.",
    inputs: &[
        Input::Bar(Field::Open),
        Input::Bar(Field::High),
        Input::Bar(Field::Low),
        Input::Bar(Field::Close),
    ],
    params: &[],
    outputs: Outputs::Fixed(&[
        Output::new("open", Type::PRICE, "open of the candle"),
        Output::new("high", Type::PRICE, "high of the candle"),
        Output::new("low", Type::PRICE, "low of the candle"),
        Output::primary("close", Type::PRICE, "close of the candle"),
    ]),
    check: no_relations,
    warmup: |_, w| 1 + w.smoothing(0.5),
    first: |_| 0,
    make: |_| Box::new(HeikinAshi { open: f64::NAN, average: halves(0.0) }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct HeikinAshi {
    /// The open of the next candle; missing before the first.
    open: f64,
    /// Gives an open from the close before it.
    average: Cascade<1, 1>,
}

/// The mean of each input and what was before it, from this value on.
fn halves(value: f64) -> Cascade<1, 1> {
    Cascade::of_prices([Smoothing::exponential(3)]).starting(value)
}

impl State for HeikinAshi {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[o, h, l, c], [open, high, low, close]| {
            if self.open.is_nan() {
                self.open = (o[0] + c[0]) / 2.0;
                self.average = halves(self.open);
            }
            for (slot, (((o, h), l), c)) in close.iter_mut().zip(o.iter().zip(h).zip(l).zip(c)) {
                *slot = (o + h + l + c) * 0.25;
            }
            let mut next = [0.0; CHUNK];
            let next = &mut next[..close.len()];
            next.copy_from_slice(close);
            self.average.run_in_place([next]);
            let (last, before) = next.split_last().expect("a chunk has a bar");
            open[0] = self.open;
            open[1..].copy_from_slice(before);
            self.open = *last;
            let greater = |a: f64, b: f64| if a > b { a } else { b };
            let smaller = |a: f64, b: f64| if a < b { a } else { b };
            for (((high, low), (&h, &l)), (&open, &close)) in
                high.iter_mut().zip(low).zip(h.iter().zip(l)).zip(open.iter().zip(&*close))
            {
                *high = greater(h, greater(open, close));
                *low = smaller(l, smaller(open, close));
            }
        });
    }
}
