//! Runs of bars on which every required input is a number; the bars between them are skipped.

/// The most bars that a kernel gets at once: they fit on the stack and in the nearest cache, and while a piece is
/// computed the processor fetches the next one by itself.
pub const CHUNK: usize = 256;

/// Cuts the block into runs of at most [`CHUNK`] bars whose first `I` inputs are all finite, and gives each run to
/// `kernel`.
///
/// Every output of a skipped bar is missing. A kernel whose results do not depend on how bars are cut into
/// blocks thereby skips missing bars without a test in its loop.
pub fn finite_runs<const I: usize, const O: usize>(
    inputs: &[&[f64]],
    outputs: &mut [&mut [f64]],
    mut kernel: impl FnMut([&[f64]; I], [&mut [f64]; O]),
) {
    let required = &inputs[..I];
    let bars = outputs[0].len();
    let mut start = 0;
    while start < bars {
        let end = start + finite_prefix(required, start, bars.min(start + CHUNK));
        if end > start {
            let columns: [&[f64]; I] = std::array::from_fn(|k| &required[k][start..end]);
            let mut rest = outputs.iter_mut();
            let slots: [&mut [f64]; O] =
                std::array::from_fn(|_| &mut rest.next().expect("a kernel has O outputs")[start..end]);
            kernel(columns, slots);
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

/// What follows the missing values at the start: the inputs of the next stage.
#[must_use]
pub fn defined(values: &mut [f64]) -> &mut [f64] {
    let missing = values.iter().position(|x| !x.is_nan()).unwrap_or(values.len());
    &mut values[missing..]
}

/// The number of bars from `start` on that have every input.
fn finite_prefix(columns: &[&[f64]], start: usize, end: usize) -> usize {
    if columns.iter().all(|column| all_finite(&column[start..end])) {
        return end - start;
    }
    let missing = |bar: &usize| columns.iter().any(|column| !column[*bar].is_finite());
    (start..end).find(missing).unwrap_or(end) - start
}

/// Without a branch in the loop, so that it runs several values at a time: `x * 0` is 0 or -0 for finite
/// numbers alone, and the sign is shifted out.
#[must_use]
pub fn all_finite(values: &[f64]) -> bool {
    values.iter().fold(0, |marks, x| marks | (x * 0.0).to_bits()) << 1 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
