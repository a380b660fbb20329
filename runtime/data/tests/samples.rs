//! Sample markets show what their names claim, at every scale and for every seed, and never change.

#![allow(clippy::disallowed_methods, reason = "tests write and read files, and need no equal bits")]

use std::collections::BTreeMap;

use bars::{Bars, Timeframe, resample};
use data::Kind;
use data::sample::{CYCLE_BARS, SampleOptions, generate, patterns};

/// One cycle seen at its scale, in logarithms of prices.
struct View {
    high: Vec<f64>,
    low: Vec<f64>,
    open: Vec<f64>,
    close: Vec<f64>,
    bars: Bars,
}

impl View {
    fn of(pattern: &str, scale: &str, seed: u64) -> View {
        let scale = Timeframe::parse(scale).expect("a timeframe");
        let options = SampleOptions { seed, scale, bars: CYCLE_BARS, ..SampleOptions::new(pattern) };
        let bars = resample(&generate(&options).expect("a market"), scale).expect("a multiple");
        assert_eq!(bars.len(), CYCLE_BARS);
        let logs = |column: &[f64]| column.iter().map(|p| p.ln()).collect::<Vec<_>>();
        View {
            high: logs(&bars.high),
            low: logs(&bars.low),
            open: logs(&bars.open),
            close: logs(&bars.close),
            bars,
        }
    }

    fn index(&self, part: f64) -> usize {
        ((self.close.len() - 1) as f64 * part) as usize
    }

    fn at(&self, part: f64) -> f64 {
        self.close[self.index(part)]
    }

    fn gain(&self, from: f64, to: f64) -> f64 {
        self.at(to) - self.at(from)
    }

    fn top(&self, from: f64, to: f64) -> f64 {
        self.high[self.index(from)..=self.index(to)].iter().copied().fold(f64::MIN, f64::max)
    }

    fn bottom(&self, from: f64, to: f64) -> f64 {
        self.low[self.index(from)..=self.index(to)].iter().copied().fold(f64::MAX, f64::min)
    }

    fn range(&self, from: f64, to: f64) -> f64 {
        self.top(from, to) - self.bottom(from, to)
    }

    /// Where in the data the highest high and the lowest low stand, 0 to 1.
    fn extremes(&self) -> (f64, f64) {
        let at = |best: usize| best as f64 / self.close.len() as f64;
        let bars = 0..self.close.len();
        let top = bars.clone().max_by(|&a, &b| self.high[a].total_cmp(&self.high[b])).expect("bars");
        let bottom = bars.min_by(|&a, &b| self.low[a].total_cmp(&self.low[b])).expect("bars");
        (at(top), at(bottom))
    }

    fn drawdown(&self) -> f64 {
        let mut top = f64::MIN;
        self.close.iter().fold(0.0, |most: f64, &c| {
            top = top.max(c);
            most.max(top - c)
        })
    }

    /// The standard deviation of changes from bar to bar.
    fn volatility(&self, from: f64, to: f64) -> f64 {
        let part = &self.close[self.index(from)..=self.index(to)];
        let changes: Vec<f64> = part.windows(2).map(|p| p[1] - p[0]).collect();
        let mean = changes.iter().sum::<f64>() / changes.len() as f64;
        (changes.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / changes.len() as f64).sqrt()
    }

    /// How often the close crosses from beyond the upper to beyond the lower third of the whole range, or back.
    fn swings(&self) -> usize {
        let (bottom, range) = (self.bottom(0.0, 1.0), self.range(0.0, 1.0));
        let (mut side, mut swings) = (0, 0);
        for close in &self.close {
            let now = match (close - bottom) / range {
                part if part > 0.62 => 1,
                part if part < 0.38 => -1,
                _ => side,
            };
            swings += usize::from(now != side && side != 0);
            side = now;
        }
        swings
    }

    /// The market upside down, for the claims of mirrored patterns.
    fn mirrored(self) -> View {
        let negative = |column: Vec<f64>| column.into_iter().map(|v| -v).collect::<Vec<_>>();
        let (high, low) = (negative(self.low), negative(self.high));
        View { high, low, open: negative(self.open), close: negative(self.close), bars: self.bars }
    }

    /// Upside down when it ended lower.
    fn upwards(self) -> View {
        if self.gain(0.0, 1.0) < 0.0 { self.mirrored() } else { self }
    }
}

fn trend(v: &View) -> bool {
    v.gain(0.0, 1.0) > 0.0 && v.drawdown() < 0.4 * v.gain(0.0, 1.0)
}

