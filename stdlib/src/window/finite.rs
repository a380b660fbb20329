//! Runs of bars on which every required input is a number; the bars between them are skipped.

/// Cuts the block into maximal runs of bars whose first `I` inputs are all finite, and gives each run to
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
        let end = start + finite_prefix(required, start, bars);
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

/// The most bars that [`finite_chunks`] gives at once.
pub const CHUNK: usize = 256;

/// As [`finite_runs`], in pieces of at most [`CHUNK`] bars, for kernels that need columns of their own in
/// between: those fit on the stack and in the nearest cache.
pub fn finite_chunks<const I: usize, const O: usize>(
    inputs: &[&[f64]],
    outputs: &mut [&mut [f64]],
    mut kernel: impl FnMut([&[f64]; I], [&mut [f64]; O]),
) {
    finite_runs(inputs, outputs, |mut columns: [&[f64]; I], mut slots: [&mut [f64]; O]| {
        while !slots[0].is_empty() {
            let count = slots[0].len().min(CHUNK);
            let heads = columns.map(|column| &column[..count]);
            columns = columns.map(|column| &column[count..]);
            let mut written: [&mut [f64]; O] = std::array::from_fn(|_| Default::default());
            let mut next = written.iter_mut();
            slots = slots.map(|slot| {
                let (head, tail) = slot.split_at_mut(count);
                *next.next().expect("as many places as slots") = head;
                tail
            });
            kernel(heads, written);
        }
    });
}

/// What follows the missing values at the start: the inputs of the next stage.
#[must_use]
pub fn defined(values: &mut [f64]) -> &mut [f64] {
    let missing = values.iter().position(|x| !x.is_nan()).unwrap_or(values.len());
    &mut values[missing..]
}

/// The number of bars from `start` on that have every input.
fn finite_prefix(columns: &[&[f64]], start: usize, end: usize) -> usize {
    const STEP: usize = 256;
    let mut at = start;
    while at < end {
        let stop = (at + STEP).min(end);
        if columns.iter().all(|column| all_finite(&column[at..stop])) {
            at = stop;
        } else {
            while columns.iter().all(|column| column[at].is_finite()) {
                at += 1;
            }
            break;
        }
    }
    at - start
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
