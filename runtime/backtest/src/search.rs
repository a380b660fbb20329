//! Searches and extremes over columns, in chunks that the compiler turns into vector code.

/// Long enough to be worth vector code, short enough not to look far beyond a hit.
const LANES: usize = 8;

/// The first value at or below the level; none when the level is NaN.
#[must_use]
pub fn first_le(values: &[f64], level: f64) -> Option<usize> {
    first(values, level, |value, level| value <= level)
}

#[must_use]
pub fn first_ge(values: &[f64], level: f64) -> Option<usize> {
    first(values, level, |value, level| value >= level)
}

#[must_use]
pub fn first_lt(values: &[f64], level: f64) -> Option<usize> {
    first(values, level, |value, level| value < level)
}

#[must_use]
pub fn first_gt(values: &[f64], level: f64) -> Option<usize> {
    first(values, level, |value, level| value > level)
}

#[inline]
fn first(values: &[f64], level: f64, hit: impl Fn(f64, f64) -> bool + Copy) -> Option<usize> {
    if level.is_nan() {
        return None;
    }
    let (chunks, rest) = values.as_chunks::<LANES>();
    // No early way out inside a chunk: that is what makes it vector code.
    let any = |chunk: &[f64; LANES]| chunk.iter().fold(false, |any, &value| any | hit(value, level));
    let whole = chunks.iter().position(any);
    if whole.is_none() && values.last_chunk().is_some_and(|last| !any(last)) {
        return None;
    }
    let begin = whole.unwrap_or(chunks.len()) * LANES;
    let part = if whole.is_some() { &values[begin..begin + LANES] } else { rest };
    part.iter().position(|&value| hit(value, level)).map(|at| begin + at)
}

/// The smallest of `start` and the values.
#[must_use]
pub fn lowest(values: &[f64], start: f64) -> f64 {
    extreme(values, start, |a, b| if a < b { a } else { b })
}

/// The largest of `start` and the values.
#[must_use]
pub fn highest(values: &[f64], start: f64) -> f64 {
    extreme(values, start, |a, b| if a > b { a } else { b })
}

#[inline]
fn extreme(values: &[f64], start: f64, pick: impl Fn(f64, f64) -> f64 + Copy) -> f64 {
    let mut lanes = [start; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane = pick(value, *lane);
        }
    }
    rest.iter().chain(&lanes).fold(start, |best, &value| pick(value, best))
}

#[cfg(test)]
mod tests {
    use super::{first_ge, first_gt, first_le, first_lt, highest, lowest};

    #[test]
    fn finds_what_a_plain_loop_finds() {
        let values: Vec<f64> = (0..200).map(|i| f64::from((i * 37) % 101)).collect();
        for level in [-1.0, 0.0, 50.0, 99.5, 100.0, 101.0] {
            for from in [0, 1, 31, 32, 150, 200] {
                let part = &values[from..];
                assert_eq!(first_le(part, level), part.iter().position(|&v| v <= level));
                assert_eq!(first_ge(part, level), part.iter().position(|&v| v >= level));
                assert_eq!(first_lt(part, level), part.iter().position(|&v| v < level));
                assert_eq!(first_gt(part, level), part.iter().position(|&v| v > level));
                assert_eq!(lowest(part, 60.0), part.iter().copied().fold(60.0, f64::min));
                assert_eq!(highest(part, 60.0), part.iter().copied().fold(60.0, f64::max));
            }
        }
        assert_eq!(first_le(&values, f64::NAN), None);
    }
}