fn clean(v: &View) -> bool {
    let quarters = [0.0, 0.25, 0.5, 0.75].iter().all(|&q| v.gain(q, q + 0.25) > 0.0);
    quarters && v.drawdown() < 0.15 * v.gain(0.0, 1.0)
}

fn sideways(v: &View) -> bool {
    v.gain(0.0, 1.0).abs() < 0.6 * v.range(0.0, 1.0) && v.swings() >= 3
}

fn v_bottom(v: &View) -> bool {
    let (_, lowest) = v.extremes();
    (0.4..0.6).contains(&lowest) && v.gain(0.0, 1.0).abs() < 0.25 * v.range(0.0, 1.0) && v.swings() <= 3
}

fn double_bottom(v: &View) -> bool {
    let (first, second, between) = (v.bottom(0.2, 0.42), v.bottom(0.5, 0.75), v.top(0.4, 0.55));
    let depth = between - first.min(second);
    (first - second).abs() < 0.2 * depth && v.at(1.0) > between && depth > 0.2 * v.range(0.0, 1.0)
}

fn breakout(v: &View) -> bool {
    let top = v.top(0.0, 0.48);
    v.at(1.0) - top > 1.5 * v.range(0.0, 0.48) && v.bottom(0.65, 1.0) > top
}

fn false_breakout(v: &View) -> bool {
    let (top, bottom, range) = (v.top(0.0, 0.54), v.bottom(0.0, 0.54), v.range(0.0, 0.54));
    let broke = v.top(0.56, 0.68) > top + 0.3 * range;
    broke && (0.55..0.67).contains(&v.extremes().0) && v.at(0.75) < top && v.at(1.0) > bottom - 0.4 * range
}

fn retest(v: &View) -> bool {
    let (top, range) = (v.top(0.0, 0.48), v.range(0.0, 0.48));
    let (peak, back) = (v.top(0.52, 0.64), v.bottom(0.63, 0.74));
    peak > top + 0.6 * range && back - top < 0.6 * (peak - top) && v.at(1.0) > peak + range
}

fn squeeze(v: &View) -> bool {
    v.volatility(0.66, 1.0) > 3.0 * v.volatility(0.37, 0.59) && v.gain(0.62, 1.0) > 3.0 * v.range(0.4, 0.58)
}

fn spike(v: &View) -> bool {
    let fall = v.gain(0.39, 0.43);
    fall < -0.7 * v.range(0.0, 0.38) && v.volatility(0.38, 0.45) > 2.5 * v.volatility(0.0, 0.36)
}

fn spike_recover(v: &View) -> bool {
    spike(v) && v.at(0.9) - v.bottom(0.38, 0.5) > 0.7 * (v.at(0.38) - v.bottom(0.38, 0.5))
}

fn spike_continue(v: &View) -> bool {
    spike(v) && v.at(1.0) < v.bottom(0.38, 0.46) && v.extremes().1 > 0.9
}

fn hunt_lows(v: &View) -> bool {
    let (bottom, top, range) = (v.bottom(0.0, 0.53), v.top(0.0, 0.53), v.range(0.0, 0.53));
    let swept = v.bottom(0.54, 0.58) < bottom - 0.2 * range;
    swept && v.at(0.6) > bottom && v.at(1.0) > top + range
}

fn whipsaw(v: &View) -> bool {
    v.swings() >= 12 && v.gain(0.0, 1.0).abs() < 0.6 * v.range(0.0, 1.0)
}

fn accumulation(v: &View) -> bool {
    let drift = v.gain(0.6, 1.0);
    drift > 0.0 && v.range(0.15, 0.5) < 0.8 * drift && v.volatility(0.6, 1.0) < 0.1 * drift
}

fn pullback(v: &View) -> bool {
    let whole = v.gain(0.0, 1.0);
    whole > 0.0 && v.gain(0.9, 1.0) < -0.05 * whole && v.gain(0.667, 0.88) > 0.0
}

fn ascending(v: &View) -> bool {
    let tops: Vec<f64> = (0..4).map(|i| v.top(f64::from(i) / 4.0, f64::from(i + 1) / 4.0)).collect();
    let lows: Vec<f64> =
        (0..4).map(|i| v.bottom(f64::from(i) / 4.0 + 0.06, f64::from(i + 1) / 4.0)).collect();
    let flat = tops.iter().copied().fold(f64::MIN, f64::max) - tops.iter().copied().fold(f64::MAX, f64::min);
    lows.windows(2).all(|l| l[1] > l[0]) && flat < 0.12 * v.range(0.0, 1.0)
}

