//! A running sum with a value at each change, four from one: a change does not wait for the one before it.

use serde::{Deserialize, Serialize};

use crate::wide::Vector;

pub const GROUP: usize = 4;

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
    #[inline(always)]
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

    /// Writes what `map` makes of the sums after each change from `old` to `new`, four at a time; all slices have the
    /// same length. A sum that is not of a whole group comes four times.
    #[inline(always)]
    pub fn run(
        &mut self,
        new: &[f64],
        old: &[f64],
        out: &mut [f64],
        mut map: impl FnMut([f64; GROUP]) -> [f64; GROUP],
    ) {
        let head = ((GROUP - self.phase) % GROUP).min(out.len());
        let ((new_head, new), (old_head, old)) = (new.split_at(head), old.split_at(head));
        let (out_head, out) = out.split_at_mut(head);
        self.run_singly(new_head, old_head, out_head, &mut map);
        let ((new, new_rest), (old, old_rest)) = (new.as_chunks::<GROUP>(), old.as_chunks::<GROUP>());
        let (out, out_rest) = out.as_chunks_mut::<GROUP>();
        let mut base = self.base;
        for ((slots, new), old) in out.iter_mut().zip(new).zip(old) {
            let [one, b, c, d] = std::array::from_fn(|i| new[i] - old[i]);
            let two = one + b;
            let three = two + c;
            let four = three + d;
            let sums = [base + one, base + two, base + three, base + four];
            base = sums[GROUP - 1];
            *slots = map(sums);
        }
        self.base = base;
        self.run_singly(new_rest, old_rest, out_rest, &mut map);
    }

    #[inline(always)]
    fn run_singly(
        &mut self,
        new: &[f64],
        old: &[f64],
        out: &mut [f64],
        map: &mut impl FnMut([f64; GROUP]) -> [f64; GROUP],
    ) {
        for ((slot, new), old) in out.iter_mut().zip(new).zip(old) {
            [*slot, ..] = map([self.add(new - old); GROUP]);
        }
    }

    /// Replaces each change by the sum after it.
    #[inline(always)]
    pub fn in_place<V: Vector>(&mut self, changes: &mut [f64]) {
        let head = ((GROUP - self.phase) % GROUP).min(changes.len());
        let (head, rest) = changes.split_at_mut(head);
        head.iter_mut().for_each(|slot| *slot = self.add(*slot));
        let (groups, rest) = rest.as_chunks_mut::<GROUP>();
        V::add_up(groups);
        let mut base = self.base;
        for groups in groups.chunks_mut(AT_ONCE) {
            let mut bases = [0.0; AT_ONCE];
            for (slot, group) in bases.iter_mut().zip(&*groups) {
                *slot = base;
                base += group[GROUP - 1];
            }
            for (group, base) in groups.iter_mut().zip(bases) {
                *group = group.map(|partial| base + partial);
            }
        }
        self.base = base;
        rest.iter_mut().for_each(|slot| *slot = self.add(*slot));
    }
}

/// Groups whose bases are known before the first of them is written: a base then waits for one addition, not for a
/// vector that is written and taken apart.
const AT_ONCE: usize = 64;
