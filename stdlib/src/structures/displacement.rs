//! Impulsive bars: a large body with small wicks.

use serde::{Deserialize, Serialize};

use super::common::{ATR_KEY, Atr, atr_warmup, bar_number, bars, flag, put, put_missing};
use crate::kernel::State;
use crate::params::{Default, Param, ParamType, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};

const RATIO: Type = Type::Float { unit: Unit::Ratio, range: Range::NON_NEGATIVE };

pub static DISPLACEMENT: Builtin = Builtin {
    name: "displacement",
    kind: Kind::Structure,
    category: "structure",
    summary: "Impulsive bar: a large body with small wicks",
    formula: "body_atr_ratio = |close - open| / ATR\n\
              wick_ratio = (upper wick + lower wick) / |close - open|\n\
              A displacement has body_atr_ratio >= body_atr_min and wick_ratio <= wick_ratio_max.\n\
              The ATR is the one of this bar, or with atr_of: bar_before the one that does not contain it.",
    source: "the Play v3 reference",
    edge_cases: "Without ATR both ratios are missing and no bar is a displacement; without body \
                 wick_ratio is missing.",
    inputs: BAR_AND_ATR,
    params: &[ATR_KEY, BODY_ATR_MIN, WICK_RATIO_MAX, ATR_OF],
    outputs: Outputs::Fixed(&[
        Output::new("is_displacement", Type::Bool, "this bar is a displacement"),
        Output::new("direction", Type::DIRECTION, "its direction; 0 on other bars"),
        Output::new("body_atr_ratio", RATIO, "body of this bar in ATR").sparse(),
        Output::new("wick_ratio", RATIO, "wicks of this bar in bodies").sparse(),
        Output::new("last_idx", Type::BAR_INDEX, "bar of the last displacement").sparse(),
        Output::new(
            "last_direction",
            Type::DIRECTION,
            "direction of the last displacement; 0 before the first",
        ),
        Output::new("version", Type::COUNT, "displacements"),
    ]),
    check: no_relations,
    // `bar_before` reads the ATR of one bar more.
    warmup: |p, w| 1 + usize::from(p.choice(3) == 1) + atr_warmup(p.given(0), w),
    first: |_| 0,
    make: |p| Box::new(Displacement::new(p)),
};

pub(super) const BAR_AND_ATR: &[Input] = &[
    Input::Bar(Field::Open),
    Input::Bar(Field::High),
    Input::Bar(Field::Low),
    Input::Bar(Field::Close),
    Input::Feature { param: "atr_key" },
];
pub(super) const BODY_ATR_MIN: Param = Param {
    name: "body_atr_min",
    ty: ParamType::Float { min: 0.0, max: 1000.0 },
    default: Default::Float(1.5),
    doc: "least body of a displacement, in ATR",
};
pub(super) const WICK_RATIO_MAX: Param = Param {
    name: "wick_ratio_max",
    ty: ParamType::Float { min: 0.0, max: 1000.0 },
    default: Default::Float(0.4),
    doc: "greatest sum of both wicks of a displacement, in bodies",
};
const ATR_OF: Param = Param {
    name: "atr_of",
    ty: ParamType::Choice(&["this_bar", "bar_before"]),
    default: Default::Choice("this_bar"),
    doc: "whether the ATR contains the impulse itself",
};

/// What a displacement must reach.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Impulse {
    pub body_atr_min: f64,
    pub wick_ratio_max: f64,
}

/// The shape of one bar.
pub(super) struct Shape {
    pub body_atr_ratio: f64,
    pub wick_ratio: f64,
    /// 0 when it is no displacement.
    pub direction: i8,
}

impl Impulse {
    pub fn measure(self, open: f64, high: f64, low: f64, close: f64, atr: Option<f64>) -> Shape {
        let body = (close - open).abs();
        let Some(atr) = atr else {
            return Shape { body_atr_ratio: f64::NAN, wick_ratio: f64::NAN, direction: 0 };
        };
        if body == 0.0 {
            return Shape { body_atr_ratio: 0.0, wick_ratio: f64::NAN, direction: 0 };
        }
        let wick_ratio = ((high - open.max(close)) + (open.min(close) - low)) / body;
        let body_atr_ratio = body / atr;
        let enough = body_atr_ratio >= self.body_atr_min && wick_ratio <= self.wick_ratio_max;
        let direction = if close > open { 1 } else { -1 };
        Shape { body_atr_ratio, wick_ratio, direction: if enough { direction } else { 0 } }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Displacement {
    impulse: Impulse,
    bar: u64,
    atr: Atr,
    use_atr_before: bool,
    atr_before: Option<f64>,
    last: Option<u64>,
    last_direction: i8,
    version: u64,
}

impl Displacement {
    #[must_use]
    pub fn new(p: &Params) -> Displacement {
        Displacement {
            impulse: Impulse { body_atr_min: p.float(1), wick_ratio_max: p.float(2) },
            bar: 0,
            atr: Atr::new(p.given(0)),
            use_atr_before: p.choice(3) == 1,
            atr_before: None,
            last: None,
            last_direction: 0,
            version: 0,
        }
    }

    fn step(&mut self, [open, high, low, close]: [f64; 4], atr: Option<f64>) -> [f64; 7] {
        let before = std::mem::replace(&mut self.atr_before, atr);
        let shape =
            self.impulse.measure(open, high, low, close, if self.use_atr_before { before } else { atr });
        if shape.direction != 0 {
            self.last = Some(self.bar);
            self.last_direction = shape.direction;
            self.version += 1;
        }
        [
            flag(shape.direction != 0),
            f64::from(shape.direction),
            shape.body_atr_ratio,
            shape.wick_ratio,
            bar_number(self.last),
            f64::from(self.last_direction),
            self.version as f64,
        ]
    }
}

impl State for Displacement {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        for t in bars(inputs[0]) {
            let bar = [inputs[0][t], inputs[1][t], inputs[2][t], inputs[3][t]];
            if bar.iter().all(|v| v.is_finite()) {
                let atr = self.atr.step(bar[1], bar[2], bar[3], inputs[4], t);
                let row = self.step(bar, atr);
                put(outputs, t, row);
            } else {
                put_missing(outputs, t);
            }
            self.bar += 1;
        }
    }
}
