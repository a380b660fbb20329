//! Which variants there are: all combinations of the axes, or a sample of them.
//!
//! Variants are numbered as the combinations are, the last axis moving fastest; neighbours share what the first axes
//! decide. A sample keeps that order.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rustc_hash::FxHashSet;

/// One open parameter and the values to try.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    pub name: String,
    /// At least one.
    pub values: Vec<f64>,
}

/// The variants of a sweep, in their order.
#[derive(Clone, Debug)]
pub struct Space {
    pub axes: Vec<Axis>,
    combinations: u64,
    /// Combinations that are tried, ascending; all without it.
    sample: Option<Vec<u64>>,
}

/// Why there is no such space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpaceError {
    #[error("there are more than 2^63 combinations: give some parameters fewer values with --set")]
    TooMany,
    #[error("a sample of {wanted} variants does not fit into memory: take fewer than {}", SAMPLE_MAX)]
    SampleTooLarge { wanted: u64 },
}

/// Indices of a sample are kept in memory.
const SAMPLE_MAX: u64 = 100_000_000;

impl Space {
    /// All combinations.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn new(axes: Vec<Axis>) -> Result<Space, SpaceError> {
        let count = axes.iter().try_fold(1_u64, |n, axis| n.checked_mul(axis.values.len() as u64));
        let combinations = count.filter(|&n| n <= i64::MAX as u64).ok_or(SpaceError::TooMany)?;
        Ok(Space { axes, combinations, sample: None })
    }

    /// So many different ones of them, drawn evenly; all when there are no more. The same seed draws the same.
    ///
    /// # Errors
    /// When the sample does not fit into memory.
    pub fn sampled(mut self, count: u64, seed: u64) -> Result<Space, SpaceError> {
        if count >= self.combinations {
            return Ok(self);
        }
        if count >= SAMPLE_MAX {
            return Err(SpaceError::SampleTooLarge { wanted: count });
        }
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut drawn: FxHashSet<u64> = FxHashSet::default();
        // Floyd's way: each set of `count` numbers below `combinations` is as likely as any other.
        for last in self.combinations - count..self.combinations {
            let number = below(&mut dice, last + 1);
            if !drawn.insert(number) {
                drawn.insert(last);
            }
        }
        let mut sample: Vec<u64> = drawn.into_iter().collect();
        sample.sort_unstable();
        self.sample = Some(sample);
        Ok(self)
    }

    /// How many variants there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.sample.as_ref().map_or(self.combinations, |sample| sample.len() as u64)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[must_use]
    pub fn combinations(&self) -> u64 {
        self.combinations
    }

    /// The same for the same choice among the same axes.
    #[must_use]
    pub fn sample_hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for number in self.sample.iter().flatten() {
            hasher.update(&number.to_le_bytes());
        }
        *hasher.finalize().as_bytes()
    }

    /// The values of a variant, in the order of the axes.
    #[must_use]
    pub fn values(&self, variant: u64) -> Vec<f64> {
        let mut rest = self.sample.as_ref().map_or(variant, |sample| sample[variant as usize]);
        let mut values: Vec<f64> = self
            .axes
            .iter()
            .rev()
            .map(|axis| {
                let count = axis.values.len() as u64;
                let value = axis.values[(rest % count) as usize];
                rest /= count;
                value
            })
            .collect();
        values.reverse();
        values
    }
}

/// A number below `end`, each as likely.
fn below(dice: &mut ChaCha8Rng, end: u64) -> u64 {
    let whole = u64::MAX - u64::MAX % end;
    loop {
        let number = dice.next_u64();
        if number < whole {
            return number % end;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Axis, Space};

    fn space() -> Space {
        let axis = |name: &str, values: &[f64]| Axis { name: name.into(), values: values.to_vec() };
        Space::new(vec![axis("a", &[1.0, 2.0]), axis("b", &[1.0, 2.0, 3.0]), axis("c", &[0.5])]).expect("few")
    }

    #[test]
    fn the_last_axis_moves_fastest() {
        let all: Vec<Vec<f64>> = (0..space().len()).map(|v| space().values(v)).collect();
        let expected = [[1.0, 1.0], [1.0, 2.0], [1.0, 3.0], [2.0, 1.0], [2.0, 2.0], [2.0, 3.0]]
            .map(|[a, b]| vec![a, b, 0.5]);
        assert_eq!(all, expected);
    }

    #[test]
    fn a_sample_has_no_variant_twice_and_keeps_the_order() {
        let mut seen = BTreeSet::new();
        for seed in 0..60 {
            let sample = space().sampled(4, seed).expect("small");
            let values: Vec<Vec<f64>> = (0..sample.len()).map(|v| sample.values(v)).collect();
            assert_eq!(values.len(), 4);
            assert!(values.is_sorted_by(|a, b| a < b), "{values:?}");
            seen.insert(format!("{values:?}"));
        }
        assert_eq!(seen.len(), 15, "every choice of 4 from 6 comes up");
        assert_eq!(space().sampled(6, 1).expect("all").len(), 6);
    }
}
