//! Fair value gaps: three-bar imbalances.

use serde::{Deserialize, Serialize};

use super::common::{ATR_KEY, Atr, atr_warmup, bars, flag, put, put_missing};
use super::slots::{BOUND, MAX_ACTIVE, Slot, Slots, direction, joined, of};
use crate::kernel::State;
use crate::params::{Default, Param, ParamType, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};

const FILL: Type = Type::Float { unit: Unit::Ratio, range: Range::UNIT };

pub static FAIR_VALUE_GAP: Builtin = Builtin {
    name: "fair_value_gap",
    kind: Kind::Structure,
    category: "structure",
    summary: "Fair value gap: prices that a three-bar move left out",
    formula: "bullish gap: low > high of two bars ago, from that high (lower) to this low (upper) bearish\n\
              gap: high < low of two bars ago, from this high (lower) to that low (upper) It speaks of the\n\
              middle bar and is known on the third. min_gap_atr: its height in ATR, at least. From the next\n\
              bar on: touched when price reaches its near side; fill = the deepest share of its height that\n\
              price came back; mitigated (no longer active) when fill reaches mitigation_fill; invalidated\n\
              when a bar closes beyond its far side (mitigated ones too); a bar that invalidates does not\n\
              mitigate. nearest_* is the active gap whose middle is nearest to the close.",
    source: "the Play v3 reference, corrected",
    edge_cases: "A bar with a missing price is no part of a gap. Without ATR min_gap_atr lets no gap \
                 through.",
    inputs: &[
        Input::Bar(Field::High),
        Input::Bar(Field::Low),
        Input::Bar(Field::Close),
        Input::Feature { param: "atr_key" },
    ],
    params: &[
        ATR_KEY,
        Param {
            name: "min_gap_atr",
            ty: ParamType::Float { min: 0.0, max: 1000.0 },
            default: Default::Float(0.0),
            doc: "least height of a gap in ATR; 0 = any",
        },
        MAX_ACTIVE,
        Param {
            name: "mitigation_fill",
            ty: ParamType::Float { min: 0.0, max: 1.0 },
            default: Default::Float(0.5),
            doc: "share of the gap that price must fill to mitigate it: 0 = a touch, 1 = the whole",
        },
    ],
    outputs: Outputs::Fixed(&[
        Output::new("new_this_bar", Type::Bool, "a gap became known on this bar"),
        Output::new("new_direction", Type::DIRECTION, "its direction; 0 on other bars"),
        Output::new("new_upper", BOUND, "its upper bound, on this bar only").sparse(),
        Output::new("new_lower", BOUND, "its lower bound, on this bar only").sparse(),
        Output::new("nearest_bull_upper", BOUND, "upper bound of the nearest active bullish gap").sparse(),
        Output::new("nearest_bull_lower", BOUND, "its lower bound").sparse(),
        Output::new("nearest_bear_upper", BOUND, "upper bound of the nearest active bearish gap").sparse(),
        Output::new("nearest_bear_lower", BOUND, "its lower bound").sparse(),
        Output::new("active_bull_count", Type::COUNT, "active bullish gaps"),
        Output::new("active_bear_count", Type::COUNT, "active bearish gaps"),
        Output::new("any_mitigated_this_bar", Type::Bool, "a gap was mitigated on this bar"),
        Output::new("nearest_bull_fill_pct", FILL, "filled share of the nearest bullish gap, 0 to 1")
            .sparse(),
        Output::new("nearest_bear_fill_pct", FILL, "filled share of the nearest bearish gap, 0 to 1")
            .sparse(),
        Output::new("version", Type::COUNT, "gaps made"),
        Output::new("new_idx", Type::BAR_INDEX, "middle bar of the gap made on this bar").sparse(),
        Output::new(
            "any_touched_this_bar",
            Type::Bool,
            "price came back to a gap for the first time on this bar",
        ),
        Output::new("touched_idx", Type::BAR_INDEX, "middle bar of the gap touched on this bar").sparse(),
        Output::new("last_mitigated_idx", Type::BAR_INDEX, "middle bar of the gap mitigated last").sparse(),
        Output::new("any_invalidated_this_bar", Type::Bool, "a bar closed through a gap"),
        Output::new(
            "last_invalidated_direction",
            Type::DIRECTION,
            "direction of the gap invalidated last; 0 before any",
        ),
        Output::new("last_invalidated_upper", BOUND, "its upper bound").sparse(),
        Output::new("last_invalidated_lower", BOUND, "its lower bound").sparse(),
        Output::new("last_invalidated_idx", Type::BAR_INDEX, "its middle bar").sparse(),
    ]),
    check: no_relations,
    warmup: |p, w| 3 + atr_warmup(p.given(0), w),
    first: |_| 0,
    make: |p| Box::new(FairValueGap::new(p)),
};

