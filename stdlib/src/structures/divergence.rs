//! Divergence between swings of price and an oscillator.

use serde::{Deserialize, Serialize};

use super::common::{Pivot, Watch, bars, flag, put, put_missing};
use crate::kernel::State;
use crate::params::{Default, Param, ParamType};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};

const ANY: Type = Type::Float { unit: Unit::Scalar, range: Range::ANY };
const KINDS: &[&str] = &["regular_bullish", "hidden_bullish", "regular_bearish", "hidden_bearish"];

pub static DIVERGENCE: Builtin = Builtin {
    name: "divergence",
    kind: Kind::Structure,
    category: "structure",
    summary: "Regular and hidden divergence of price swings and an oscillator",
    formula: "Each new swing low is compared with the one before it, when at most max_distance bars lie\n\
              between them; the oscillator is read on the bars of the two lows.\n\
              regular bullish: lower low of price, higher low of the oscillator (a fall that tires) hidden\n\
              bullish: higher low of price, lower low of the oscillator (a rise that goes on) Swing highs\n\
              likewise: regular bearish: higher high, lower oscillator; hidden bearish: lower high, higher\n\
              oscillator. Both changes must be strict. Known on the bar on which the swing is.",
    source: "common usage, on confirmed pivots",
    edge_cases: "A swing on whose bar the oscillator is missing, or which became known more than \
                 max_distance bars after its bar, is passed over: the next one has nothing to be compared \
                 with.",
    inputs: &[
        Input::Feature { param: "oscillator" },
        Input::Uses { structure: "swing", output: "high_version", optional: false },
        Input::Uses { structure: "swing", output: "high_level", optional: false },
        Input::Uses { structure: "swing", output: "high_idx", optional: false },
        Input::Uses { structure: "swing", output: "low_version", optional: false },
        Input::Uses { structure: "swing", output: "low_level", optional: false },
        Input::Uses { structure: "swing", output: "low_idx", optional: false },
    ],
    params: &[
        Param {
            name: "oscillator",
            ty: ParamType::Feature,
            default: Default::Required,
            doc: "the feature whose values are compared, such as an RSI",
        },
        Param {
            name: "max_distance",
            ty: ParamType::Int { min: 1, max: 10_000 },
            default: Default::Int(60),
            doc: "greatest number of bars between the two swings",
        },
    ],
    outputs: Outputs::Fixed(&[
        Output::new("bullish_this_bar", Type::Bool, "a regular bullish divergence became known on this bar"),
        Output::new("hidden_bullish_this_bar", Type::Bool, "a hidden bullish one did"),
        Output::new("bearish_this_bar", Type::Bool, "a regular bearish one did"),
        Output::new("hidden_bearish_this_bar", Type::Bool, "a hidden bearish one did"),
        Output::new("direction", Type::DIRECTION, "1 bullish, -1 bearish of either kind on this bar, else 0"),
        Output::new("last_type", Type::Enum(KINDS), "kind of the last divergence").sparse(),
        Output::new("last_idx", Type::BAR_INDEX, "bar of its second swing").sparse(),
        Output::new("last_from_idx", Type::BAR_INDEX, "bar of its first swing").sparse(),
        Output::new("last_known_idx", Type::BAR_INDEX, "bar on which it became known").sparse(),
        Output::new("last_price_change", Type::PRICE_DELTA, "second swing minus first").sparse(),
        Output::new("last_oscillator_change", ANY, "oscillator at the second swing minus at the first")
            .sparse(),
        Output::new("version", Type::COUNT, "divergences"),
    ]),
    check: no_relations,
    warmup: |p, _| p.length(1) + 1,
    first: |_| 0,
    make: |p| Box::new(Divergence::new(p.length(1))),
};

/// A swing with the oscillator's value on its bar.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Point {
    price: Pivot,
    oscillator: f64,
}

