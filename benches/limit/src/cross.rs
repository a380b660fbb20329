//! Scenarios S1 and S2: two averages that cross.

use crate::{Account, Bars};

pub struct Ema {
    value: f64,
    weight: f64,
}

impl Ema {
    /// After bar `last`, seeded with the mean of the first `length` bars.
    pub fn at(close: &[f64], length: usize, last: usize) -> Ema {
        let mut sum = 0.0;
        close[..length].iter().for_each(|x| sum += x);
        let mut ema = Ema { value: sum / length as f64, weight: 2.0 / (length as f64 + 1.0) };
        close[length..=last].iter().for_each(|x| {
            ema.step(*x);
        });
        ema
    }

    #[inline(always)]
    pub fn value(&self) -> f64 {
        self.value
    }

    #[inline(always)]
    pub fn step(&mut self, x: f64) -> f64 {
        self.value += (x - self.value) * self.weight;
        self.value
    }
}

pub fn s1(bars: &Bars) -> Account {
    let n = bars.close.len();
    let (open, close) = (&bars.open[..n], &bars.close[..n]);
    let (mut fast, mut slow) = (Ema::at(close, 9, 20), Ema::at(close, 21, 20));
    let mut account = Account::new();
    let (mut fast_before, mut slow_before) = (fast.value, slow.value);
    for t in 21..n - 1 {
        let (f, s) = (fast.step(close[t]), slow.step(close[t]));
        if account.qty == 0.0 {
            if f > s && fast_before <= slow_before {
                account.buy(open[t + 1]);
            }
        } else if f < s && fast_before >= slow_before {
            account.sell(open[t + 1]);
        }
        (fast_before, slow_before) = (f, s);
    }
    account
}

/// A step of Wilder's average of 14; products instead of a quotient, which would be most of the chain's latency.
#[inline(always)]
pub fn wilder(average: f64, x: f64) -> f64 {
    average * (13.0 / 14.0) + x * (1.0 / 14.0)
}

/// Wilder averages of gains and losses.
pub struct Rsi {
    gain: f64,
    loss: f64,
    before: f64,
}

impl Rsi {
    pub fn at(close: &[f64], last: usize) -> Rsi {
        let mut rsi = Rsi { gain: 0.0, loss: 0.0, before: close[0] };
        for t in 1..=14 {
            let change = close[t] - close[t - 1];
            if change < 0.0 { rsi.loss -= change } else { rsi.gain += change }
        }
        (rsi.gain, rsi.loss, rsi.before) = (rsi.gain / 14.0, rsi.loss / 14.0, close[14]);
        close[15..=last].iter().for_each(|x| rsi.step(*x));
        rsi
    }

    #[inline(always)]
    pub fn step(&mut self, x: f64) {
        let change = x - self.before;
        self.before = x;
        self.gain = wilder(self.gain, if change > 0.0 { change } else { 0.0 });
        self.loss = wilder(self.loss, if change < 0.0 { -change } else { 0.0 });
    }

    #[inline(always)]
    pub fn value(&self) -> f64 {
        let both = self.gain + self.loss;
        if both == 0.0 { 0.0 } else { 100.0 * (self.gain / both) }
    }
}

pub fn s2(bars: &Bars) -> Account {
    let n = bars.close.len();
    let (open, high) = (&bars.open[..n], &bars.high[..n]);
    let (low, close) = (&bars.low[..n], &bars.close[..n]);
    let (mut fast, mut slow) = (Ema::at(close, 9, 20), Ema::at(close, 21, 20));
    let mut rsi = Rsi::at(close, 20);
    let mut account = Account::new();
    let (mut stop, mut target) = (f64::NEG_INFINITY, f64::INFINITY);
    let (mut fast_before, mut slow_before) = (fast.value, slow.value);
    let mut enter = false;
    for t in 21..n {
        if enter {
            account.buy(open[t]);
            (stop, target) = (open[t] * 0.98, open[t] * 1.04);
            enter = false;
        }
        if low[t] <= stop || high[t] >= target {
            account.sell(if open[t] <= stop || open[t] >= target {
                open[t]
            } else if low[t] <= stop {
                stop
            } else {
                target
            });
            (stop, target) = (f64::NEG_INFINITY, f64::INFINITY);
        }
        let (f, s) = (fast.step(close[t]), slow.step(close[t]));
        rsi.step(close[t]);
        if account.qty == 0.0 && f > s && fast_before <= slow_before {
            enter = rsi.value() < 70.0;
        }
        (fast_before, slow_before) = (f, s);
    }
    account
}