fn stairs(v: &View) -> bool {
    let whole = v.gain(0.0, 1.0);
    let pauses =
        (0..5).filter(|&i| v.gain(f64::from(i) / 5.0 + 0.01, f64::from(i) / 5.0 + 0.11).abs() < 0.07 * whole);
    let rises =
        (0..5).filter(|&i| v.gain(f64::from(i) / 5.0 + 0.12, f64::from(i) / 5.0 + 0.199) > 0.12 * whole);
    pauses.count() >= 4 && rises.count() == 5
}

fn parabolic(v: &View) -> bool {
    let (a, b, c) = (v.gain(0.0, 0.34), v.gain(0.34, 0.67), v.gain(0.67, 1.0));
    a < b && b < c && c > 1.5 * (a + b)
}

fn exhaustion(v: &View) -> bool {
    let (top, _) = v.extremes();
    let slower = v.gain(0.3, 0.55) < 0.6 * v.gain(0.0, 0.25);
    (0.45..0.78).contains(&top) && slower && v.gain(0.7, 1.0) < -0.4 * v.gain(0.0, 0.6)
}

/// Several bursts, each far above what is usual, and calm between them.
fn volatile(v: &View) -> bool {
    let parts: Vec<f64> =
        (0..40).map(|i| v.volatility(f64::from(i) / 40.0, f64::from(i + 1) / 40.0)).collect();
    let mut sorted = parts.clone();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted[sorted.len() / 3];
    let bursts = parts.windows(2).filter(|pair| pair[0] < 2.0 * usual && pair[1] >= 2.0 * usual).count();
    bursts >= 3
}

fn decay(v: &View) -> bool {
    v.volatility(0.0, 0.2) > 3.0 * v.volatility(0.8, 1.0) && v.volatility(0.2, 0.5) > v.volatility(0.6, 0.9)
}

fn crash(v: &View) -> bool {
    let fall = v.top(0.55, 0.61) - v.bottom(0.6, 0.66);
    v.gain(0.0, 0.58) > 0.0
        && fall > 2.0 * v.gain(0.0, 0.58)
        && v.gain(0.7, 1.0) > 0.0
        && v.at(1.0) < v.at(0.0)
}

fn displacement(v: &View) -> bool {
    let bodies: Vec<f64> = v.close.iter().zip(&v.open).map(|(c, o)| (c - o).abs()).collect();
    let mut sorted = bodies.clone();
    sorted.sort_by(f64::total_cmp);
    let median = sorted[sorted.len() / 2];
    let large: Vec<usize> = (0..bodies.len()).filter(|&i| bodies[i] > 8.0 * median).collect();
    large.len() >= 4 && large.len() <= 20 && large.windows(2).all(|pair| pair[1] - pair[0] > 5)
}

fn candle_gaps(v: &View) -> bool {
    let gaps = (2..v.close.len()).filter(|&i| v.low[i] > v.high[i - 2]).count();
    gaps >= 15 && v.gain(0.0, 1.0) > 0.5 * v.range(0.0, 1.0)
}

/// The ceiling and the floor are each met, to two ticks, by bars of at least four separate visits.
fn equal_extremes(v: &View) -> bool {
    let visits = |column: &[f64], level: f64| {
        let near: Vec<usize> = (0..column.len()).filter(|&i| (column[i] - level).abs() < 0.21).collect();
        1 + near.windows(2).filter(|pair| pair[1] - pair[0] > 20).count()
    };
    let top = v.bars.high.iter().copied().fold(f64::MIN, f64::max);
    let bottom = v.bars.low.iter().copied().fold(f64::MAX, f64::min);
    visits(&v.bars.high, top) >= 4 && visits(&v.bars.low, bottom) >= 4
}

/// Down candle, then three-bar impulse of far more than its body, then a return into the candle.
fn order_blocks(v: &View) -> bool {
    let usual = v.volatility(0.0, 1.0);
    let mut found = 0;
    let mut i = 0;
    while i + 45 < v.close.len() {
        let body = v.open[i] - v.close[i];
        let impulse = v.close[i + 3] - v.close[i];
        let returned = (i + 10..i + 45).any(|j| v.low[j] <= v.open[i]);
        if body > 0.0 && impulse > 3.0 * body && impulse > 4.0 * usual && returned {
            found += 1;
            i += 40;
        }
        i += 1;
    }
    found >= 4
}

type Claim = fn(View) -> bool;

