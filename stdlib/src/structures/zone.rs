//! One demand or supply zone at the last swing.

use serde::{Deserialize, Serialize};

use super::common::{ATR_KEY, Atr, Pivot, Watch, atr_warmup, bar_number, bars, flag, put, put_missing};
use crate::kernel::State;
use crate::params::{Default, Param, ParamType, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};

const PRICE: Type = Type::Float { unit: Unit::Price, range: Range::ANY };
const STATES: &[&str] = &["none", "active", "broken"];

pub static ZONE: Builtin = Builtin {
    name: "zone",
    kind: Kind::Structure,
    category: "structure",
    summary: "Demand zone at the last swing low, or supply zone at the last swing high",
    formula: "width = width_atr * ATR of the bar on which the swing became known (with no ATR then, of the\n\
              first bar that has one)\n\
              placement base: demand = [low, low + width], supply = [high - width, high]\n\
              placement beyond: demand = [low - width, low], supply = [high, high + width]\n\
              A new swing replaces the zone. It breaks when a bar closes below a demand, above a supply\n\
              zone; a broken zone keeps its bounds until it is replaced.",
    source: "the Play v3 reference, corrected",
    edge_cases: "A bar with a missing high, low or close is skipped.",
    inputs: &[
        Input::Bar(Field::High),
        Input::Bar(Field::Low),
        Input::Bar(Field::Close),
        Input::Feature { param: "atr_key" },
        Input::Uses { structure: "swing", output: "high_version", optional: false },
        Input::Uses { structure: "swing", output: "high_level", optional: false },
        Input::Uses { structure: "swing", output: "high_idx", optional: false },
        Input::Uses { structure: "swing", output: "low_version", optional: false },
        Input::Uses { structure: "swing", output: "low_level", optional: false },
        Input::Uses { structure: "swing", output: "low_idx", optional: false },
    ],
    params: &[
        Param {
            name: "zone_type",
            ty: ParamType::Choice(&["demand", "supply"]),
            default: Default::Required,
            doc: "demand: at the swing low; supply: at the swing high",
        },
        Param {
            name: "width_atr",
            ty: ParamType::Float { min: 1e-6, max: 1000.0 },
            default: Default::Float(1.0),
            doc: "height of the zone in ATR",
        },
        ATR_KEY,
        Param {
            name: "placement",
            ty: ParamType::Choice(&["base", "beyond"]),
            default: Default::Choice("base"),
            doc: "base: between the swing and price; beyond: on the far side of the swing, where stops lie",
        },
    ],
    outputs: Outputs::Fixed(&[
        Output::new("state", Type::Enum(STATES), "state of the zone"),
        Output::new("upper", PRICE, "upper bound").sparse(),
        Output::new("lower", PRICE, "lower bound").sparse(),
        Output::new("anchor_idx", Type::BAR_INDEX, "bar of the swing").sparse(),
        Output::new("version", Type::COUNT, "zones made and broken"),
        Output::new("new_this_bar", Type::Bool, "the zone was made on this bar"),
        Output::new("broken_this_bar", Type::Bool, "the zone broke on this bar"),
    ]),
    check: no_relations,
    warmup: |p, w| 11 + atr_warmup(p.given(2), w),
    first: |_| 0,
    make: |p| Box::new(Zone::new(p)),
};

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Bounds {
    upper: f64,
    lower: f64,
    anchor: u64,
    broken: bool,
}

/// none -> active -> broken; a new swing -> active.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Zone {
    demand: bool,
    width_atr: f64,
    /// 1 when the width is added to the swing, -1 when it is taken off.
    way: f64,
    atr: Atr,
    swing: Watch,
    /// A swing that waits for an ATR.
    waiting: Option<Pivot>,
    zone: Option<Bounds>,
    version: u64,
    made: bool,
    broke: bool,
}

impl Zone {
    #[must_use]
    pub fn new(p: &Params) -> Zone {
        let (demand, base) = (p.choice(0) == 0, p.choice(3) == 0);
        Zone {
            demand,
            width_atr: p.float(1),
            way: if demand == base { 1.0 } else { -1.0 },
            atr: Atr::new(p.given(2)),
            swing: Watch::default(),
            waiting: None,
            zone: None,
            version: 0,
            made: false,
            broke: false,
        }
    }

    fn step(&mut self, close: f64, atr: Option<f64>) {
        self.made = false;
        self.broke = false;
        if let (Some(pivot), Some(atr)) = (self.waiting, atr) {
            let other = pivot.level + self.way * (self.width_atr * atr);
            let (lower, upper) = (pivot.level.min(other), pivot.level.max(other));
            self.zone = Some(Bounds { upper, lower, anchor: pivot.bar, broken: false });
            self.waiting = None;
            self.made = true;
            self.version += 1;
        }
        if let Some(zone) = &mut self.zone {
            let beyond = if self.demand { close < zone.lower } else { close > zone.upper };
            if beyond && !zone.broken {
                zone.broken = true;
                self.broke = true;
                self.version += 1;
            }
        }
    }

    fn row(&self) -> [f64; 7] {
        let bound = |of: fn(&Bounds) -> f64| self.zone.as_ref().map_or(f64::NAN, of);
        [
            self.zone.map_or(0.0, |z| if z.broken { 2.0 } else { 1.0 }),
            bound(|z| z.upper),
            bound(|z| z.lower),
            bar_number(self.zone.map(|z| z.anchor)),
            self.version as f64,
            flag(self.made),
            flag(self.broke),
        ]
    }
}

impl State for Zone {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let swing = if self.demand { 7 } else { 4 };
        for t in bars(inputs[0]) {
            let bar = [inputs[0][t], inputs[1][t], inputs[2][t], inputs[swing][t]];
            if bar.iter().all(|v| v.is_finite()) {
                let [high, low, close, version] = bar;
                let atr = self.atr.step(high, low, close, inputs[3], t);
                if self.swing.moved(version) {
                    self.waiting = Pivot::read(inputs[swing + 1][t], inputs[swing + 2][t]);
                }
                self.step(close, atr);
                put(outputs, t, self.row());
            } else {
                put_missing(outputs, t);
            }
        }
    }
}
