//! Elder ray.

use serde::{Deserialize, Serialize};

use crate::indicators::ema::{EMA, Ema};
use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};
use crate::window::finite::finite_runs;

pub static ELDER_RAY: Builtin = Builtin {
    name: "elder_ray",
    kind: Kind::Indicator,
    category: "momentum",
    summary: "Elder ray: how far the high and the low reach from the average, the power of bulls and bears",
    formula: "bull = high - ema(close, length), bear = low - ema(close, length)",
    source: "TA-Lib ERI (Alexander Elder, 1989)",
    edge_cases: "On flat bars both are 0. A bar with a missing high, low or close is skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low), Input::Bar(Field::Close)],
    params: &[Param::int("length", 1, 100_000, 13, "number of bars of the average")],
    outputs: Outputs::Fixed(&[
        Output::primary("bull", Type::PRICE_DELTA, "bull power"),
        Output::new("bear", Type::PRICE_DELTA, "bear power"),
    ]),
    check: no_relations,
    warmup: |p, w| (EMA.warmup)(p, w),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(ElderRay { average: Ema::new(p.length(0)) }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct ElderRay {
    average: Ema,
}

impl State for ElderRay {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[high, low, close], [bull, bear]| {
            bear.copy_from_slice(close);
            self.average.run_in_place(bear);
            for (((bull, bear), high), low) in bull.iter_mut().zip(bear).zip(high).zip(low) {
                let average = *bear;
                *bull = high - average;
                *bear = low - average;
            }
        });
    }
}
