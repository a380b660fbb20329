//! A running total that does not drift.

use serde::{Deserialize, Serialize};

use super::scan::{Scan, total_within, whole_groups};
use crate::wide::{self, GROUP, Group, Vector, Work};

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

/// A total with a value at each input, written eight at a time so that an input does not wait for the one
/// before it. Where a group begins depends on the count of inputs alone.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Running {
    /// Before this group.
    total: Total,
    group: Scan,
    place: usize,
}

impl Running {
    /// The total of all inputs, this one included.
    #[inline(always)]
    pub fn step(&mut self, x: f64) -> f64 {
        let sum = self.group.add_within(self.place, x);
        let value = self.total.value() + sum;
        self.place = (self.place + 1) % GROUP;
        if self.place == 0 {
            self.total.add(sum);
        }
        value
    }

    /// Replaces each input by the total.
    pub fn run_in_place(&mut self, values: &mut [f64]) {
        wide::run(InPlace(self, values));
    }

    #[inline(always)]
    fn in_place<G: Group>(&mut self, values: &mut [f64]) {
        let groups = whole_groups(self.place, values.len());
        let (singly, values) = values.split_at_mut(groups.start);
        let (groups, rest) = values.as_chunks_mut();
        self.step_each(singly);
        let mut total = self.total;
        for group in groups {
            let sums = total_within(G::of(group));
            *group = G::splat(total.value()).add(sums).values();
            total.add(sums.values()[GROUP - 1]);
        }
        self.total = total;
        self.step_each(rest);
    }

    #[inline(always)]
    fn step_each(&mut self, values: &mut [f64]) {
        for value in values {
            *value = self.step(*value);
        }
    }
}

struct InPlace<'a>(&'a mut Running, &'a mut [f64]);

impl Work for InPlace<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        self.0.in_place::<V::Group>(self.1);
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
