//! Recurrences of which eight steps are written from one base value: several such groups at a time, a lane each.

use crate::wide::{GROUP, LANES_MAX, Vector};

/// A recurrence whose steps within a group need the value before the group only at the end.
pub trait Grouped: Copy {
    /// Replaces the inputs of a group by what each step adds to the base alone. Gives what the group is written with.
    fn open<V: Vector>(&self, rows: &mut [V; GROUP]) -> V;
    /// The value after step `at` of a group.
    fn value<V: Vector>(&self, at: usize, base: V, origin: V, partial: V) -> V;
}

/// Replaces the inputs of whole groups by the values after them; gives the last one, or `base` when there is no group.
#[inline(always)]
pub fn run<V: Vector, R: Grouped>(recurrence: R, mut base: f64, groups: &mut [[f64; GROUP]]) -> f64 {
    let mut tiles = groups.chunks_exact_mut(V::LANES);
    for tile in &mut tiles {
        base = run_tile::<V, R>(recurrence, base, tile, V::LANES);
    }
    let rest = tiles.into_remainder();
    if V::LANES > 1 && !rest.is_empty() {
        let mut tile = [[0.0; GROUP]; LANES_MAX];
        tile[..rest.len()].copy_from_slice(rest);
        base = run_tile::<V, R>(recurrence, base, &mut tile[..V::LANES], rest.len());
        rest.copy_from_slice(&tile[..rest.len()]);
    }
    base
}

/// A tile of which the first `count` groups are to be computed.
#[inline(always)]
fn run_tile<V: Vector, R: Grouped>(
    recurrence: R,
    mut base: f64,
    tile: &mut [[f64; GROUP]],
    count: usize,
) -> f64 {
    let mut rows = V::rows(tile);
    let origin = recurrence.open(&mut rows);
    let (origins, lasts) = (origin.lanes(), rows[GROUP - 1].lanes());
    let mut bases = [0.0; LANES_MAX];
    for group in 0..count {
        bases[group] = base;
        base = recurrence.value(GROUP - 1, base, origins[group], lasts[group]);
    }
    let bases = V::of_lanes(&bases);
    for (at, row) in rows.iter_mut().enumerate() {
        *row = recurrence.value(at, bases, origin, *row);
    }
    V::groups(rows, tile);
    base
}
