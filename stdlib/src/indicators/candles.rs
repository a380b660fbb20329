//! Candlestick patterns: TA-Lib's 61, as one built-in.

mod bars;
mod double;
mod longer;
mod single;
mod table;
mod trap;
mod triple;

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Default, Param, ParamType, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::finite_runs;
use bars::{Bars, HISTORY, STRETCH};
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

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Candle {
    pattern: usize,
    /// Bars seen, up to the pattern's first.
    seen: usize,
    /// The last bars before this block: open, high, low, close.
    history: [[f64; HISTORY]; 4],
    trap: Trap,
}

impl Candle {
    fn new(pattern: usize) -> Candle {
        Candle { pattern, seen: 0, history: [[f64::NAN; HISTORY]; 4], trap: Trap::new() }
    }

    fn stretch(&mut self, bars: &mut Bars, out: &mut [f64]) {
        let pattern = &PATTERNS[self.pattern];
        bars.measure(pattern.means, out.len());
        match pattern.rule {
            Rule::Shape(scan) => scan(bars, out),
            Rule::Trap(scan) => {
                scan(bars, out);
                for (i, slot) in out.iter_mut().enumerate() {
                    if (*slot != 0.0) | self.trap.waits() {
                        *slot = self.trap.step(bars.at(HISTORY + i), *slot);
                    }
                }
            }
        }
    }
}

impl State for Candle {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let mut bars = Bars::new();
        finite_runs(inputs, outputs, |columns: [&[f64]; 4], [out]| {
            for start in (0..out.len()).step_by(STRETCH) {
                let end = (start + STRETCH).min(out.len());
                let count = end - start;
                let slots = [&mut bars.open, &mut bars.high, &mut bars.low, &mut bars.close];
                for ((slot, column), history) in slots.into_iter().zip(columns).zip(&mut self.history) {
                    slot[..HISTORY].copy_from_slice(history);
                    slot[HISTORY..HISTORY + count].copy_from_slice(&column[start..end]);
                    history.copy_from_slice(&slot[count..count + HISTORY]);
                }
                self.stretch(&mut bars, &mut out[start..end]);
            }
            let missing = (PATTERNS[self.pattern].first - self.seen).min(out.len());
            self.seen += missing;
            out[..missing].fill(f64::NAN);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::bars::{BODY, FIVE, RANGE, SHADOWS};
    use super::*;

    /// Whole numbers, so that ties and gaps abound.
    fn fill(bars: &mut Bars) {
        let mut seed = 1_u64;
        let mut next = |n: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((seed >> 33) % n) as f64
        };
        for t in 0..HISTORY + STRETCH {
            let base = 100.0 + next(9);
            (bars.open[t], bars.close[t]) = (base + next(7), base + next(7));
            bars.high[t] = bars.open[t].max(bars.close[t]) + next(2) * next(5);
            bars.low[t] = bars.open[t].min(bars.close[t]) - next(2) * next(5);
        }
    }

    #[test]
    fn every_pattern_declares_the_means_it_reads() {
        for (k, pattern) in PATTERNS.iter().enumerate() {
            let [mut declared, mut all] = [Bars::new(), Bars::new()];
            fill(&mut declared);
            fill(&mut all);
            declared.measure(pattern.means, STRETCH);
            all.measure(BODY | RANGE | SHADOWS | FIVE, STRETCH);
            let [mut a, mut b] = [[0.0; STRETCH]; 2];
            match pattern.rule {
                Rule::Shape(scan) | Rule::Trap(scan) => {
                    scan(&declared, &mut a);
                    scan(&all, &mut b);
                }
            }
            assert_eq!(a, b, "{}", NAMES[k]);
        }
    }
}
