//! Fibonacci levels of the latest leg.

use serde::{Deserialize, Serialize};

use super::common::{SIDES, Watch, bars, put_missing};
use crate::kernel::State;
use crate::params::{Default, Param, ParamError, ParamType, Params};
use crate::signature::{Builtin, Family, Input, Kind, Output, Outputs};
use crate::types::{Range, Type, Unit};

const PRICE: Type = Type::Float { unit: Unit::Price, range: Range::ANY };
const ID: Type = Type::Int { unit: Unit::Scalar, range: Range::new(0.0, 281_474_976_710_655.0) };

pub static FIBONACCI: Builtin = Builtin {
    name: "fibonacci",
    kind: Kind::Structure,
    category: "structure",
    summary: "Fibonacci retracement and extension levels of the latest leg",
    formula: "With high H and low L of the anchor and R = H - L, the level of ratio q is\n\
              retracement: H - q R (0 at the high, 1 at the low, also for a leg down)\n\
              extension: H + q R of a bullish anchor, L - q R of a bearish one\n\
              extension_up: H + q R; extension_down: L - q R\n\
              The anchor is the swing's pair; with use_trend_anchor the pair while the trend is not\n\
              ranging, with the trend's direction; with use_paired_anchor: false the last swing high and\n\
              low, without direction.",
    source: "the Play v3 reference, corrected",
    edge_cases: "Missing until the first anchor. An anchor whose high is not above its low is not taken: \
                 the levels stay on the one before.",
    inputs: &[
        Input::Uses { structure: "swing", output: "version", optional: false },
        Input::Uses { structure: "swing", output: "high_level", optional: false },
        Input::Uses { structure: "swing", output: "low_level", optional: false },
        Input::Uses { structure: "swing", output: "pair_version", optional: false },
        Input::Uses { structure: "swing", output: "pair_high_level", optional: false },
        Input::Uses { structure: "swing", output: "pair_low_level", optional: false },
        Input::Uses { structure: "swing", output: "pair_direction", optional: false },
        Input::Uses { structure: "swing", output: "pair_anchor_hash", optional: false },
        Input::Uses { structure: "trend", output: "version", optional: true },
        Input::Uses { structure: "trend", output: "direction", optional: true },
    ],
    params: &[
        Param {
            name: "levels",
            ty: ParamType::List { min: -100.0, max: 100.0 },
            default: Default::List(&[0.236, 0.382, 0.5, 0.618, 0.786]),
            doc: "the ratios",
        },
        Param {
            name: "mode",
            ty: ParamType::Choice(MODES),
            default: Default::Choice("retracement"),
            doc: "from where the ratios are measured",
        },
        Param {
            name: "use_paired_anchor",
            ty: ParamType::Bool,
            default: Default::Bool(true),
            doc: "anchor on the swing's pair; false: on the last high and the last low",
        },
        Param {
            name: "use_trend_anchor",
            ty: ParamType::Bool,
            default: Default::Bool(false),
            doc: "take a pair only while the trend has a direction (needs a trend in `uses`); goes before \
                  use_paired_anchor",
        },
    ],
    outputs: Outputs::Family { families: FAMILIES, outputs },
    check,
    warmup: |_, _| 11,
    first: |_| 0,
    make: |p| Box::new(Fibonacci::new(p)),
};

const MODES: &[&str] = &["retracement", "extension", "extension_up", "extension_down"];
const FAMILIES: &[Family] = &[Family {
    pattern: "level[<ratio>]",
    doc: "price of the ratio; the output's name is level_ and the shortest decimal form, such as \
          level_0.618 or level_1",
}];

fn outputs(p: &Params) -> Vec<Output> {
    let level = |q: &f64| Output {
        name: format!("level_{q}").into(),
        ty: PRICE,
        primary: false,
        sparse: true,
        doc: format!("price of ratio {q}").into(),
    };
    let mut all: Vec<Output> = p.list(0).iter().map(level).collect();
    all.extend([
        Output::new("anchor_high", Type::PRICE, "high of the anchor").sparse(),
        Output::new("anchor_low", Type::PRICE, "low of the anchor").sparse(),
        Output::new("range", Type::PRICE, "anchor_high - anchor_low").sparse(),
        Output::new("anchor_direction", Type::Enum(SIDES), "direction of the anchor").sparse(),
        Output::new("anchor_hash", ID, "the swing's pair_anchor_hash; missing without paired anchor")
            .sparse(),
        Output::new(
            "anchor_trend_direction",
            Type::DIRECTION,
            "the trend's direction when the anchor was taken",
        ),
    ]);
    all
}

