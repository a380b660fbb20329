//! Order blocks: the last opposing bar before an impulse.

use serde::{Deserialize, Serialize};

use super::common::{ATR_KEY, Atr, atr_warmup, bars, flag, optional, put, put_missing};
use super::displacement::{BODY_ATR_MIN, Impulse, WICK_RATIO_MAX};
use super::slots::{BOUND, MAX_ACTIVE, Slot, Slots, direction, joined, of};
use crate::kernel::State;
use crate::params::{Default, Param, ParamType, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};

pub static ORDER_BLOCK: Builtin = Builtin {
    name: "order_block",
    kind: Kind::Structure,
    category: "structure",
    summary: "Order block: the last opposing bar before an impulse",
    formula: "Impulse: a displacement (of the displacement in `uses`, else by body_atr_min and\n\
              wick_ratio_max here); with require_displacement: false any bar that closes beyond the whole\n\
              opposing bar. With require_structure_break its close must also lie beyond the last swing high\n\
              (low). Block: the newest of the `lookback` bars before it with a body of the other direction,\n\
              from the bottom to the top of its body (use_body) or of the bar. It speaks of that bar and is\n\
              known on the impulse bar. A bullish block is a down bar before a rise.\n\
              From the next bar on: mitigated (no longer active) when price comes back to its near side;\n\
              invalidated when a bar closes beyond its far side, mitigated or not.\n\
              Of several blocks invalidated on one bar the newest is reported; the count says how many.",
    source: "the Play v3 reference, corrected",
    edge_cases: "A bar with a missing price is skipped. Without ATR no bar is a displacement.",
    inputs: &[
        Input::Bar(Field::Open),
        Input::Bar(Field::High),
        Input::Bar(Field::Low),
        Input::Bar(Field::Close),
        Input::Feature { param: "atr_key" },
        Input::Uses { structure: "swing", output: "high_level", optional: false },
        Input::Uses { structure: "swing", output: "low_level", optional: false },
        Input::Uses { structure: "displacement", output: "direction", optional: true },
    ],
    params: &[
        ATR_KEY,
        Param {
            name: "use_body",
            ty: ParamType::Bool,
            default: Default::Bool(true),
            doc: "the block is the body of the bar; false: high to low",
        },
        Param {
            name: "require_displacement",
            ty: ParamType::Bool,
            default: Default::Bool(true),
            doc: "the impulse must be a displacement",
        },
        BODY_ATR_MIN,
        WICK_RATIO_MAX,
        MAX_ACTIVE,
        Param {
            name: "lookback",
            ty: ParamType::Int { min: 1, max: 100 },
            default: Default::Int(3),
            doc: "bars before the impulse in which the opposing bar is looked for",
        },
        Param {
            name: "require_structure_break",
            ty: ParamType::Bool,
            default: Default::Bool(false),
            doc: "the impulse must close beyond the last swing high (low)",
        },
    ],
    outputs: Outputs::Fixed(&[
        Output::new("new_this_bar", Type::Bool, "a block became known on this bar"),
        Output::new("new_direction", Type::DIRECTION, "its direction; 0 on other bars"),
        Output::new("new_upper", BOUND, "its upper bound, on this bar only").sparse(),
        Output::new("new_lower", BOUND, "its lower bound, on this bar only").sparse(),
        Output::new("nearest_bull_upper", BOUND, "upper bound of the nearest active bullish block").sparse(),
        Output::new("nearest_bull_lower", BOUND, "its lower bound").sparse(),
        Output::new("nearest_bear_upper", BOUND, "upper bound of the nearest active bearish block").sparse(),
        Output::new("nearest_bear_lower", BOUND, "its lower bound").sparse(),
        Output::new("active_bull_count", Type::COUNT, "active bullish blocks"),
        Output::new("active_bear_count", Type::COUNT, "active bearish blocks"),
        Output::new("any_mitigated_this_bar", Type::Bool, "price came back to a block on this bar"),
        Output::new("any_invalidated_this_bar", Type::Bool, "a bar closed through a block"),
        Output::new(
            "last_invalidated_direction",
            Type::DIRECTION,
            "direction of the block invalidated last; 0 before any",
        ),
        Output::new("last_invalidated_upper", BOUND, "its upper bound").sparse(),
        Output::new("last_invalidated_lower", BOUND, "its lower bound").sparse(),
        Output::new("version", Type::COUNT, "blocks made"),
        Output::new("new_idx", Type::BAR_INDEX, "bar of the block made on this bar").sparse(),
        Output::new("last_mitigated_idx", Type::BAR_INDEX, "bar of the block mitigated last").sparse(),
        Output::new("last_invalidated_idx", Type::BAR_INDEX, "bar of the block invalidated last").sparse(),
        Output::new("invalidated_count_this_bar", Type::COUNT, "blocks invalidated on this bar"),
    ]),
    check: no_relations,
    warmup: |p, w| p.length(6) + 2 + atr_warmup(p.given(0), w),
    first: |_| 0,
    make: |p| Box::new(OrderBlock::new(p)),
};

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Candle {
    bar: u64,
    open: f64,
    high: f64,
    low: f64,
    close: f64,
}

