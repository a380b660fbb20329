//! What the machine can do: each scenario as one hand-written loop, without a strategy language, kernels or a host.
//!
//! usage: limit COLUMNS.f64 s1|s2|s3|s4 [REPEAT]
//!
//! The file has open, high, low, close as little-endian doubles, one column after the other. Averages are computed in
//! TA-Lib's order of operations. A signal at a close fills at the next open; stops and targets are live from the
//! fill on; a position at the end is marked at the last close. Of S3 trades are those of all variants, the return is
//! the best one.

mod band;
mod cross;
mod pairs;

use std::hint::black_box;

use rustix::time::{ClockId, clock_gettime};

const CASH: f64 = 10_000.0;
const SHARE: f64 = 0.95;
const FEE: f64 = 5.5e-4;

/// Columns of one length.
struct Bars<'a> {
    open: &'a [f64],
    high: &'a [f64],
    low: &'a [f64],
    close: &'a [f64],
}

/// Cash and what it bought.
struct Account {
    cash: f64,
    qty: f64,
    trades: u32,
}

impl Account {
    fn new() -> Account {
        Account { cash: CASH, qty: 0.0, trades: 0 }
    }

    #[inline(always)]
    fn buy(&mut self, price: f64) {
        self.qty = SHARE * self.cash / (price * (1.0 + FEE));
        self.cash -= self.qty * price * (1.0 + FEE);
        self.trades += 1;
    }

    #[inline(always)]
    fn sell(&mut self, price: f64) {
        self.cash += self.qty * price * (1.0 - FEE);
        self.qty = 0.0;
    }

    /// Trades and return, an open position marked at this price.
    fn result(&self, price: f64) -> (u64, f64) {
        (u64::from(self.trades), (self.cash + self.qty * price) / CASH - 1.0)
    }
}

fn read(path: &str) -> Vec<f64> {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{path}: {e}"));
    bytes.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect()
}

fn columns(values: &[f64]) -> Bars<'_> {
    let bars = values.len() / 4;
    let column = |k: usize| &values[k * bars..(k + 1) * bars];
    Bars { open: column(0), high: column(1), low: column(2), close: column(3) }
}

/// Other programs do not count in it.
fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let [_, path, scenario, rest @ ..] = &args[..] else {
        panic!("usage: limit COLUMNS.f64 s1|s2|s3|s4 [REPEAT]")
    };
    let repeat: usize = rest.first().map_or(9, |r| r.parse().expect("REPEAT is a number"));
    let values = read(path);
    let bars = columns(&values);
    let last = bars.close[bars.close.len() - 1];
    let run = |bars: &Bars| match scenario.as_str() {
        "s1" => cross::s1(bars).result(last),
        "s2" => cross::s2(bars).result(last),
        "s3" => pairs::s3(bars),
        "s4" => band::s4(bars).result(last),
        other => panic!("no scenario {other}"),
    };
    let (mut trades, mut total) = run(&bars);
    let mut seconds: Vec<f64> = Vec::new();
    for _ in 0..repeat {
        let start = processor_seconds();
        (trades, total) = run(black_box(&bars));
        seconds.push(processor_seconds() - start);
    }
    seconds.sort_by(f64::total_cmp);
    println!(
        "{{\"peer\":\"limit\",\"scenario\":\"{scenario}\",\"bars\":{},\"seconds\":{:e},\"seconds_min\":{:e},\
         \"trades\":{trades},\"return\":{total:e}}}",
        bars.close.len(),
        seconds[repeat / 2],
        seconds[0],
    );
}
