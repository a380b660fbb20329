//! Runs of bars on which every required input is a number; the bars between them are skipped.

use std::ops::Range;

use crate::wide::{self, GROUP, Vector, Work};

/// The most bars that a kernel gets at once: they fit on the stack and in the nearest cache, and while a piece is
/// computed the processor fetches the next one by itself.
pub const CHUNK: usize = 256;

/// Cuts the block into runs of at most [`CHUNK`] bars whose first `I` inputs are all finite, and gives each run to
/// `kernel`.
///
/// Every output of a skipped bar is missing. A kernel whose results do not depend on how bars are cut into
/// blocks thereby skips missing bars without a test in its loop.
#[inline(always)]
pub fn finite_runs<const I: usize, const O: usize>(
    inputs: &[&[f64]],
    outputs: &mut [&mut [f64]],
    mut kernel: impl FnMut([&[f64]; I], [&mut [f64]; O]),
) {
    runs(CHUNK, &mut (), inputs, outputs, (|()| false, |(), _| true), |(), columns, slots| {
        kernel(columns, slots);
    });
}

/// The same with runs of at most so many bars, for a kernel that is cheap to copy: inputs are tested after it has run,
/// when they are near. Where one is not finite the run is made once more.
#[inline(always)]
pub fn tested_after<K: Clone, const I: usize, const O: usize>(
    longest: usize,
    kernel: &mut K,
    inputs: &[&[f64]],
    outputs: &mut [&mut [f64]],
    run: impl FnMut(&mut K, [&[f64]; I], [&mut [f64]; O]),
) {
    let is_sound =
        |_: &K, columns: [&[f64]; I]| finite_prefix(columns, 0, columns[0].len()) == columns[0].len();
    runs(longest, kernel, inputs, outputs, (|_: &K| true, is_sound), run);
}

/// The same for a kernel whose state keeps for good that an input was not finite, and tells: inputs are not tested
/// before it runs. Where its state tells afterwards, the run is made once more from where it was.
#[inline(always)]
pub fn trusting_runs<K: Clone, const I: usize, const O: usize>(
    kernel: &mut K,
    inputs: &[&[f64]],
    outputs: &mut [&mut [f64]],
    is_sound: impl Fn(&K) -> bool,
    run: impl FnMut(&mut K, [&[f64]; I], [&mut [f64]; O]),
) {
    runs(CHUNK, kernel, inputs, outputs, (&is_sound, |kernel: &K, _| is_sound(kernel)), run);
}

#[inline(always)]
fn runs<K: Clone, const I: usize, const O: usize>(
    longest: usize,
    kernel: &mut K,
    inputs: &[&[f64]],
    outputs: &mut [&mut [f64]],
    (trusts, is_sound): (impl Fn(&K) -> bool, impl Fn(&K, [&[f64]; I]) -> bool),
    mut run: impl FnMut(&mut K, [&[f64]; I], [&mut [f64]; O]),
) {
    let required: [&[f64]; I] = std::array::from_fn(|k| inputs[k]);
    let bars = outputs[0].len();
    // Before this bar inputs are tested first.
    let mut doubted = 0;
    let mut start = 0;
    while start < bars {
        let limit = bars.min(start.saturating_add(longest));
        // A few bars are sooner tested than a state is copied.
        let before = (start >= doubted && limit - start >= GROUP && trusts(kernel)).then(|| kernel.clone());
        let end = if before.is_some() { limit } else { start + finite_prefix(required, start, limit) };
        if end > start {
            let columns: [&[f64]; I] = std::array::from_fn(|k| &required[k][start..end]);
            let mut rest = outputs.iter_mut();
            let slots: [&mut [f64]; O] =
                std::array::from_fn(|_| &mut rest.next().expect("a kernel has O outputs")[start..end]);
            run(kernel, columns, slots);
        }
        let ran = required.map(|column| &column[start..end]);
        if let Some(before) = before.filter(|_| !is_sound(kernel, ran)) {
            *kernel = before;
            doubted = end;
            continue;
        }
        start = end;
        while start < bars && required.iter().any(|column| !column[start].is_finite()) {
            for output in outputs.iter_mut() {
                output[start] = f64::NAN;
            }
            start += 1;
        }
    }
}

/// As [`finite_runs`] for a kernel that reads of each bar one number alone, made by `derive` of all inputs and not
/// finite where one of them is not: that number is tested, not the inputs. It also gets the bars of the run.
#[inline(always)]
pub fn derived_runs(
    out: &mut [f64],
    derive: impl Fn(Range<usize>, &mut [f64]),
    mut kernel: impl FnMut(Range<usize>, &mut [f64]),
) {
    for (piece, mut start) in out.chunks_mut(CHUNK).zip((0..).step_by(CHUNK)) {
        derive(start..start + piece.len(), piece);
        if all_finite(piece) {
            kernel(start..start + piece.len(), piece);
            continue;
        }
        for run in piece.chunk_by_mut(|a, b| a.is_finite() == b.is_finite()) {
            let end = start + run.len();
            if run[0].is_finite() {
                kernel(start..end, run)
            } else {
                run.fill(f64::NAN)
            }
            start = end;
        }
    }
}