/// active -> mitigated; active or mitigated -> invalidated -> gone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderBlock {
    use_body: bool,
    require_displacement: bool,
    require_break: bool,
    impulse: Impulse,
    bar: u64,
    atr: Atr,
    /// The last `lookback` bars in a ring; `seen` says where the next one goes.
    history: Vec<Candle>,
    seen: usize,
    slots: Slots,
}

/// What a bar brings besides its prices.
struct Context {
    atr: Option<f64>,
    swing_high: f64,
    swing_low: f64,
    /// Missing without a displacement in `uses`.
    displaced: f64,
}

impl OrderBlock {
    #[must_use]
    pub fn new(p: &Params) -> OrderBlock {
        OrderBlock {
            use_body: p.bool(1),
            require_displacement: p.bool(2),
            require_break: p.bool(7),
            impulse: Impulse { body_atr_min: p.float(3), wick_ratio_max: p.float(4) },
            bar: 0,
            atr: Atr::new(p.given(0)),
            history: vec![Candle::default(); p.length(6)],
            seen: 0,
            slots: Slots::new(p.length(5)),
        }
    }

    /// Up, down, or no impulse.
    fn impulse(&self, now: Candle, context: &Context) -> Option<bool> {
        let direction = if !self.require_displacement {
            now.close - now.open
        } else if context.displaced.is_finite() {
            context.displaced
        } else {
            f64::from(self.impulse.measure(now.open, now.high, now.low, now.close, context.atr).direction)
        };
        let up = direction > 0.0;
        let broke = if up { now.close > context.swing_high } else { now.close < context.swing_low };
        (direction != 0.0 && (broke || !self.require_break)).then_some(up)
    }

    fn block(&self, now: Candle, up: bool) -> Option<Slot> {
        let size = self.history.len();
        let candle = (1..=self.seen.min(size))
            .map(|ago| self.history[(self.seen - ago) % size])
            .find(|c| if up { c.close < c.open } else { c.close > c.open })?;
        let engulfed = if up { now.close > candle.high } else { now.close < candle.low };
        if !self.require_displacement && !engulfed {
            return None;
        }
        let (lower, upper) = if self.use_body {
            (candle.open.min(candle.close), candle.open.max(candle.close))
        } else {
            (candle.low, candle.high)
        };
        let (about, made) = (candle.bar, self.bar);
        let slot =
            Slot { bullish: up, upper, lower, about, made, touched: false, mitigated: false, fill: 0.0 };
        (upper > lower).then_some(slot)
    }

    fn step(&mut self, now: Candle, context: &Context) -> [f64; 20] {
        self.slots.begin();
        if let Some(up) = self.impulse(now, context)
            && let Some(block) = self.block(now, up)
        {
            self.slots.add(block);
        }
        let size = self.history.len();
        self.history[self.seen % size] = now;
        self.seen += 1;
        self.slots.follow([now.high, now.low, now.close], self.bar, |_| true);
        self.row(now.close)
    }

    fn row(&self, close: f64) -> [f64; 20] {
        let events = &self.slots.events;
        let [bulls, bears] = self.slots.active(close);
        let invalidated = self.slots.last_invalidated;
        joined(
            self.slots.figures(bulls, bears),
            [
                flag(events.invalidated.is_some()),
                direction(invalidated),
                of(invalidated, |s| s.upper),
                of(invalidated, |s| s.lower),
                self.slots.version as f64,
                of(events.new, |s| s.about as f64),
                of(self.slots.last_mitigated, |s| s.about as f64),
                of(invalidated, |s| s.about as f64),
                f64::from(events.invalidated_count),
            ],
        )
    }
}

impl State for OrderBlock {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        for t in bars(inputs[0]) {
            let [open, high, low, close] = [inputs[0][t], inputs[1][t], inputs[2][t], inputs[3][t]];
            if [open, high, low, close].iter().all(|v| v.is_finite()) {
                let context = Context {
                    atr: self.atr.step(high, low, close, inputs[4], t),
                    swing_high: inputs[5][t],
                    swing_low: inputs[6][t],
                    displaced: optional(inputs[7], t),
                };
                let row = self.step(Candle { bar: self.bar, open, high, low, close }, &context);
                put(outputs, t, row);
            } else {
                put_missing(outputs, t);
            }
            self.bar += 1;
        }
    }
}
