//! The last n inputs themselves, oldest first, for what needs all of them each bar.

use serde::{Deserialize, Serialize};

/// Every input is kept twice, n apart, so that the window is always one slice.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct History {
    doubled: Vec<f64>,
    at: usize,
    /// Inputs seen, up to n.
    seen: usize,
}

impl History {
    #[must_use]
    pub fn new(length: usize) -> History {
        History { doubled: vec![f64::NAN; 2 * length], at: 0, seen: 0 }
    }

    /// Takes the newest input and gives the window, oldest first, once it is full.
    #[inline]
    pub fn push(&mut self, x: f64) -> Option<&[f64]> {
        let length = self.doubled.len() / 2;
        let at = self.at;
        self.doubled[at] = x;
        self.doubled[at + length] = x;
        self.at = if at + 1 == length { 0 } else { at + 1 };
        self.seen += usize::from(self.seen < length);
        if self.seen < length { None } else { Some(&self.doubled[at + 1..=at + length]) }
    }

    /// How many inputs the window lacks, and what it holds before the next input, oldest first; missing where it lacks.
    #[must_use]
    pub fn before(&self) -> (usize, &[f64]) {
        let length = self.doubled.len() / 2;
        (length - self.seen, &self.doubled[self.at..self.at + length])
    }

    pub fn extend(&mut self, inputs: &[f64]) {
        for &x in inputs {
            self.push(x);
        }
    }
}

/// The sum of `f` over the values in eight lanes, so that it runs several values at a time.
#[inline]
pub fn sum_in_lanes(values: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    let mut lanes = [0.0; 8];
    let groups = values.chunks_exact(8);
    let rest = groups.remainder().iter().fold(0.0, |sum, &x| sum + f(x));
    for group in groups {
        for (lane, &x) in lanes.iter_mut().zip(group) {
            *lane += f(x);
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + b) + (c + d)) + ((e + f) + (g + h)) + rest
}

/// The sum of `weights[i] * (values[i] - origin)`, in eight lanes.
#[inline]
pub fn weigh_in_lanes(values: &[f64], weights: &[f64], origin: f64) -> f64 {
    let mut lanes = [0.0; 8];
    let (groups, weight_groups) = (values.chunks_exact(8), weights.chunks_exact(8));
    let tail = groups.remainder().iter().zip(weight_groups.remainder());
    let rest = tail.fold(0.0, |sum, (x, w)| sum + w * (x - origin));
    for (group, weights) in groups.zip(weight_groups) {
        for ((lane, x), w) in lanes.iter_mut().zip(group).zip(weights) {
            *lane += w * (x - origin);
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + b) + (c + d)) + ((e + f) + (g + h)) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_last_inputs_oldest_first() {
        let mut history = History::new(3);
        assert!(history.push(1.0).is_none() && history.push(2.0).is_none() && history.before().0 == 1);
        assert_eq!(history.push(3.0), Some(&[1.0, 2.0, 3.0][..]));
        assert_eq!(history.push(4.0), Some(&[2.0, 3.0, 4.0][..]));
        assert_eq!(history.before(), (0, &[2.0, 3.0, 4.0][..]));
        history.extend(&[5.0, 6.0]);
        assert_eq!(history.before(), (0, &[4.0, 5.0, 6.0][..]));
        assert_eq!(sum_in_lanes(&[1.0; 21], |x| x * 2.0), 42.0);
        assert_eq!(weigh_in_lanes(&[3.0; 21], &[0.5; 21], 1.0), 21.0);
    }
}