/// active -> mitigated -> gone; active or mitigated -> invalidated -> gone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FairValueGap {
    min_gap_atr: f64,
    mitigation_fill: f64,
    bar: u64,
    atr: Atr,
    /// (bar, high, low) of the last two bars, the older first.
    before: [Option<(u64, f64, f64)>; 2],
    slots: Slots,
}

impl FairValueGap {
    #[must_use]
    pub fn new(p: &Params) -> FairValueGap {
        FairValueGap {
            min_gap_atr: p.float(1),
            mitigation_fill: p.float(3),
            bar: 0,
            atr: Atr::new(p.given(0)),
            before: [None, None],
            slots: Slots::new(p.length(2)),
        }
    }

    fn gap(&self, high: f64, low: f64, atr: Option<f64>) -> Option<Slot> {
        let [Some((_, high_before, low_before)), Some((middle, ..))] = self.before else { return None };
        let (bullish, lower, upper) = if low > high_before {
            (true, high_before, low)
        } else if high < low_before {
            (false, high, low_before)
        } else {
            return None;
        };
        if self.min_gap_atr > 0.0 && !atr.is_some_and(|a| upper - lower >= self.min_gap_atr * a) {
            return None;
        }
        let (about, made) = (middle, self.bar);
        Some(Slot { bullish, upper, lower, about, made, touched: false, mitigated: false, fill: 0.0 })
    }

    fn step(&mut self, bar: [f64; 3], atr: Option<f64>) -> [f64; 23] {
        let [high, low, close] = bar;
        self.slots.begin();
        if let Some(gap) = self.gap(high, low, atr) {
            self.slots.add(gap);
        }
        let enough = self.mitigation_fill;
        self.slots.follow(bar, self.bar, |gap| {
            let depth = if gap.bullish { gap.upper - low } else { high - gap.lower };
            gap.fill = gap.fill.max((depth / (gap.upper - gap.lower)).min(1.0));
            gap.fill >= enough
        });
        self.before = [self.before[1], Some((self.bar, high, low))];
        self.row(close)
    }

    fn row(&self, close: f64) -> [f64; 23] {
        let events = &self.slots.events;
        let [bulls, bears] = self.slots.active(close);
        let (bull, bear) = (bulls.nearest, bears.nearest);
        let invalidated = self.slots.last_invalidated;
        joined(
            self.slots.figures(bulls, bears),
            [
                of(bull, |s| s.fill),
                of(bear, |s| s.fill),
                self.slots.version as f64,
                of(events.new, |s| s.about as f64),
                flag(events.touched.is_some()),
                of(events.touched, |s| s.about as f64),
                of(self.slots.last_mitigated, |s| s.about as f64),
                flag(events.invalidated.is_some()),
                direction(invalidated),
                of(invalidated, |s| s.upper),
                of(invalidated, |s| s.lower),
                of(invalidated, |s| s.about as f64),
            ],
        )
    }
}

impl State for FairValueGap {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        for t in bars(inputs[0]) {
            let bar = [inputs[0][t], inputs[1][t], inputs[2][t]];
            if bar.iter().all(|v| v.is_finite()) {
                let atr = self.atr.step(bar[0], bar[1], bar[2], inputs[3], t);
                let row = self.step(bar, atr);
                put(outputs, t, row);
            } else {
                put_missing(outputs, t);
            }
            self.bar += 1;
        }
    }
}
