//! Candlestick patterns: TA-Lib's 61, as one built-in.

mod bars;
mod double;
mod longer;
mod means;
mod price;
mod single;
mod table;
mod trap;
mod triple;

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Default, Param, ParamType, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::tested_after;
use bars::{Bars, Column, HISTORY, SIZE, STRETCH};
use means::Means;
use table::{NAMES, PATTERNS, Rule};
use trap::Trap;

pub static CANDLE: Builtin = Builtin {
    name: "candle",
    kind: Kind::Indicator,
    category: "candles",
    summary: "Candlestick pattern, one of TA-Lib's 61 by name",
    formula: "100 on the bar that completes a bullish pattern, -100 a bearish one, else 0; weaker forms of \
              engulfing \
              and harami give 80, confirmed hikkakes 200\n\
              A body is long or short against the mean of the ten bodies before it, a doji has at most a \
              tenth of the \
              mean of the ten ranges before, a shadow is very short below that; near, far and equal are \
              0.2, 0.6 and \
              0.05 of the mean of the five ranges before. Penetrations: 0.5 for darkcloudcover and \
              mathold, 0.3 for \
              the stars and abandonedbaby.",
    source: "TA-Lib CDL functions with their default settings; each is named as there, without CDL, in \
             lower case",
    edge_cases: "Means are taken from the bars themselves, so nothing drifts; on exact ties TA-Lib's \
                 running sums may \
                 decide by their rounding. A bar with a missing price is skipped.",
    inputs: &[
        Input::Bar(Field::Open),
        Input::Bar(Field::High),
        Input::Bar(Field::Low),
        Input::Bar(Field::Close),
    ],
    params: &[Param {
        name: "pattern",
        ty: ParamType::Choice(&NAMES),
        default: Default::Required,
        doc: "the pattern: TA-Lib's name without CDL, in lower case",
    }],
    outputs: Outputs::Fixed(&[Output::primary(
        "value",
        SCORE,
        "above 0 bullish, below 0 bearish, 0 no \
                                               pattern",
    )]),
    check: no_relations,
    warmup: |p, _| first(p) + 1,
    first,
    make: |p| Box::new(Candle::new(p.choice(0))),
};

const SCORE: Type = Type::Int { unit: Unit::Scalar, range: Range::new(-200.0, 200.0) };

fn first(p: &Params) -> usize {
    PATTERNS[p.choice(0)].first
}

/// What each pattern is called, beside its name; for documentation.
pub fn titles() -> impl Iterator<Item = (&'static str, &'static str)> {
    PATTERNS.iter().map(|pattern| (pattern.name, pattern.title))
}

/// Bars that are measured before they are looked through for missing prices, when they are near. Only the first stretch
/// of a run is copied.
const RUN: usize = 4 * STRETCH;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Candle {
    pattern: usize,
    /// Bars seen, up to the pattern's first.
    seen: usize,
    /// The last bars before this block: open, high, low, close.
    history: [[f64; HISTORY]; 4],
    trap: Trap,
    /// Not while bars are looked at.
    #[serde(skip)]
    scratch: Option<Box<Scratch>>,
}

/// Says nothing from one run to the next; to clear it for every block took 4 % of the cheapest pattern.
#[derive(Clone, Debug)]
struct Scratch {
    means: Means,
    /// A stretch of prices with the bars before it.
    copy: [Column; 4],
}

impl Scratch {
    fn new() -> Scratch {
        Scratch { means: Means::new(), copy: [[0.0; SIZE]; 4] }
    }
}

impl Candle {
    fn new(pattern: usize) -> Candle {
        Candle { pattern, seen: 0, history: [[f64::NAN; HISTORY]; 4], trap: Trap::new(), scratch: None }
    }