/// What follows the missing values at the start: the inputs of the next stage.
#[inline(always)]
#[must_use]
pub fn defined(values: &mut [f64]) -> &mut [f64] {
    let missing = leading_missing(values);
    &mut values[missing..]
}

/// The number of missing values before the first.
#[inline]
#[must_use]
pub fn leading_missing(values: &[f64]) -> usize {
    values.iter().position(|x| !x.is_nan()).unwrap_or(values.len())
}

/// The number of bars from `start` on, before `end`, that have every input.
#[inline]
#[must_use]
pub fn finite_prefix<const I: usize>(columns: [&[f64]; I], start: usize, end: usize) -> usize {
    let missing = |bar: &usize| columns.iter().any(|column| !column[*bar].is_finite());
    // A few bars are not worth the question how wide the vectors are.
    if end - start < GROUP {
        return (start..end).find(missing).unwrap_or(end) - start;
    }
    for from in (start..end).step_by(CHUNK) {
        let to = end.min(from + CHUNK);
        if !wide::run(AllFinite(columns.map(|column| &column[from..to])))
            && let Some(bar) = (from..to).find(missing)
        {
            return bar - start;
        }
    }
    end - start
}

/// Whether the sum over the columns is finite on each bar; then so are all values.
struct AllFinite<'a, const I: usize>([&'a [f64]; I]);

impl<const I: usize> Work for AllFinite<'_, I> {
    type Output = bool;

    #[inline(always)]
    fn run<V: Vector>(self) -> bool {
        let bars = self.0[0].len();
        let columns = self.0.map(|column| &column[..bars]);
        let sum = |t: usize| columns.iter().fold(0.0, |sum, column| sum + column[t]);
        (0..bars).fold(0, |marks, t| marks | mark(sum(t))) << 1 == 0
    }
}

#[inline]
#[must_use]
pub fn all_finite(values: &[f64]) -> bool {
    marks_of(values) == 0
}

/// 0 when all are finite. The loop has no branch, so that it runs several values at a time.
#[inline(always)]
fn marks_of(values: &[f64]) -> u64 {
    values.iter().fold(0, |marks, x| marks | mark(*x)) << 1
}

/// All bits but the highest are 0 for a finite number alone: `x * 0` is 0 or -0.
#[inline(always)]
#[must_use]
pub fn mark(x: f64) -> u64 {
    (x * 0.0).to_bits()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::cascade::{Cascade, Smoothing};

    #[test]
    fn gives_maximal_runs_and_marks_the_rest_missing() {
        let mut a = vec![1.0; 200];
        let mut b = vec![2.0; 200];
        a[70] = f64::NAN;
        b[71] = f64::INFINITY;
        b[199] = f64::NAN;
        let mut out = vec![0.0; 200];
        let mut runs = Vec::new();
        finite_runs(&[&a, &b], &mut [&mut out], |[a, b], [out]| {
            runs.push(a.len());
            out.copy_from_slice(a);
            assert_eq!(a.len(), b.len());
        });
        assert_eq!(runs, [70, 127]);
        assert!(out[70].is_nan() && out[71].is_nan() && out[199].is_nan());
        assert_eq!(out.iter().filter(|x| x.is_nan()).count(), 3);
    }

    /// Wherever a value is missing: also at the end of a piece, where no value follows that would tell.
    #[test]
    fn trust_changes_nothing() {
        let prices: Vec<f64> = (0..600_u32).map(|i| 100.0 + f64::from(i * i % 37)).collect();
        let average = Cascade::<1, 1>::of_prices([Smoothing::exponential(5)]);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for place in (0..600).step_by(7).chain([254, 255, 256, 511, 512, 598, 599]) {
                let mut inputs = prices.clone();
                inputs[place] = bad;
                let (mut tested, mut trusting) = (vec![0.0; 600], vec![0.0; 600]);
                let (mut a, mut b) = (average.clone(), average.clone());
                finite_runs(&[&inputs], &mut [&mut tested], |[x], [out]| {
                    out.copy_from_slice(x);
                    a.run_in_place([out]);
                });
                let sound = Cascade::is_sound;
                trusting_runs(&mut b, &[&inputs], &mut [&mut trusting], sound, |b, [x], [out]| {
                    out.copy_from_slice(x);
                    b.run_in_place([out]);
                });
                let bits = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&tested), bits(&trusting), "{bad} at {place}");
                assert_eq!(format!("{a:?}"), format!("{b:?}"), "{bad} at {place}");
            }
        }
    }
}
