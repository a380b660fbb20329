//! Bars made from a seed: named market patterns, the same on every machine.
//!
//! A pattern is a script in units of the scale's bars and of their volatility; the market walks along it minute by
//! minute. Slower bars come from resampling these minutes, so all periods tell one story.

mod dice;
mod market;
mod patterns;
mod script;

use bars::{Bars, Timeframe};

use crate::error::{DataError, Kind};

pub use patterns::{Pattern, patterns};

/// A pattern plays out over about this many bars of the scale, then again from where the price stands.
pub const CYCLE_BARS: usize = 480;
/// More minutes than this are not made at once.
const MINUTES_MAX: i64 = 20_000_000;
/// 2025-01-01.
const START_MS: i64 = 1_735_689_600_000;

#[derive(Clone, Debug)]
pub struct SampleOptions {
    pub pattern: String,
    pub seed: u64,
    /// The period at which the pattern shows; the bars made are of 1 minute.
    pub scale: Timeframe,
    /// Length in bars of the scale.
    pub bars: usize,
    /// Moved back to the opening of a bar of the scale.
    pub start_ms: i64,
    pub price: f64,
}

impl SampleOptions {
    /// Three times the pattern on 15 minutes, from a price of 50,000, seed 42.
    #[must_use]
    pub fn new(pattern: &str) -> SampleOptions {
        SampleOptions {
            pattern: pattern.to_owned(),
            seed: 42,
            scale: Timeframe::parse("15m").expect("15m is a timeframe"),
            bars: 3 * CYCLE_BARS,
            start_ms: START_MS,
            price: 50_000.0,
        }
    }

    /// What a Play runs on when it is given no bars: its pattern on its exec period, longer than its warm-up (in exec
    /// bars), at a price that is usual for its symbol.
    #[must_use]
    pub fn for_play(pattern: &str, symbol: &str, exec: Timeframe, warmup_bars: usize) -> SampleOptions {
        let new = SampleOptions::new(pattern);
        let bars = new.bars.max(warmup_bars + CYCLE_BARS);
        SampleOptions { scale: exec, bars, price: usual_price(symbol), ..new }
    }

    /// As many bars of the scale as these days hold (at least one).
    #[must_use]
    pub fn days(self, days: u32) -> SampleOptions {
        let bars = i64::from(days) * Timeframe::DAY.ms() / self.scale.ms();
        SampleOptions { bars: bars.max(1) as usize, ..self }
    }
}

/// A price of the right size for the symbol, so that quantities come out as they would on the market.
#[must_use]
pub fn usual_price(symbol: &str) -> f64 {
    const USUAL: [(&str, f64); 8] = [
        ("BTC", 50_000.0),
        ("ETH", 3_000.0),
        ("SOL", 150.0),
        ("BNB", 600.0),
        ("XRP", 0.6),
        ("DOGE", 0.15),
        ("LTC", 80.0),
        ("LINK", 15.0),
    ];
    USUAL.iter().find(|(base, _)| symbol.starts_with(base)).map_or(100.0, |(_, price)| *price)
}

/// Minute bars without gaps, prices in whole ticks.
///
/// # Errors
/// When the pattern is unknown, or the options cannot make a market.
pub fn generate(options: &SampleOptions) -> Result<Bars, DataError> {
    let usage = |what: String, next: String| DataError::new(Kind::Usage, "sample data", what, next);
    let Some(pattern) = patterns().iter().find(|p| p.name == options.pattern) else {
        let names: Vec<&str> = patterns().iter().map(|p| p.name).collect();
        let what = format!("there is no pattern named '{}'", crate::header::shorten(&options.pattern));
        return Err(usage(what, format!("the patterns are: {}", names.join(", "))));
    };
    let minutes = i64::try_from(options.bars).ok().and_then(|b| b.checked_mul(options.scale.ms() / 60_000));
    if options.bars == 0 || minutes.is_none_or(|m| m > MINUTES_MAX) {
        let what = format!("{} bars of {} cannot be made", options.bars, options.scale);
        return Err(usage(what, format!("ask for 1 to {MINUTES_MAX} minutes in all")));
    }
    if !(1e-6..1e9).contains(&options.price) {
        return Err(usage(
            format!("a price of {} cannot be walked from", options.price),
            "start between 0.000001 and 1000000000".to_owned(),
        ));
    }
    if !(0..=253_000_000_000_000).contains(&options.start_ms) {
        return Err(usage("the start lies outside 1970 to 9987".to_owned(), "give another start".to_owned()));
    }
    Ok(market::walk(pattern, options))
}

/// The lengths in bars of the pattern's repetitions.
fn cycles(bars: usize) -> Vec<usize> {
    let count = ((bars + CYCLE_BARS / 2) / CYCLE_BARS).max(1);
    (0..count).map(|i| bars * (i + 1) / count - bars * i / count).collect()
}
