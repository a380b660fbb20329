//! Scenario S4: back from the lower band to the middle.

use crate::cross::{Ema, Rsi, wilder};
use crate::{Account, Bars};

const LENGTH: usize = 20;
const SHARE: f64 = 1.0 / LENGTH as f64;
const KEPT: f64 = 13.0 / 14.0;
/// The bar on which the slowest of all, the average of 200, is there.
const FIRST: usize = 199;

/// Sum and sum of squares of a window.
struct Band {
    sum: f64,
    squares: f64,
}

impl Band {
    /// Of the window before bar `t`, one short.
    fn before(close: &[f64], t: usize) -> Band {
        let window = &close[t + 1 - LENGTH..t];
        Band { sum: window.iter().sum(), squares: window.iter().map(|x| x * x).sum() }
    }

    /// Lower band and middle.
    #[inline(always)]
    fn step(&mut self, x: f64, oldest: f64) -> (f64, f64) {
        self.sum += x;
        self.squares += x * x;
        let (mean, square) = (self.sum * SHARE, self.squares * SHARE);
        self.sum -= oldest;
        self.squares -= oldest * oldest;
        let variance = square - mean * mean;
        (mean - 2.0 * if variance > 0.0 { variance.sqrt() } else { 0.0 }, mean)
    }
}

/// Wilder's movement index and, on the way, the average true range.
struct Trend {
    plus: f64,
    minus: f64,
    adx: f64,
    atr: f64,
}

impl Trend {
    fn at(bars: &Bars, last: usize) -> Trend {
        let mut trend = Trend { plus: 0.0, minus: 0.0, adx: 0.0, atr: 0.0 };
        for t in 1..14 {
            let (plus, minus, _) = moves(bars, t);
            (trend.plus, trend.minus) = (trend.plus + plus, trend.minus + minus);
        }
        (1..=14).for_each(|t| trend.atr += moves(bars, t).2 / 14.0);
        let mut sum = 0.0;
        for t in 14..28 {
            sum += trend.sums(bars, t);
        }
        trend.adx = sum / 14.0;
        (15..28).for_each(|t| trend.range(moves(bars, t).2));
        (28..=last).for_each(|t| trend.step(bars, t));
        trend
    }

    #[inline(always)]
    fn range(&mut self, range: f64) {
        self.atr = wilder(self.atr, range);
    }

    /// Moves the sums on; gives dx.
    #[inline(always)]
    fn sums(&mut self, bars: &Bars, t: usize) -> f64 {
        let (plus, minus, _) = moves(bars, t);
        self.plus = self.plus * KEPT + plus;
        self.minus = self.minus * KEPT + minus;
        // The range cancels out of (di+ - di-) / (di+ + di-).
        100.0 * ((self.minus - self.plus).abs() / (self.minus + self.plus))
    }

    #[inline(always)]
    fn step(&mut self, bars: &Bars, t: usize) {
        let dx = self.sums(bars, t);
        if !dx.is_nan() {
            self.adx = wilder(self.adx, dx);
        }
        self.range(moves(bars, t).2);
    }
}

/// Movement up, movement down, true range.
#[inline(always)]
fn moves(bars: &Bars, t: usize) -> (f64, f64, f64) {
    let (high, low, before) = (bars.high[t], bars.low[t], bars.close[t - 1]);
    let (up, down) = (high - bars.high[t - 1], bars.low[t - 1] - low);
    let plus = if up > if down > 0.0 { down } else { 0.0 } { up } else { 0.0 };
    let minus = if down > if up > 0.0 { up } else { 0.0 } { down } else { 0.0 };
    (plus, minus, if high > before { high } else { before } - if low < before { low } else { before })
}

pub fn s4(bars: &Bars) -> Account {
    let n = bars.close.len();
    let (open, close) = (bars.open, bars.close);
    let mut account = Account::new();
    let mut band = Band::before(close, FIRST);
    let mut rsi = Rsi::at(close, FIRST - 1);
    let mut trend = Trend::at(bars, FIRST - 1);
    let mut slow = Ema::at(close, 200, FIRST);
    for t in FIRST..n - 1 {
        let x = close[t];
        let (lower, middle) = band.step(x, close[t + 1 - LENGTH]);
        rsi.step(x);
        trend.step(bars, t);
        // On its first bar the average is its seed.
        let average = if t == FIRST { slow.value() } else { slow.step(x) };
        if account.qty == 0.0 {
            if x < lower && x > average && trend.adx > 15.0 && trend.atr > x * 0.0005 && rsi.value() < 35.0 {
                account.buy(open[t + 1]);
            }
        } else if x > middle {
            account.sell(open[t + 1]);
        }
    }
    account
}