fn claims() -> BTreeMap<&'static str, Claim> {
    let claims: [(&str, Claim); 45] = [
        ("trend", |v| trend(&v)),
        ("range", |v| sideways(&v)),
        ("reversal", |v| v_bottom(&v)),
        ("breakout", |v| breakout(&v.upwards())),
        ("squeeze", |v| squeeze(&v.upwards())),
        ("liquidity_sweep", |v| hunt_lows(&v)),
        ("crash", |v| crash(&v)),
        ("trending", |v| trend(&v)),
        ("ranging", |v| sideways(&v)),
        ("volatile", |v| volatile(&v)),
        ("multi_tf_aligned", |v| trend(&v) && v.gain(0.95, 1.0) > 0.0),
        ("trend_up_clean", |v| clean(&v)),
        ("trend_down_clean", |v| clean(&v.mirrored())),
        ("trend_grinding", |v| trend(&v)),
        ("trend_parabolic", |v| parabolic(&v)),
        ("trend_exhaustion", |v| exhaustion(&v)),
        ("trend_stairs", |v| stairs(&v)),
        ("range_tight", |v| sideways(&v)),
        ("range_wide", |v| sideways(&v)),
        ("range_ascending", |v| ascending(&v)),
        ("range_descending", |v| ascending(&v.mirrored())),
        ("reversal_v_bottom", |v| v_bottom(&v)),
        ("reversal_v_top", |v| v_bottom(&v.mirrored())),
        ("reversal_double_bottom", |v| double_bottom(&v)),
        ("reversal_double_top", |v| double_bottom(&v.mirrored())),
        ("breakout_clean", |v| breakout(&v)),
        ("breakout_false", |v| false_breakout(&v)),
        ("breakout_retest", |v| retest(&v)),
        ("vol_squeeze_expand", |v| squeeze(&v.upwards())),
        ("vol_spike_recover", |v| spike_recover(&v)),
        ("vol_spike_continue", |v| spike_continue(&v)),
        ("vol_decay", |v| decay(&v)),
        ("liquidity_hunt_lows", |v| hunt_lows(&v)),
        ("liquidity_hunt_highs", |v| hunt_lows(&v.mirrored())),
        ("choppy_whipsaw", |v| whipsaw(&v)),
        ("accumulation", |v| accumulation(&v)),
        ("distribution", |v| accumulation(&v.mirrored())),
        ("mtf_aligned_bull", |v| trend(&v) && v.gain(0.93, 1.0) > 0.0 && v.gain(0.75, 1.0) > 0.0),
        ("mtf_aligned_bear", |v| {
            let v = v.mirrored();
            trend(&v) && v.gain(0.93, 1.0) > 0.0 && v.gain(0.75, 1.0) > 0.0
        }),
        ("mtf_pullback_bull", |v| pullback(&v)),
        ("mtf_pullback_bear", |v| pullback(&v.mirrored())),
        ("displacement_impulse", |v| displacement(&v)),
        ("trending_with_gaps", |v| candle_gaps(&v)),
        ("equal_highs_lows", |v| equal_extremes(&v)),
        ("ob_retest", |v| order_blocks(&v)),
    ];
    claims.into_iter().collect()
}

#[test]
fn every_pattern_shows_what_it_claims() {
    let claims = claims();
    let mut failures = Vec::new();
    for pattern in patterns() {
        let claim = claims.get(pattern.name).unwrap_or_else(|| panic!("no claim for {}", pattern.name));
        for scale in ["5m", "15m", "1h"] {
            for seed in [1, 2, 42, 1_000_003] {
                if !claim(View::of(pattern.name, scale, seed)) {
                    failures.push(format!("{} {scale} {seed}", pattern.name));
                }
            }
        }
    }
    assert_eq!(claims.len(), patterns().len());
    assert!(failures.is_empty(), "{} failed: {failures:#?}", failures.len());
}

/// A claim that every market meets would prove nothing.
#[test]
fn claims_tell_patterns_apart() {
    let markets: Vec<_> = patterns().iter().map(|p| (p.name, 7)).collect();
    for (name, claim) in claims() {
        let met = markets.iter().filter(|(other, seed)| claim(View::of(other, "5m", *seed))).count();
        assert!(met * 5 <= markets.len() * 2, "{met} of {} patterns look like {name}", markets.len());
    }
}

#[test]
fn ranges_and_trends_compare_as_their_names_do() {
    for seed in 1..6 {
        let see = |name: &str| View::of(name, "15m", seed);
        assert!(see("range_tight").range(0.0, 1.0) < 0.25 * see("range_wide").range(0.0, 1.0));
        let (slow, fast) = (see("trend_grinding"), see("trend_up_clean"));
        assert!(slow.gain(0.0, 1.0) < 0.6 * fast.gain(0.0, 1.0));
        assert!(slow.volatility(0.0, 1.0) < 0.75 * fast.volatility(0.0, 1.0));
    }
}