    /// Bars from `HISTORY` on, as many as `out` has places.
    fn stretch(&mut self, prices: [&Column; 4], means: &mut Means, out: &mut [f64]) {
        let pattern = &PATTERNS[self.pattern];
        means.measure(&prices, pattern.means, out.len());
        let [open, high, low, close] = prices;
        let bars = Bars { open, high, low, close, means };
        match pattern.rule {
            Rule::Shape(scan) => scan(&bars, out),
            Rule::Trap(scan) => {
                scan(&bars, out);
                for (i, slot) in out.iter_mut().enumerate() {
                    if (*slot != 0.0) | self.trap.waits() {
                        *slot = self.trap.step(&bars, HISTORY + i, *slot);
                    }
                }
            }
        }
    }
}

impl State for Candle {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let mut scratch = self.scratch.take().unwrap_or_else(|| Box::new(Scratch::new()));
        let Scratch { means, copy } = &mut *scratch;
        tested_after(RUN, self, inputs, outputs, |kernel, columns: [&[f64]; 4], [out]| {
            for start in (0..out.len()).step_by(STRETCH) {
                let end = (start + STRETCH).min(out.len());
                let count = end - start;
                // Whole stretches with all their history in this run are read where they are.
                let column = |k: usize| columns[k].get(start.wrapping_sub(HISTORY)..)?.first_chunk();
                if let (Some(open), Some(high), Some(low), Some(close)) =
                    (column(0), column(1), column(2), column(3))
                {
                    kernel.stretch([open, high, low, close], means, &mut out[start..end]);
                    continue;
                }
                for ((copy, column), history) in copy.iter_mut().zip(columns).zip(&kernel.history) {
                    match start.checked_sub(HISTORY) {
                        Some(before) => copy[..HISTORY].copy_from_slice(&column[before..start]),
                        None => copy[..HISTORY].copy_from_slice(history),
                    }
                    copy[HISTORY..HISTORY + count].copy_from_slice(&column[start..end]);
                }
                kernel.stretch(copy.each_ref(), means, &mut out[start..end]);
            }
            for (history, column) in kernel.history.iter_mut().zip(columns) {
                let count = column.len().min(HISTORY);
                history.copy_within(count.., 0);
                history[HISTORY - count..].copy_from_slice(&column[column.len() - count..]);
            }
            let missing = (PATTERNS[kernel.pattern].first - kernel.seen).min(out.len());
            kernel.seen += missing;
            out[..missing].fill(f64::NAN);
        });
        self.scratch = Some(scratch);
    }
}

#[cfg(test)]
mod tests {
    use super::means::{BODY, FIVE, RANGE, SHADOWS};
    use super::*;

    /// Open, high, low, close: whole numbers, so that ties and gaps abound.
    fn prices() -> [Column; 4] {
        let mut seed = 1_u64;
        let mut next = |n: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((seed >> 33) % n) as f64
        };
        let [mut open, mut high, mut low, mut close] = [[0.0; SIZE]; 4];
        for t in 0..SIZE {
            let base = 100.0 + next(9);
            (open[t], close[t]) = (base + next(7), base + next(7));
            high[t] = open[t].max(close[t]) + next(2) * next(5);
            low[t] = open[t].min(close[t]) - next(2) * next(5);
        }
        [open, high, low, close]
    }

    #[test]
    fn every_pattern_declares_the_means_it_reads() {
        let prices = prices();
        let [open, high, low, close] = prices.each_ref();
        for (k, pattern) in PATTERNS.iter().enumerate() {
            let [a, b] = [pattern.means, BODY | RANGE | SHADOWS | FIVE].map(|which| {
                let mut means = Means::new();
                means.measure(&prices.each_ref(), which, STRETCH);
                let mut out = [0.0; STRETCH];
                let (Rule::Shape(scan) | Rule::Trap(scan)) = pattern.rule;
                scan(&Bars { open, high, low, close, means: &means }, &mut out);
                out
            });
            assert_eq!(a, b, "{}", NAMES[k]);
        }
    }
}
