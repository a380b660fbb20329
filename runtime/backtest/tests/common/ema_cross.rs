//! Scenario S1: enter when EMA 9 crosses above EMA 21, leave when it crosses below; minute bars of a random walk.

use bars::{Bars, Bitmap};
use bytecode::{Action, EndOfData, Mode, Policy, SizingModel};

use super::{Setup, bars_of, on, policy};

pub fn walk(len: usize) -> Bars {
    let mut state = 7_u64;
    let mut unit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut price = 40_000.0;
    let mut rows = Vec::with_capacity(len);
    for _ in 0..len {
        let open: f64 = price;
        let close = (open + (unit() + unit() + unit() - 1.5) * open * 0.001).max(1.0);
        rows.push((open, open.max(close) + unit() * 5.0, open.min(close) - unit() * 0.5, close));
        price = close;
    }
    bars_of("1m", &rows)
}

/// Seeded with the mean of the first `n`, missing before.
fn ema(values: &[f64], n: usize) -> Vec<f64> {
    let mut out = vec![f64::NAN; values.len()];
    let mut last = values[..n].iter().sum::<f64>() / n as f64;
    let weight = 2.0 / (n as f64 + 1.0);
    out[n - 1] = last;
    for i in n..values.len() {
        last += (values[i] - last) * weight;
        out[i] = last;
    }
    out
}

pub struct Crosses {
    pub above: Vec<bool>,
    pub below: Vec<bool>,
}

pub fn crosses(bars: &Bars) -> Crosses {
    let (fast, slow) = (ema(&bars.close, 9), ema(&bars.close, 21));
    let mut found = Crosses { above: vec![false; bars.len()], below: vec![false; bars.len()] };
    for i in 1..bars.len() {
        found.above[i] = fast[i - 1] <= slow[i - 1] && fast[i] > slow[i];
        found.below[i] = fast[i - 1] >= slow[i - 1] && fast[i] < slow[i];
    }
    found
}

/// 95 % of the equity with the fee inside, 5.5 bps, no slippage, marked at the end.
pub fn s1_policy() -> Policy {
    let mut p = policy();
    p.mode = Mode::LongOnly;
    p.sizing.model = SizingModel::PercentEquity(95.0);
    p.sizing.include_fees = true;
    p.end_of_data = EndOfData::Mark;
    p
}

pub fn s1(bars: &Bars) -> Setup {
    let rules = [on(&[], Action::EntryLong), on(&[], Action::ExitLong)];
    let mut setup = Setup::new(bars, "1m", s1_policy(), &rules);
    let found = crosses(bars);
    for (map, on) in setup.hand.bools.iter_mut().zip([&found.above, &found.below]) {
        let mut filled = Bitmap::unknown(on.len());
        on.iter().enumerate().for_each(|(bar, &truth)| filled.set(bar, Some(truth)));
        *map = filled;
    }
    setup
}
