//! Breaks of structure and changes of character.

use serde::{Deserialize, Serialize};

use super::common::{Pivot, SIDES_OR_NONE, Watch, bar_number, bar_of, bars, flag, level, put, put_missing};
use crate::kernel::State;
use crate::params::{Default, Param, ParamType};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};

pub static MARKET_STRUCTURE: Builtin = Builtin {
    name: "market_structure",
    kind: Kind::Structure,
    category: "structure",
    summary: "Break of structure (BOS) and change of character (CHoCH)",
    formula: "Every new swing high (low) arms a break level, unless one as new was broken already. BOS:\n\
              price goes beyond the armed level in the direction of the bias (or of none, which sets the\n\
              bias); the level is used up, and the last swing of the other side becomes the level to hold\n\
              (choch_level). CHoCH: price goes beyond the level to hold; the bias turns. The armed level of\n\
              that side stays armed if it is newer and unbroken; the last swing of the other side, if\n\
              unbroken, is the new level to hold. Beyond = the close, or the high (low) when\n\
              confirmation_close is false; strictly.\n\
              At most one event a bar; a change of character goes first.",
    source: "the Play v3 reference, corrected",
    edge_cases: "A bar with a missing high, low or close is skipped.",
    inputs: &[
        Input::Bar(Field::High),
        Input::Bar(Field::Low),
        Input::Bar(Field::Close),
        Input::Uses { structure: "swing", output: "high_version", optional: false },
        Input::Uses { structure: "swing", output: "high_level", optional: false },
        Input::Uses { structure: "swing", output: "high_idx", optional: false },
        Input::Uses { structure: "swing", output: "low_version", optional: false },
        Input::Uses { structure: "swing", output: "low_level", optional: false },
        Input::Uses { structure: "swing", output: "low_idx", optional: false },
    ],
    params: &[Param {
        name: "confirmation_close",
        ty: ParamType::Bool,
        default: Default::Bool(true),
        doc: "a level is broken by the close; false: by the high or low",
    }],
    outputs: Outputs::Fixed(&[
        Output::new("bias", Type::DIRECTION, "1 after a bullish break, -1 after a bearish one"),
        Output::new("bos_this_bar", Type::Bool, "a break of structure on this bar"),
        Output::new("choch_this_bar", Type::Bool, "a change of character on this bar"),
        Output::new("bos_direction", Type::Enum(SIDES_OR_NONE), "direction of the last BOS"),
        Output::new("choch_direction", Type::Enum(SIDES_OR_NONE), "direction of the last CHoCH"),
        Output::new("last_bos_idx", Type::BAR_INDEX, "bar of the last BOS").sparse(),
        Output::new("last_bos_level", Type::PRICE, "level that it broke").sparse(),
        Output::new("last_choch_idx", Type::BAR_INDEX, "bar of the last CHoCH").sparse(),
        Output::new("last_choch_level", Type::PRICE, "level that it broke").sparse(),
        Output::new("break_level_high", Type::PRICE, "armed swing high").sparse(),
        Output::new("break_level_low", Type::PRICE, "armed swing low").sparse(),
        Output::new("version", Type::COUNT, "events"),
        Output::new("last_bos_pivot_idx", Type::BAR_INDEX, "bar of the pivot that the last BOS broke")
            .sparse(),
        Output::new("last_choch_pivot_idx", Type::BAR_INDEX, "bar of the pivot that the last CHoCH broke")
            .sparse(),
        Output::new("choch_level", Type::PRICE, "level to hold: beyond it the bias turns").sparse(),
    ]),
    check: no_relations,
    warmup: |_, _| 55,
    first: |_| 0,
    make: |p| Box::new(MarketStructure::new(p.bool(0))),
};

/// The last event of one kind.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Break {
    bar: u64,
    pivot: Pivot,
    up: bool,
}

/// One side of the market, seen so that a break is always upwards (lows are kept negated).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Side {
    watch: Watch,
    last: Option<Pivot>,
    armed: Option<Pivot>,
    /// Pivots up to this bar are used up.
    broken: Option<u64>,
}

impl Side {
    fn update(&mut self, version: f64, sign: f64, level: f64, bar: f64) {
        if !self.watch.moved(version) {
            return;
        }
        self.last = Pivot::read(sign * level, bar);
        if let Some(pivot) = self.last
            && self.broken.is_none_or(|b| pivot.bar > b)
        {
            self.armed = self.last;
        }
    }

    /// The pivot that this price goes beyond.
    fn breaks(&self, price: f64) -> Option<Pivot> {
        self.armed.filter(|p| price > p.level)
    }

    fn use_up(&mut self) {
        self.broken = self.last.map(|p| p.bar);
        self.armed = None;
    }

