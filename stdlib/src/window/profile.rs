//! Volume by price: rows between two prices, their point of control and value area.

use serde::{Deserialize, Serialize};

/// Volumes that differ by less than this share of the whole are equal: rounding must not choose between rows.
const TIE: f64 = 1e-11;

/// Equal rows from `low` upwards.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rows {
    pub low: f64,
    pub height: f64,
    pub volumes: Vec<f64>,
}

/// What a profile says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    pub poc: f64,
    pub vah: f64,
    pub val: f64,
    pub poc_volume: f64,
}

impl Rows {
    #[must_use]
    pub fn new(count: usize) -> Rows {
        Rows { low: 0.0, height: 0.0, volumes: vec![0.0; count] }
    }

    /// Empty rows from `low` to `high`.
    pub fn lay(&mut self, low: f64, high: f64) {
        self.low = low;
        self.height = (high - low) / self.volumes.len() as f64;
        self.volumes.fill(0.0);
    }

    #[inline]
    #[must_use]
    pub fn row_of(&self, price: f64) -> usize {
        // A negative quotient becomes 0.
        (((price - self.low) / self.height) as usize).min(self.volumes.len() - 1)
    }

    /// Adds the volume, spread evenly from `low` to `high` over the rows by their overlap.
    #[inline]
    pub fn spread(&mut self, low: f64, high: f64, volume: f64) {
        if self.height <= 0.0 {
            self.volumes[0] += volume;
            return;
        }
        let (first, last) = (self.row_of(low), self.row_of(high));
        if first == last {
            self.volumes[first] += volume;
            return;
        }
        let density = volume / (high - low);
        let edge = |row: usize| self.low + row as f64 * self.height;
        let (bottom, top) = (density * (edge(first + 1) - low), density * (high - edge(last)));
        let whole = density * self.height;
        self.volumes[first] += bottom;
        for row in &mut self.volumes[first + 1..last] {
            *row += whole;
        }
        self.volumes[last] += top;
    }

    /// Missing when there is no volume.
    #[must_use]
    pub fn read(&self, share: f64) -> Option<Reading> {
        let total: f64 = self.volumes.iter().map(|volume| volume.max(0.0)).sum();
        if total <= 0.0 {
            return None;
        }
        let tie = total * TIE;
        let mut poc = 0;
        for (row, &volume) in self.volumes.iter().enumerate() {
            if volume > self.volumes[poc] + tie {
                poc = row;
            }
        }
        let (bottom, top) = self.value_area(poc, total * share, tie);
        Some(Reading {
            poc: self.low + (poc as f64 + 0.5) * self.height,
            val: self.low + bottom as f64 * self.height,
            vah: self.low + (top + 1) as f64 * self.height,
            poc_volume: self.volumes[poc],
        })
    }

    /// Lowest and highest row: from the point of control the larger of the next two rows on either side is
    /// taken, upwards when equal, until the target is reached or no row is left.
    fn value_area(&self, poc: usize, target: f64, tie: f64) -> (usize, usize) {
        let count = self.volumes.len();
        let (mut bottom, mut top) = (poc, poc);
        let mut inside = self.volumes[poc];
        while inside < target - tie && (bottom > 0 || top + 1 < count) {
            let above = top + 1..(top + 3).min(count);
            let below = bottom.saturating_sub(2)..bottom;
            let up: f64 = self.volumes[above.clone()].iter().sum();
            let down: f64 = self.volumes[below.clone()].iter().sum();
            if !above.is_empty() && (up >= down - tie || below.is_empty()) {
                top = above.end - 1;
                inside += up;
            } else {
                bottom = below.start;
                inside += down;
            }
        }
        (bottom, top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads_by_overlap() {
        let mut rows = Rows::new(4);
        rows.lay(0.0, 4.0);
        rows.spread(0.5, 2.5, 8.0);
        assert_eq!(rows.volumes, [2.0, 4.0, 2.0, 0.0]);
        rows.spread(4.0, 4.0, 1.0);
        assert_eq!(rows.volumes, [2.0, 4.0, 2.0, 1.0]);
    }

    #[test]
    fn the_value_area_grows_two_rows_at_a_time_past_empty_rows() {
        let rows = Rows { low: 10.0, height: 1.0, volumes: vec![3.0, 0.0, 0.0, 10.0, 1.0, 0.5, 0.0] };
        let read = |share| rows.read(share).expect("there is volume");
        assert_eq!(read(0.5), Reading { poc: 13.5, vah: 14.0, val: 13.0, poc_volume: 10.0 });
        assert_eq!(read(0.7).vah, 16.0);
        assert_eq!((read(1.0).vah, read(1.0).val), (17.0, 10.0));
        assert_eq!(Rows::new(3).read(0.7), None);
    }

    #[test]
    fn a_profile_without_range_is_one_price() {
        let mut rows = Rows::new(5);
        rows.lay(7.0, 7.0);
        rows.spread(7.0, 7.0, 3.0);
        assert_eq!(rows.read(0.7), Some(Reading { poc: 7.0, vah: 7.0, val: 7.0, poc_volume: 3.0 }));
    }
}
