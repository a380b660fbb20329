//! A running total that does not drift.

use serde::{Deserialize, Serialize};

/// Keeps what rounding lost beside the sum and gives both together.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Total {
    sum: f64,
    lost: f64,
}

impl Total {
    #[inline]
    pub fn add(&mut self, x: f64) {
        let sum = self.sum + x;
        let back = sum - self.sum;
        self.lost += (self.sum - (sum - back)) + (x - back);
        self.sum = sum;
    }

    #[inline]
    #[must_use]
    pub fn value(self) -> f64 {
        self.sum + self.lost
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
}
