//! Breaker blocks: order blocks that failed, on a change of character.

use serde::{Deserialize, Serialize};

use super::common::{bars, flag, put, put_missing};
use super::slots::{BOUND, MAX_ACTIVE, Slot, Slots, direction, joined, of};
use crate::kernel::State;
use crate::params::{Default, Param, ParamType, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};

pub static BREAKER_BLOCK: Builtin = Builtin {
    name: "breaker_block",
    kind: Kind::Structure,
    category: "structure",
    summary: "Breaker block: an order block that failed and changed sides",
    formula: "When an order block is invalidated and a change of character in the direction of the failure\n\
              happens within `within_bars` bars of it, before or after, the block's bounds become a breaker\n\
              of the opposite direction: a failed bullish block is a bearish breaker. It is made on the\n\
              later bar of the two, unless that bar closes beyond it. A change of character the other way\n\
              cancels the one before it. One block makes one breaker; of several failed blocks of one\n\
              direction that wait, the last counts. From the next bar on: mitigated (no longer active) when\n\
              price comes back to its near side; invalidated when a bar closes beyond its far side,\n\
              mitigated or not.",
    source: "the Play v3 reference, corrected",
    edge_cases: "A bar with a missing high, low or close is skipped.",
    inputs: &[
        Input::Bar(Field::High),
        Input::Bar(Field::Low),
        Input::Bar(Field::Close),
        Input::Uses { structure: "order_block", output: "any_invalidated_this_bar", optional: false },
        Input::Uses { structure: "order_block", output: "last_invalidated_direction", optional: false },
        Input::Uses { structure: "order_block", output: "last_invalidated_upper", optional: false },
        Input::Uses { structure: "order_block", output: "last_invalidated_lower", optional: false },
        Input::Uses { structure: "order_block", output: "last_invalidated_idx", optional: false },
        Input::Uses { structure: "market_structure", output: "choch_this_bar", optional: false },
        Input::Uses { structure: "market_structure", output: "bias", optional: false },
    ],
    params: &[
        MAX_ACTIVE,
        Param {
            name: "within_bars",
            ty: ParamType::Int { min: 0, max: 1000 },
            default: Default::Int(10),
            doc: "bars that may lie between the failure and the change of character; 0 = the same bar",
        },
    ],
    outputs: Outputs::Fixed(&[
        Output::new("new_this_bar", Type::Bool, "a breaker was made on this bar"),
        Output::new("new_direction", Type::DIRECTION, "its direction; 0 on other bars"),
        Output::new("new_upper", BOUND, "its upper bound, on this bar only").sparse(),
        Output::new("new_lower", BOUND, "its lower bound, on this bar only").sparse(),
        Output::new("nearest_bull_upper", BOUND, "upper bound of the nearest active bullish breaker")
            .sparse(),
        Output::new("nearest_bull_lower", BOUND, "its lower bound").sparse(),
        Output::new("nearest_bear_upper", BOUND, "upper bound of the nearest active bearish breaker")
            .sparse(),
        Output::new("nearest_bear_lower", BOUND, "its lower bound").sparse(),
        Output::new("active_bull_count", Type::COUNT, "active bullish breakers"),
        Output::new("active_bear_count", Type::COUNT, "active bearish breakers"),
        Output::new("any_mitigated_this_bar", Type::Bool, "price came back to a breaker on this bar"),
        Output::new("version", Type::COUNT, "breakers made"),
        Output::new("new_idx", Type::BAR_INDEX, "bar of the failed block of the breaker made on this bar")
            .sparse(),
        Output::new("last_mitigated_idx", Type::BAR_INDEX, "bar of the block of the breaker mitigated last")
            .sparse(),
        Output::new("any_invalidated_this_bar", Type::Bool, "a bar closed through a breaker"),
        Output::new(
            "last_invalidated_direction",
            Type::DIRECTION,
            "direction of the breaker invalidated last; 0 before any",
        ),
        Output::new("last_invalidated_upper", BOUND, "its upper bound").sparse(),
        Output::new("last_invalidated_lower", BOUND, "its lower bound").sparse(),
        Output::new("last_invalidated_idx", Type::BAR_INDEX, "bar of its block").sparse(),
    ]),
    check: no_relations,
    warmup: |p, _| p.length(1) + 1,
    first: |_| 0,
    make: |p| Box::new(BreakerBlock::new(p)),
};

/// A block that failed and waits for its change of character.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Failed {
    bar: u64,
    upper: f64,
    lower: f64,
    about: u64,
}

/// Failure and change of character, in either order -> active -> mitigated; active or mitigated ->
/// invalidated.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BreakerBlock {
    within: u64,
    bar: u64,
    /// By the direction of the breaker to be made: bearish, bullish.
    failed: [Option<Failed>; 2],
    turned: [Option<u64>; 2],
    slots: Slots,
}

impl BreakerBlock {
    #[must_use]
    pub fn new(p: &Params) -> BreakerBlock {
        BreakerBlock {
            within: p.length(1) as u64,
            bar: 0,
            failed: [None, None],
            turned: [None, None],
            slots: Slots::new(p.length(0)),
        }
    }

    fn make(&mut self, close: f64) {
        for bullish in [false, true] {
            let way = usize::from(bullish);
            let (Some(failed), Some(turned)) = (self.failed[way], self.turned[way]) else { continue };
            if failed.bar.abs_diff(turned) > self.within {
                continue;
            }
            self.failed[way] = None;
            let Failed { upper, lower, about, .. } = failed;
            let made = self.bar;
            let slot =
                Slot { bullish, upper, lower, about, made, touched: false, mitigated: false, fill: 0.0 };
            if !slot.fails(close) {
                self.slots.add(slot);
            }
        }
    }

    fn row(&self, close: f64) -> [f64; 19] {
        let events = &self.slots.events;
        let [bulls, bears] = self.slots.active(close);
        let invalidated = self.slots.last_invalidated;
        joined(
            self.slots.figures(bulls, bears),
            [
                self.slots.version as f64,
                of(events.new, |s| s.about as f64),
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

impl State for BreakerBlock {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        for t in bars(inputs[0]) {
            let bar = [inputs[0][t], inputs[1][t], inputs[2][t]];
            let (invalidated, choch) = (inputs[3][t], inputs[8][t]);
            if bar.iter().chain([&invalidated, &choch]).all(|v| v.is_finite()) {
                self.slots.begin();
                if invalidated > 0.0 {
                    let (upper, lower) = (inputs[5][t], inputs[6][t]);
                    let failed = Failed { bar: self.bar, upper, lower, about: inputs[7][t] as u64 };
                    self.failed[usize::from(inputs[4][t] < 0.0)] = Some(failed);
                }
                if choch > 0.0 {
                    let way = usize::from(inputs[9][t] > 0.0);
                    self.turned[way] = Some(self.bar);
                    self.turned[1 - way] = None;
                }
                self.make(bar[2]);
                self.slots.follow(bar, self.bar, |_| true);
                let row = self.row(bar[2]);
                put(outputs, t, row);
            } else {
                put_missing(outputs, t);
            }
            self.bar += 1;
        }
    }
}
