//! A running sum with a value at each change, four from one: a change does not wait for the one before it.

use serde::{Deserialize, Serialize};

const GROUP: usize = 4;

/// The sum before this group of four, and what the group added so far. Where a group begins depends on the count of
/// changes alone.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Quad {
    base: f64,
    partial: f64,
    phase: usize,
}

impl Quad {
    #[must_use]
    pub fn new(sum: f64) -> Quad {
        Quad { base: sum, partial: 0.0, phase: 0 }
    }

    /// The sum after this change.
    #[inline]
    pub fn add(&mut self, change: f64) -> f64 {
        self.partial = if self.phase == 0 { change } else { self.partial + change };
        let sum = self.base + self.partial;
        self.phase += 1;
        if self.phase == GROUP {
            self.phase = 0;
            self.base = sum;
        }
        sum
    }

    /// Replaces each change by the sum after it.
    #[inline]
    pub fn run_in_place(&mut self, changes: &mut [f64]) {
        let head = ((GROUP - self.phase) % GROUP).min(changes.len());
        let (head, rest) = changes.split_at_mut(head);
        head.iter_mut().for_each(|slot| *slot = self.add(*slot));
        let mut base = self.base;
        let (groups, rest) = rest.as_chunks_mut::<GROUP>();
        for group in groups {
            let one = group[0];
            let two = one + group[1];
            let three = two + group[2];
            let four = three + group[3];
            *group = [base + one, base + two, base + three, base + four];
            base = group[3];
        }
        self.base = base;
        rest.iter_mut().for_each(|slot| *slot = self.add(*slot));
    }
}
