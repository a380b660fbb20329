//! A running total that does not drift.

use serde::{Deserialize, Serialize};

use crate::wide::{self, Vector, Work};

/// Keeps what rounding lost beside the sum and gives both together.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Total {
    sum: f64,
    lost: f64,
}

impl Total {
    #[inline(always)]
    pub fn add(&mut self, x: f64) {
        let sum = self.sum + x;
        let back = sum - self.sum;
        self.lost += (self.sum - (sum - back)) + (x - back);
        self.sum = sum;
    }

    #[inline(always)]
    #[must_use]
    pub fn value(self) -> f64 {
        self.sum + self.lost
    }
}

/// How many inputs are added up before they go into the total.
const GROUP: usize = 8;

/// A total with a value at each input, written eight at a time so that an input does not wait for the one
/// before it. Where a group begins depends on the count of inputs alone.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Running {
    total: Total,
    prefix: f64,
    phase: usize,
}

impl Running {
    /// The total of all inputs, this one included.
    #[inline(always)]
    pub fn step(&mut self, x: f64) -> f64 {
        self.prefix = if self.phase == 0 { x } else { self.prefix + x };
        let value = self.total.value() + self.prefix;
        self.phase += 1;
        if self.phase == GROUP {
            self.total.add(self.prefix);
            self.phase = 0;
        }
        value
    }

    /// Replaces each input by the total.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        wide::run(InPlace(self, values));
    }

    #[inline(always)]
    fn in_place(&mut self, values: &mut [f64]) {
        let mut at = 0;
        while at < values.len() && self.phase != 0 {
            values[at] = self.step(values[at]);
            at += 1;
        }
        let mut total = self.total;
        let (groups, rest) = values[at..].as_chunks_mut::<GROUP>();
        for group in groups {
            let mut prefix = *group;
            for i in 1..GROUP {
                prefix[i] += prefix[i - 1];
            }
            let base = total.value();
            for i in 0..GROUP {
                group[i] = base + prefix[i];
            }
            total.add(prefix[GROUP - 1]);
        }
        self.total = total;
        for value in rest {
            *value = self.step(*value);
        }
    }
}

struct InPlace<'a>(&'a mut Running, &'a mut [f64]);

impl Work for InPlace<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        self.0.in_place(self.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_million_tenths_are_a_million() {
        let mut total = Total::default();
        for _ in 0..10_000_000 {
            total.add(0.1);
        }
        assert_eq!(total.value(), 1_000_000.0);
    }

    #[test]
    fn a_running_total_does_not_depend_on_the_cut() {
        let inputs: Vec<f64> = (0..1_000_u32).map(|i| f64::from(i * i % 37) * 0.1 - 1.0).collect();
        let mut whole = inputs.clone();
        Running::default().run_in_place(&mut whole);
        let mut cut = Running::default();
        let mut parts = inputs.clone();
        for part in parts.chunks_mut(13) {
            cut.run_in_place(part);
        }
        let mut stepped = Running::default();
        let mut plain = Total::default();
        for (t, &x) in inputs.iter().enumerate() {
            plain.add(x);
            assert_eq!(stepped.step(x).to_bits(), whole[t].to_bits());
            assert_eq!(parts[t].to_bits(), whole[t].to_bits());
            assert!((whole[t] - plain.value()).abs() < 1e-12);
        }
    }
}