#[test]
fn markets_are_sound_and_realistic() {
    for pattern in patterns() {
        for (scale, bars, price) in [("1m", 960, 0.00123), ("15m", 700, 50_000.0), ("4h", 40, 99.9)] {
            let scale = Timeframe::parse(scale).expect("a timeframe");
            let options = SampleOptions { scale, bars, price, ..SampleOptions::new(pattern.name) };
            let made = generate(&options).expect("a market");
            assert_eq!(made.len() as i64, bars as i64 * scale.ms() / 60_000);
            let mut lone_wicks = 0;
            for i in 0..made.len() {
                let (o, h, l, c) = (made.open[i], made.high[i], made.low[i], made.close[i]);
                assert!(l > 0.0 && h >= o.max(c) && l <= o.min(c) && h < price * 1e3, "{} {i}", pattern.name);
                assert!(made.volume[i] > 0.0 && made.volume[i].is_finite());
                assert!(i == 0 || (made.open[i] == made.close[i - 1]));
                assert!(i == 0 || made.open_time[i] - made.open_time[i - 1] == 60_000);
                lone_wicks += usize::from(h > o.max(c) || l < o.min(c));
            }
            assert!(lone_wicks * 2 > made.len(), "{} has wicks", pattern.name);
        }
    }
    // Volatility comes in clusters: large changes follow large ones.
    let options = SampleOptions { bars: 2_000, ..SampleOptions::new("ranging") };
    let made = generate(&options).expect("a market");
    let change: Vec<f64> = made.close.windows(2).map(|p| (p[1] / p[0]).ln().abs()).collect();
    let mean = change.iter().sum::<f64>() / change.len() as f64;
    let variance: f64 = change.iter().map(|c| (c - mean).powi(2)).sum();
    let follows: f64 = change.windows(31).map(|w| (w[0] - mean) * (w[30] - mean)).sum();
    assert!(follows / variance > 0.03, "autocorrelation of absolute changes: {}", follows / variance);
}

#[test]
fn long_markets_stay_within_reach_and_repeat_the_pattern() {
    let scale = Timeframe::parse("15m").expect("a timeframe");
    let options = SampleOptions { scale, ..SampleOptions::new("trend_up_clean") }.days(60);
    let made = resample(&generate(&options).expect("a market"), scale).expect("a multiple");
    assert_eq!(made.len(), 60 * 96);
    assert!(made.close[made.len() - 1] < 50_000.0 * 8.0);
    for cycle in made.close.chunks_exact(CYCLE_BARS) {
        assert!(cycle[CYCLE_BARS - 1] > cycle[0] * 1.05);
    }
}

#[test]
fn seeds_matter_and_wrong_options_are_told() {
    let make =
        |seed| generate(&SampleOptions { seed, bars: 10, ..SampleOptions::new("range") }).expect("a market");
    assert_eq!(make(1).close[..], make(1).close[..]);
    assert_ne!(make(1).close[..], make(2).close[..]);
    let error = generate(&SampleOptions::new("trend_sideways")).expect_err("no such pattern");
    assert!(error.kind == Kind::Usage && error.next.contains("trend_up_clean"), "{error}");
    for options in [
        SampleOptions { bars: 0, ..SampleOptions::new("range") },
        SampleOptions { bars: usize::MAX, ..SampleOptions::new("range") },
        SampleOptions { price: f64::NAN, ..SampleOptions::new("range") },
        SampleOptions { price: -1.0, ..SampleOptions::new("range") },
        SampleOptions { start_ms: i64::MIN, ..SampleOptions::new("range") },
    ] {
        assert_eq!(generate(&options).expect_err("senseless").kind, Kind::Usage);
    }
}

/// Samples are part of tests and of what users compare: a change of this hash is a change of all of them.
#[test]
fn samples_never_change() {
    let mut hashes = String::new();
    for pattern in patterns() {
        let options = SampleOptions { bars: 60, ..SampleOptions::new(pattern.name) };
        let certified = data::from_bars(generate(&options).expect("a market"), "sample");
        hashes += &format!("{} {}\n", pattern.name, certified.certificate.content_hash);
    }
    assert_eq!(
        blake3::hash(hashes.as_bytes()).to_hex().as_str(),
        "b8e24d85e4cae8427057935b28b67085601372e90468e9c41478f386a35c0caf",
        "{hashes}"
    );
}
