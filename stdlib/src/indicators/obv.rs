//! On-balance volume.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::exact::Running;
use crate::window::finite::finite_runs;

pub static OBV: Builtin = Builtin {
    name: "obv",
    kind: Kind::Indicator,
    category: "volume",
    summary: "On-balance volume: volume added on rising closes and taken away on falling ones",
    formula: "value = volume on the first bar\n\
              then value[1] + volume if close > close[1], value[1] - volume if close < close[1], \
              else value[1]",
    source: "TA-Lib OBV (Joseph Granville, 1963)",
    edge_cases: "Its level depends on where the data begins; only its changes mean something. Unchanged \
                 closes and bars \
                 without volume leave it as it is. A bar with a missing close or volume is skipped.",
    inputs: &[Input::Bar(Field::Close), Input::Bar(Field::Volume)],
    params: &[],
    outputs: Outputs::Fixed(&[Output::primary("value", VOLUME, "volume on balance")]),
    check: no_relations,
    warmup: |_, _| 1,
    first: |_| 0,
    make: |_| Box::new(Obv { close: f64::NEG_INFINITY, total: Running::default() }),
};

const VOLUME: Type = Type::Float { unit: Unit::Volume, range: Range::ANY };

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Obv {
    /// The close before; below every price at first, so that the first bar counts as rising.
    close: f64,
    total: Running,
}

impl State for Obv {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[close, volume], [out]| {
            let mut before = self.close;
            for ((slot, &close), &volume) in out.iter_mut().zip(close).zip(volume) {
                let rise = if close > before { volume } else { 0.0 };
                let fall = if close < before { volume } else { 0.0 };
                *slot = rise - fall;
                before = close;
            }
            self.close = before;
            self.total.run_in_place(out);
        });
    }
}
