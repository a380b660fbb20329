//! Directional movement of one bar against the bar before.

/// At most one of the two is above 0.
#[derive(Clone, Copy, Debug)]
pub struct Moves {
    pub up: f64,
    pub down: f64,
}

/// The part of the bar's range beyond the range before, on its larger side.
#[inline(always)]
#[must_use]
pub fn moves(high: f64, low: f64, high_before: f64, low_before: f64) -> Moves {
    let up = high - high_before;
    let down = low_before - low;
    Moves {
        up: if (up > down) & (up > 0.0) { up } else { 0.0 },
        down: if (down > up) & (down > 0.0) { down } else { 0.0 },
    }
}
