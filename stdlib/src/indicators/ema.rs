//! Exponential moving average.

use serde::{Deserialize, Serialize};

use crate::kernel::{State, Wide, run_wide};
use crate::params::{Param, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup, no_relations};
use crate::types::Type;
use crate::wide::{self, GROUP, Vector, Work};
use crate::window::finite::finite_runs;
use crate::window::groups::{self, Grouped};

pub static EMA: Builtin = Builtin {
    name: "ema",
    kind: Kind::Indicator,
    category: "average",
    summary: "Exponential moving average",
    formula: "alpha = 2 / (length + 1)\n\
              value at the length-th bar = mean of the first `length` inputs\n\
              afterwards value += alpha * (x - value)",
    source: "TA-Lib EMA",
    edge_cases: "A missing input is skipped; the average goes on from its last value.",
    inputs: &[Input::Source],
    params: &[Param::int("length", 1, 100_000, 20, "number of bars; weight 2 / (length + 1) for the newest")],
    outputs: Outputs::Fixed(&[Output::primary("value", Type::PRICE, "the average")]),
    check: no_relations,
    warmup,
    first,
    make: |p| Box::new(Ema::new(p.length(0))),
};

fn first(p: &Params) -> usize {
    p.length(0) - 1
}

fn warmup(p: &Params, w: Warmup) -> usize {
    forgets(p.length(0), w)
}

/// Inputs until such an average has forgotten its seed.
#[must_use]
pub fn forgets(length: usize, w: Warmup) -> usize {
    length + w.smoothing(2.0 / (length as f64 + 1.0))
}

/// `y += alpha * (x - y)`, seeded with the mean of the first `length` inputs.
///
/// Eight bars at a time are written from the average before them, so that a bar does not wait for the one before:
/// with distances `d` to the first input of the group, `y[i] = y + reach[i] * (x[0] - y) + q[i]`, where
/// `q[i] = keep * q[i - 1] + alpha * d[i]`. Where a group begins depends on the count of inputs alone.
/// An input equal to the average leaves it as it is, to the bit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ema {
    alpha: f64,
    keep: f64,
    /// `1 - keep^i` for i = 1 to 8.
    reach: [f64; GROUP],
    length: usize,
    /// Inputs seen, up to `length`; stays 0 when the length is 1.
    seen: usize,
    /// The sum of the seed while it grows, then the average before this group.
    base: f64,
    origin: f64,
    q: f64,
    phase: usize,
}

impl Ema {
    #[must_use]
    pub fn new(length: usize) -> Ema {
        Ema::with_alpha(2.0 / (length as f64 + 1.0), length)
    }

    /// Wilder's: weight `1 / length` for the newest.
    #[must_use]
    pub fn wilder(length: usize) -> Ema {
        Ema::with_alpha(1.0 / length as f64, length)
    }

    /// Weight `alpha` for the newest, from a value instead of a seed.
    #[must_use]
    pub fn starting(alpha: f64, value: f64) -> Ema {
        Ema { base: value, ..Ema::with_alpha(alpha, 0) }
    }

    fn with_alpha(alpha: f64, length: usize) -> Ema {
        let keep = 1.0 - alpha;
        let mut reach = [0.0; GROUP];
        let mut kept = 1.0;
        for slot in &mut reach {
            kept *= keep;
            *slot = 1.0 - kept;
        }
        Ema { alpha, keep, reach, length, seen: 0, base: 0.0, origin: 0.0, q: 0.0, phase: 0 }
    }

    /// One finite input; missing until `length` inputs were seen.
    #[inline]
    pub fn step(&mut self, x: f64) -> f64 {
        if self.seen < self.length {
            return self.seed(x);
        }
        if self.phase == 0 {
            self.origin = x;
            self.q = 0.0;
        } else {
            self.q = self.keep * self.q + self.alpha * (x - self.origin);
        }
        let y = self.base + (self.reach[self.phase] * (self.origin - self.base) + self.q);
        self.phase += 1;
        if self.phase == GROUP {
            self.phase = 0;
            self.base = y;
        }
        y
    }

    /// Replaces each finite input by the average after it.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        if values.len() < GROUP {
            values.iter_mut().for_each(|value| *value = self.step(*value));
        } else {
            wide::run(InPlace(self, values));
        }
    }

    /// The same within wide work.
    #[inline(always)]
    pub fn in_place<V: Vector>(&mut self, values: &mut [f64]) {
        let mut at = 0;
        while at < values.len() && (self.seen < self.length || self.phase != 0) {
            values[at] = self.step(values[at]);
            at += 1;
        }
        let (groups, rest) = values[at..].as_chunks_mut::<GROUP>();
        let steps = Steps { alpha: self.alpha, keep: self.keep, reach: self.reach };
        self.base = groups::run::<V, _>(steps, self.base, groups);
        for value in rest {
            *value = self.step(*value);
        }
    }

    #[inline(never)]
    fn seed(&mut self, x: f64) -> f64 {
        if self.length == 1 {
            return x;
        }
        if self.seen == 0 {
            self.origin = x;
        }
        self.seen += 1;
        self.base += x - self.origin;
        if self.seen < self.length {
            return f64::NAN;
        }
        self.base = self.origin + self.base / self.length as f64;
        self.base
    }
}

struct InPlace<'a>(&'a mut Ema, &'a mut [f64]);

impl Work for InPlace<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        self.0.in_place::<V>(self.1);
    }
}

#[derive(Clone, Copy)]
struct Steps {
    alpha: f64,
    keep: f64,
    reach: [f64; GROUP],
}

impl Grouped for Steps {
    #[inline(always)]
    fn open<V: Vector>(&self, rows: &mut [V; GROUP]) -> V {
        let (alpha, keep, origin) = (V::splat(self.alpha), V::splat(self.keep), rows[0]);
        rows[0] = V::splat(0.0);
        for i in 1..GROUP {
            rows[i] = keep.mul(rows[i - 1]).add(alpha.mul(rows[i].sub(origin)));
        }
        origin
    }

    #[inline(always)]
    fn value<V: Vector>(&self, at: usize, base: V, origin: V, partial: V) -> V {
        base.add(V::splat(self.reach[at]).mul(origin.sub(base)).add(partial))
    }
}

impl State for Ema {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        run_wide(self, inputs, outputs);
    }
}

impl Wide for Ema {
    #[inline(always)]
    fn run_wide<V: Vector>(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |[x], [out]| {
            out.copy_from_slice(x);
            self.in_place::<V>(out);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_plain_recurrence_whatever_the_cut() {
        let xs: Vec<f64> = (0..500_u32).map(|i| f64::from(i * i % 37) + 0.25).collect();
        for length in [1, 2, 14] {
            let mut values = xs.clone();
            Ema::new(length).run_in_place(&mut values);
            let mut stepped = Ema::new(length);
            let alpha = 2.0 / (length as f64 + 1.0);
            let mut y = xs[..length].iter().sum::<f64>() / length as f64;
            for t in 0..xs.len() {
                assert_eq!(stepped.step(xs[t]).to_bits(), values[t].to_bits());
                if t >= length {
                    y += alpha * (xs[t] - y);
                }
                assert!(t + 1 < length || (values[t] - y).abs() < 1e-12, "length {length}, bar {t}");
            }
        }
    }

    #[test]
    fn a_constant_is_its_own_average() {
        let mut values = [0.1; 100];
        Ema::new(7).run_in_place(&mut values);
        assert!(values[6..].iter().all(|y| *y == 0.1));
    }
}
