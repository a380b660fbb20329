//! Share of the movement that a straight line explains.

use serde::{Deserialize, Serialize};

use super::linreg_channel::Residuals;
use crate::kernel::State;
use crate::params::Param;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};
use crate::window::finite::{CHUNK, finite_runs};

pub static LINREG_R2: Builtin = Builtin {
    name: "linreg_r2",
    kind: Kind::Indicator,
    category: "statistic",
    summary: "Share of the movement that a straight line explains",
    formula: "least-squares line through the last `length` inputs, one bar apart\n\
              value = 1 - sum of squared distances to the line / sum of squared distances to the mean",
    source: "Definition (coefficient of determination)",
    edge_cases: "A missing input is skipped. 0 on flat bars.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 2, 100_000, 14, "number of bars")],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        Type::Float { unit: Unit::Ratio, range: Range::UNIT },
        "0 no line, 1 exactly a line",
    )]),
    check: no_relations,
    warmup: |p, _| p.length(0),
    first: |p| p.length(0) - 1,
    make: |p| Box::new(LinregR2 { spread: Residuals::new(p.length(0)) }),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct LinregR2 {
    spread: Residuals,
}

impl State for LinregR2 {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            let mut explained = [0.0; CHUNK];
            let explained = &mut explained[..x.len()];
            self.spread.run_chunk(x, explained, out);
            for (slot, &explained) in out.iter_mut().zip(&*explained) {
                let all = *slot;
                *slot = if all == 0.0 { 0.0 } else { (explained / all).clamp(0.0, 1.0) };
            }
        });
    }
}