fn check(p: &Params) -> Result<(), ParamError> {
    let levels = p.list(0);
    if let Some(twice) = levels.iter().enumerate().find(|(i, q)| levels[..*i].contains(q)) {
        return Err(ParamError {
            param: "levels",
            message: format!("the ratio {} is listed twice", twice.1),
        });
    }
    if p.choice(1) == 1 && !p.bool(2) && !p.bool(3) {
        return Err(ParamError {
            param: "mode",
            message: "mode extension needs a direction: set use_paired_anchor or use_trend_anchor".into(),
        });
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Source {
    Pair,
    Trend,
    Swing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Mode {
    Retracement,
    Extension,
    ExtensionUp,
    ExtensionDown,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Anchor {
    high: f64,
    low: f64,
    /// Bullish, bearish, unknown.
    up: Option<bool>,
    id: f64,
    trend: i8,
}

/// The anchor is taken when its source changes, else kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fibonacci {
    ratios: Vec<f64>,
    mode: Mode,
    source: Source,
    swing: Watch,
    trend: Watch,
    anchor: Option<Anchor>,
}

impl Fibonacci {
    #[must_use]
    pub fn new(p: &Params) -> Fibonacci {
        Fibonacci {
            ratios: p.list(0).to_vec(),
            mode: [Mode::Retracement, Mode::Extension, Mode::ExtensionUp, Mode::ExtensionDown][p.choice(1)],
            source: match (p.bool(3), p.bool(2)) {
                (true, _) => Source::Trend,
                (false, true) => Source::Pair,
                (false, false) => Source::Swing,
            },
            swing: Watch::default(),
            trend: Watch::default(),
            anchor: None,
        }
    }

    /// The anchor that the source offers on this bar, if the source changed.
    fn offered(&mut self, inputs: &[&[f64]], t: usize) -> Option<Anchor> {
        let pair_up = (inputs[6][t] >= 0.0).then_some(inputs[6][t] == 0.0);
        let pair = Anchor { high: inputs[4][t], low: inputs[5][t], up: pair_up, id: inputs[7][t], trend: 0 };
        match self.source {
            Source::Swing => self.swing.moved(inputs[0][t]).then(|| Anchor {
                high: inputs[1][t],
                low: inputs[2][t],
                up: None,
                id: f64::NAN,
                trend: 0,
            }),
            Source::Pair => self.swing.moved(inputs[3][t]).then_some(pair),
            Source::Trend => {
                let [version, direction] = [8, 9].map(|k| inputs[k].get(t).copied().unwrap_or(f64::NAN));
                let moved = self.swing.moved(inputs[3][t]);
                if !(self.trend.moved(version) || moved) || !direction.is_finite() || direction == 0.0 {
                    return None;
                }
                Some(Anchor { up: Some(direction > 0.0), id: f64::NAN, trend: direction as i8, ..pair })
            }
        }
    }

    fn level(&self, anchor: &Anchor, ratio: f64) -> f64 {
        let Anchor { high, low, .. } = *anchor;
        let distance = ratio * (high - low);
        match (self.mode, anchor.up) {
            (Mode::Retracement, _) => high - distance,
            (Mode::Extension, Some(true)) | (Mode::ExtensionUp, _) => high + distance,
            (Mode::Extension, Some(false)) | (Mode::ExtensionDown, _) => low - distance,
            (Mode::Extension, None) => f64::NAN,
        }
    }

    fn write(&self, outputs: &mut [&mut [f64]], t: usize) {
        let Some(anchor) = &self.anchor else {
            put_missing(outputs, t);
            if let Some(trend) = outputs.last_mut() {
                trend[t] = 0.0;
            }
            return;
        };
        let (levels, rest) = outputs.split_at_mut(self.ratios.len());
        for (out, &ratio) in levels.iter_mut().zip(&self.ratios) {
            out[t] = self.level(anchor, ratio);
        }
        rest[0][t] = anchor.high;
        rest[1][t] = anchor.low;
        rest[2][t] = anchor.high - anchor.low;
        rest[3][t] = anchor.up.map_or(f64::NAN, |up| if up { 0.0 } else { 1.0 });
        rest[4][t] = anchor.id;
        rest[5][t] = f64::from(anchor.trend);
    }
}

impl State for Fibonacci {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        for t in bars(inputs[0]) {
            if !inputs[0][t].is_finite() {
                put_missing(outputs, t);
                continue;
            }
            // An anchor with a missing end compares false and is not taken either.
            if let Some(anchor) = self.offered(inputs, t)
                && anchor.high > anchor.low
            {
                self.anchor = Some(anchor);
            }
            self.write(outputs, t);
        }
    }
}
