//! A box to draw a curve in: from times and values to the points of an SVG path.

use std::fmt::Write;

use super::scale::Axis;

/// Where on the drawing a curve lies, in its units.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
    pub from_ms: i64,
    pub to_ms: i64,
}

impl Frame {
    #[must_use]
    pub fn x(&self, time_ms: i64) -> f64 {
        let span = (self.to_ms - self.from_ms).max(1) as f64;
        self.left + (time_ms - self.from_ms) as f64 / span * self.width
    }

    #[must_use]
    pub fn y(&self, axis: &Axis, value: f64) -> f64 {
        self.top + (1.0 - axis.share(value)) * self.height
    }

    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    #[must_use]
    pub fn right(&self) -> f64 {
        self.left + self.width
    }
}

/// Of the points in one column of the drawing: the first, the lowest and highest in the order in which they came, the
/// last. No peak and no trough is lost, and the ends join the neighbours.
#[must_use]
pub fn thinned(frame: &Frame, time_ms: &[i64], values: &[f64]) -> Vec<usize> {
    let column = |i: usize| frame.x(time_ms[i]) as i64;
    let mut kept = Vec::new();
    let mut first = 0;
    while first < values.len() {
        let own = column(first);
        let end = (first..values.len()).find(|&i| column(i) != own).unwrap_or(values.len());
        let by_value = |a: &usize, b: &usize| values[*a].total_cmp(&values[*b]);
        let lowest = (first..end).min_by(by_value).unwrap_or(first);
        let highest = (first..end).max_by(by_value).unwrap_or(first);
        let mut points = [first, lowest.min(highest), lowest.max(highest), end - 1];
        points.sort_unstable();
        kept.extend(points);
        kept.dedup();
        first = end;
    }
    kept
}

/// The points as `M x,y L x,y ...`.
#[must_use]
pub fn path(frame: &Frame, axis: &Axis, time_ms: &[i64], values: &[f64]) -> String {
    let mut d = String::new();
    for (n, i) in thinned(frame, time_ms, values).into_iter().enumerate() {
        let command = if n == 0 { 'M' } else { 'L' };
        let _ = write!(d, "{command}{:.1} {:.1}", frame.x(time_ms[i]), frame.y(axis, values[i]));
    }
    d
}

#[cfg(test)]
mod tests {
    use super::{Frame, thinned};

    /// 10,000 points on 100 columns: the one peak and the one trough are among the few that are kept.
    #[test]
    fn thinning_keeps_peaks_and_troughs() {
        let frame = Frame { left: 0.0, top: 0.0, width: 100.0, height: 10.0, from_ms: 0, to_ms: 9_999 };
        let time: Vec<i64> = (0..10_000).collect();
        let mut values: Vec<f64> = time.iter().map(|t| (t % 7) as f64).collect();
        (values[4_321], values[7_777]) = (99.0, -99.0);
        let kept = thinned(&frame, &time, &values);
        assert!(kept.len() <= 4 * 101 && kept.is_sorted());
        assert!([0, 4_321, 7_777, 9_999].iter().all(|i| kept.contains(i)));
    }

    #[test]
    fn few_points_are_all_kept() {
        let frame = Frame { left: 0.0, top: 0.0, width: 100.0, height: 10.0, from_ms: 0, to_ms: 3 };
        assert_eq!(thinned(&frame, &[0, 1, 2, 3], &[1.0, 2.0, 3.0, 2.0]), [0, 1, 2, 3]);
        assert!(thinned(&frame, &[], &[]).is_empty());
    }
}