    /// The level to hold, `pivot`, was broken by `price`: what the price went beyond is used up.
    fn turn(&mut self, pivot: Pivot, price: f64) {
        match self.armed {
            Some(armed) if armed.bar > pivot.bar && price <= armed.level => {
                self.broken = Some(self.broken.map_or(pivot.bar, |b| b.max(pivot.bar)));
            }
            Some(armed) => {
                self.broken = Some(armed.bar.max(pivot.bar));
                self.armed = None;
            }
            None => self.broken = Some(self.broken.map_or(pivot.bar, |b| b.max(pivot.bar))),
        }
    }
}

/// bias 0 -> BOS -> bias; bias -> BOS (goes on) or CHoCH (turns).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MarketStructure {
    by_close: bool,
    bar: u64,
    /// Highs, and lows negated.
    sides: [Side; 2],
    bias: i8,
    /// The level to hold, on the side against the bias, in that side's sign.
    hold: Option<Pivot>,
    bos: Option<Break>,
    choch: Option<Break>,
    version: u64,
}

const UP: usize = 0;
const DOWN: usize = 1;

impl MarketStructure {
    #[must_use]
    pub fn new(by_close: bool) -> MarketStructure {
        MarketStructure {
            by_close,
            bar: 0,
            sides: [Side::default(), Side::default()],
            bias: 0,
            hold: None,
            bos: None,
            choch: None,
            version: 0,
        }
    }

    /// `prices` are the highest price and the negated lowest price that count for breaks.
    fn step(&mut self, prices: [f64; 2]) {
        if self.bias == 0 {
            for way in [UP, DOWN] {
                if let Some(pivot) = self.sides[way].breaks(prices[way]) {
                    self.break_of_structure(way, pivot);
                    return;
                }
            }
            return;
        }
        let (with, against) = if self.bias > 0 { (UP, DOWN) } else { (DOWN, UP) };
        if let Some(pivot) = self.hold.filter(|p| prices[against] > p.level) {
            self.change_of_character(against, pivot, prices);
        } else if let Some(pivot) = self.sides[with].breaks(prices[with]) {
            self.break_of_structure(with, pivot);
        }
    }

    fn break_of_structure(&mut self, way: usize, pivot: Pivot) {
        self.bos = Some(self.event(way, pivot));
        self.bias = if way == UP { 1 } else { -1 };
        self.sides[way].use_up();
        if let Some(opposite) = self.sides[1 - way].last {
            self.hold = Some(opposite);
        }
    }

    fn change_of_character(&mut self, way: usize, pivot: Pivot, prices: [f64; 2]) {
        self.choch = Some(self.event(way, pivot));
        self.bias = -self.bias;
        self.sides[way].turn(pivot, prices[way]);
        self.hold = self.sides[1 - way].last.filter(|p| prices[1 - way] <= p.level);
    }

    fn event(&mut self, way: usize, pivot: Pivot) -> Break {
        self.version += 1;
        let sign = if way == UP { 1.0 } else { -1.0 };
        Break { bar: self.bar, pivot: Pivot { level: sign * pivot.level, bar: pivot.bar }, up: way == UP }
    }

    fn row(&self) -> [f64; 15] {
        let word = |e: Option<Break>| e.map_or(0.0, |e| if e.up { 1.0 } else { 2.0 });
        let now = |e: Option<Break>| flag(e.is_some_and(|e| e.bar == self.bar));
        let pivot = |e: Option<Break>| e.map(|e| e.pivot);
        [
            f64::from(self.bias),
            now(self.bos),
            now(self.choch),
            word(self.bos),
            word(self.choch),
            bar_number(self.bos.map(|e| e.bar)),
            level(pivot(self.bos)),
            bar_number(self.choch.map(|e| e.bar)),
            level(pivot(self.choch)),
            level(self.sides[UP].armed),
            -level(self.sides[DOWN].armed),
            self.version as f64,
            bar_of(pivot(self.bos)),
            bar_of(pivot(self.choch)),
            if self.bias > 0 { -level(self.hold) } else { level(self.hold) },
        ]
    }
}

impl State for MarketStructure {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        for t in bars(inputs[0]) {
            let bar = [inputs[0][t], inputs[1][t], inputs[2][t], inputs[3][t], inputs[6][t]];
            if bar.iter().all(|v| v.is_finite()) {
                let [high, low, close, highs, lows] = bar;
                self.sides[UP].update(highs, 1.0, inputs[4][t], inputs[5][t]);
                self.sides[DOWN].update(lows, -1.0, inputs[7][t], inputs[8][t]);
                self.step(if self.by_close { [close, -close] } else { [high, -low] });
                put(outputs, t, self.row());
            } else {
                put_missing(outputs, t);
            }
            self.bar += 1;
        }
    }
}
