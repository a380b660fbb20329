//! The walk along a script: minutes with wicks, volume, and volatility that comes in clusters.

use bars::{Bars, Timeframe};

use super::dice::Dice;
use super::patterns::Pattern;
use super::script::{Script, interpolate};
use super::{SampleOptions, cycles};

const MINUTE_MS: i64 = 60_000;
/// The standard deviation of the logarithm of a price over one minute, about that of a large perpetual.
const MINUTE_SIGMA: f64 = 0.000_6;
/// However long the data, scripts lead the price no further than this from its start (as a logarithm): volatility
/// and moves shrink together, so that the pattern stays the same.
const DRIFT_MAX: f64 = 1.8;
/// What strays from the path comes back within about so many bars of the scale.
const RETURN_BARS: f64 = 8.0;
/// Calm and busy times take turns within about so many bars of the scale.
const CLUSTER_BARS: f64 = 16.0;
const CLUSTER_SIGMA: f64 = 0.3;
/// Steps within a minute, for highs and lows.
const STEPS: usize = 4;
/// A minute's wicks go beyond its steps by about this part of its standard deviation.
const WICK: f64 = 0.35;
/// Quote currency traded in an ordinary minute.
const MINUTE_TURNOVER: f64 = 400_000.0;

pub(crate) fn walk(pattern: &Pattern, options: &SampleOptions) -> Bars {
    let mut dice = Dice::new(options.seed, pattern.name);
    let lengths = cycles(options.bars);
    let scripts: Vec<Script> =
        lengths.iter().enumerate().map(|(i, &bars)| (pattern.script)(i, bars as f64, &mut dice)).collect();
    let mut market = Market::new(options, sigma(&scripts, options.scale));
    for (script, &bars) in scripts.iter().zip(&lengths) {
        market.play(script, bars, &mut dice);
    }
    market.bars(options)
}

/// The standard deviation of one bar of the scale.
fn sigma(scripts: &[Script], scale: Timeframe) -> f64 {
    let minutes = (scale.ms() / MINUTE_MS) as f64;
    let (mut start, mut furthest) = (0.0_f64, 1.0_f64);
    for script in scripts {
        furthest = script.path.iter().fold(furthest, |most, (_, level)| most.max((start + level).abs()));
        start += script.last_level();
    }
    (MINUTE_SIGMA * minutes.sqrt()).min(DRIFT_MAX / furthest)
}

struct Market {
    /// Logarithms of prices; the cycle begins at `base`.
    base: f64,
    price: f64,
    stray: f64,
    /// The logarithm of the clusters' factor on volatility.
    cluster: f64,
    sigma: f64,
    minutes_a_bar: usize,
    /// Prices are whole multiples of 1 / `ticks`.
    ticks: f64,
    minutes: Vec<Minute>,
}

/// In ticks, but for the volume.
struct Minute {
    open: f64,
    high: f64,
    low: f64,
    close: f64,
    volume: f64,
}

impl Market {
    fn new(options: &SampleOptions, sigma: f64) -> Market {
        let mut ticks = 1.0;
        while options.price * ticks < 100_000.0 {
            ticks *= 10.0;
        }
        let base = libm::log(options.price);
        let minutes_a_bar = (options.scale.ms() / MINUTE_MS) as usize;
        let minutes = Vec::with_capacity(options.bars * minutes_a_bar);
        Market { base, price: base, stray: 0.0, cluster: 0.0, sigma, minutes_a_bar, ticks, minutes }
    }

    fn play(&mut self, script: &Script, bars: usize, dice: &mut Dice) {
        let (mut path_at, mut volatility_at) = (0, 0);
        let mut level = 0.0;
        for minute in 1..=bars * self.minutes_a_bar {
            let bar = minute as f64 / self.minutes_a_bar as f64;
            let factor = interpolate(&script.volatility, bar, &mut volatility_at).unwrap_or(1.0);
            let next = interpolate(&script.path, bar, &mut path_at).unwrap_or(0.0);
            let wall = script.walls.iter().find_map(|w| w.at(bar - 0.5 / self.minutes_a_bar as f64));
            self.minute([level, next], factor, script.wander, wall, dice);
            level = next;
        }
        self.base += script.last_level() * self.sigma;
    }

