//! The last values of a register, for `shift`.

use serde::{Deserialize, Serialize};

/// A ring of at most `bars` values; it grows with the bars seen, so a long shift costs nothing on short data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct History {
    bars: usize,
    values: Vec<f64>,
    /// The oldest value, once the ring is full.
    oldest: usize,
}

impl History {
    #[must_use]
    pub fn new(bars: usize) -> History {
        History { bars, values: Vec::new(), oldest: 0 }
    }

    /// `out[i] = a[i - bars]`, missing before the first bar.
    pub fn shift(&mut self, a: &[f64], out: &mut [f64]) {
        let from_ring = a.len().min(self.bars);
        let missing = from_ring.min(self.bars - self.values.len());
        out[..missing].fill(f64::NAN);
        let (newer, older) = self.values.split_at(self.oldest);
        let rest = &mut out[missing..from_ring];
        let split = rest.len().min(older.len());
        rest[..split].copy_from_slice(&older[..split]);
        let left = rest.len() - split;
        rest[split..].copy_from_slice(&newer[..left]);
        out[from_ring..].copy_from_slice(&a[..a.len() - from_ring]);
        self.push(&a[a.len() - from_ring..]);
    }

    /// Takes in at most `bars` values.
    fn push(&mut self, mut values: &[f64]) {
        let room = values.len().min(self.bars - self.values.len());
        self.values.extend_from_slice(&values[..room]);
        values = &values[room..];
        while !values.is_empty() {
            let run = values.len().min(self.bars - self.oldest);
            self.values[self.oldest..self.oldest + run].copy_from_slice(&values[..run]);
            self.oldest = (self.oldest + run) % self.bars;
            values = &values[run..];
        }
    }

    /// Whether a ring that was read back is one that `own` can become.
    #[must_use]
    pub fn same_ring(&self, own: &History) -> bool {
        let full = self.values.len() == self.bars;
        self.bars == own.bars
            && self.values.len() <= self.bars
            && (self.oldest == 0 || (full && self.oldest < self.bars))
    }
}
