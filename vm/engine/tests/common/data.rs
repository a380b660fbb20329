//! Random minute bars with gaps and missing values.

use bars::{Bars, Series, Timeframe};

use super::rng::Rng;

pub const MINUTE_MS: i64 = 60_000;

/// `minutes` minutes from a random midnight on, of which some are absent and some hold no numbers.
pub fn minutes(rng: &mut Rng, minutes: usize) -> Bars {
    let begin = 86_400_000 * (18_000 + rng.below(2000) as i64) + MINUTE_MS * rng.below(20) as i64;
    let (mut time, mut price) = (Vec::new(), 100.0);
    let mut columns: [Vec<f64>; 6] = Default::default();
    let mut minute = 0;
    while minute < minutes as i64 {
        if rng.chance(4) {
            let longest = if rng.chance(20) { 90 } else { 4 };
            minute += 1 + rng.below(longest) as i64;
        }
        time.push(begin + minute * MINUTE_MS);
        let open = price;
        price = (price + (rng.unit() - 0.5) * 2.0).max(1.0);
        // Whole numbers now and then, so that comparisons meet equal values.
        let close = if rng.chance(30) { price.round() } else { price };
        let row = [
            open,
            open.max(close) + rng.unit(),
            open.min(close) - rng.unit(),
            close,
            50.0 * rng.unit(),
            rng.unit() - 0.5,
        ];
        let hole = rng.chance(3);
        for (column, value) in columns.iter_mut().zip(row) {
            let missing = hole || rng.chance(2);
            column.push(if missing { f64::NAN } else { value });
        }
        minute += 1;
    }
    let [open, high, low, close, volume, funding] = columns;
    Bars {
        timeframe: Timeframe::M1,
        open_time: time.into(),
        open: open.into(),
        high: high.into(),
        low: low.into(),
        close: close.into(),
        volume: volume.into(),
        series: vec![Series { name: "funding_rate".into(), values: funding.into() }],
    }
}