/// One side; highs are kept negated, so that both sides compare lows.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Side {
    watch: Watch,
    before: Option<Point>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Found {
    /// Index into `KINDS`.
    kind: u8,
    from: u64,
    to: u64,
    known: u64,
    price: f64,
    oscillator: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Divergence {
    max_distance: u64,
    bar: u64,
    /// The oscillator's last max_distance + 1 values, by bar.
    ring: Vec<f64>,
    /// Lows, highs.
    sides: [Side; 2],
    last: Option<Found>,
    version: u64,
}

impl Divergence {
    #[must_use]
    pub fn new(max_distance: usize) -> Divergence {
        Divergence {
            max_distance: max_distance as u64,
            bar: 0,
            ring: vec![f64::NAN; max_distance + 1],
            sides: [Side::default(); 2],
            last: None,
            version: 0,
        }
    }

    fn place(&self, bar: u64) -> usize {
        (bar % self.ring.len() as u64) as usize
    }

    /// Compares a new swing of side `k` (0 lows, 1 highs) with the one before it.
    fn swing(&mut self, k: usize, sign: f64, pivot: Option<Pivot>) -> Option<Found> {
        let point = pivot.and_then(|p| {
            let remembered = self.bar.checked_sub(p.bar).is_some_and(|age| age <= self.max_distance);
            let oscillator = sign * self.ring[self.place(p.bar)];
            let price = Pivot { level: sign * p.level, bar: p.bar };
            (remembered && oscillator.is_finite()).then_some(Point { price, oscillator })
        });
        let before = std::mem::replace(&mut self.sides[k].before, point)?;
        let now = point?;
        let price = now.price.level - before.price.level;
        let oscillator = now.oscillator - before.oscillator;
        let hidden = match () {
            () if price < 0.0 && oscillator > 0.0 => 0,
            () if price > 0.0 && oscillator < 0.0 => 1,
            () => return None,
        };
        (now.price.bar.abs_diff(before.price.bar) <= self.max_distance).then_some(Found {
            kind: 2 * k as u8 + hidden,
            from: before.price.bar,
            to: now.price.bar,
            known: self.bar,
            price: sign * price,
            oscillator: sign * oscillator,
        })
    }

    fn step(&mut self, low: Option<Option<Pivot>>, high: Option<Option<Pivot>>) -> [f64; 12] {
        let mut flags = [0.0; 4];
        for (k, sign, pivot) in [(0, 1.0, low), (1, -1.0, high)] {
            let Some(pivot) = pivot else { continue };
            if let Some(found) = self.swing(k, sign, pivot) {
                flags[usize::from(found.kind)] = 1.0;
                self.last = Some(found);
                self.version += 1;
            }
        }
        let figure = |of: fn(&Found) -> f64| self.last.as_ref().map_or(f64::NAN, of);
        let bullish = flag(flags[0] + flags[1] > 0.0);
        let bearish = flag(flags[2] + flags[3] > 0.0);
        [
            flags[0],
            flags[1],
            flags[2],
            flags[3],
            bullish - bearish,
            figure(|f| f64::from(f.kind)),
            figure(|f| f.to as f64),
            figure(|f| f.from as f64),
            figure(|f| f.known as f64),
            figure(|f| f.price),
            figure(|f| f.oscillator),
            self.version as f64,
        ]
    }
}

impl State for Divergence {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        for t in bars(inputs[1]) {
            let place = self.place(self.bar);
            self.ring[place] = super::common::optional(inputs[0], t);
            let (highs, lows) = (inputs[1][t], inputs[4][t]);
            if highs.is_finite() && lows.is_finite() {
                let high = self.sides[1].watch.moved(highs).then(|| Pivot::read(inputs[2][t], inputs[3][t]));
                let low = self.sides[0].watch.moved(lows).then(|| Pivot::read(inputs[5][t], inputs[6][t]));
                let row = self.step(low, high);
                put(outputs, t, row);
            } else {
                put_missing(outputs, t);
            }
            self.bar += 1;
        }
    }
}