    fn minute(
        &mut self,
        levels: [f64; 2],
        factor: f64,
        wander: f64,
        wall: Option<(f64, f64)>,
        dice: &mut Dice,
    ) {
        let part = 1.0 / self.minutes_a_bar as f64;
        let wall = wall.map(|(low, high)| (self.base + low * self.sigma, self.base + high * self.sigma));
        self.cluster += -self.cluster * (part / CLUSTER_BARS).min(1.0)
            + CLUSTER_SIGMA * (2.0 * part / CLUSTER_BARS).sqrt() * dice.normal();
        let busy = factor * libm::exp(self.cluster);
        // Now and then a minute is much larger than its neighbours.
        let tail = if dice.uniform() < 0.02 { 2.5 } else { 1.0 };
        let sigma = self.sigma * part.sqrt() * busy * wander * tail;
        let open = self.price;
        let (mut high, mut low) = (open, open);
        for step in 1..=STEPS {
            let drawn = levels[0] + (levels[1] - levels[0]) * step as f64 / STEPS as f64;
            self.stray += -self.stray * (part / RETURN_BARS / STEPS as f64).min(1.0)
                + sigma / (STEPS as f64).sqrt() * dice.normal();
            let wished = self.base + drawn * self.sigma + self.stray;
            let allowed = wall.map_or(wished, |(bottom, top)| turned_back(wished, bottom, top));
            // The wall itself is touched before the price turns back.
            let touched = wall.map_or(wished, |(bottom, top)| wished.clamp(bottom, top));
            self.stray += allowed - wished;
            (high, low) = (high.max(allowed).max(touched), low.min(allowed).min(touched));
            self.price = allowed;
        }
        high += WICK * sigma * dice.normal().abs();
        low -= WICK * sigma * dice.normal().abs();
        if let Some((bottom, top)) = wall {
            (high, low) = (high.min(top.max(open)), low.max(bottom.min(open)));
        }
        let moved = (self.price - open).abs() / (self.sigma * part.sqrt());
        let volume = self.volume(moved, busy, dice);
        self.push([open, high, low, self.price], volume);
    }

    /// Busy minutes and large moves trade more.
    fn volume(&self, moved: f64, busy: f64, dice: &mut Dice) -> f64 {
        let ordinary = MINUTE_TURNOVER / libm::exp(self.price);
        let volume = ordinary * busy * (0.4 + moved) * libm::exp(0.5 * dice.normal());
        // Two more digits than an ordinary minute needs: lots, as of an exchange.
        let mut lots = 1.0;
        while ordinary * lots < 100.0 {
            lots *= 10.0;
        }
        (volume * lots).round().max(1.0) / lots
    }

    fn push(&mut self, logarithms: [f64; 4], volume: f64) {
        let [open, high, low, close] = logarithms.map(|l| (libm::exp(l) * self.ticks).round().max(1.0));
        // A minute opens where the last one closed.
        let open = self.minutes.last().map_or(open, |m| m.close);
        let (high, low) = (high.max(open).max(close), low.min(open).min(close));
        self.minutes.push(Minute { open, high, low, close, volume });
    }

    fn bars(self, options: &SampleOptions) -> Bars {
        let start = options.scale.open_of(options.start_ms);
        let price = |of: fn(&Minute) -> f64| -> bars::Column<f64> {
            self.minutes.iter().map(|m| of(m) / self.ticks).collect::<Vec<_>>().into()
        };
        Bars {
            timeframe: Timeframe::M1,
            open_time: (0..self.minutes.len() as i64)
                .map(|m| start + m * MINUTE_MS)
                .collect::<Vec<_>>()
                .into(),
            open: price(|m| m.open),
            high: price(|m| m.high),
            low: price(|m| m.low),
            close: price(|m| m.close),
            volume: self.minutes.iter().map(|m| m.volume).collect::<Vec<_>>().into(),
            series: Vec::new(),
        }
    }
}

/// Reflected at the wall that it would pass; in the middle when it would pass both.
fn turned_back(wished: f64, bottom: f64, top: f64) -> f64 {
    let reflected = if wished > top {
        2.0 * top - wished
    } else if wished < bottom {
        2.0 * bottom - wished
    } else {
        wished
    };
    if (bottom..=top).contains(&reflected) { reflected } else { (bottom + top) / 2.0 }
}
