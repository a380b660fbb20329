//! The patterns: a name, one line on what it shows, and its script.

use super::dice::Dice;
use super::script::Script;

/// A market pattern that sample data can show.
pub struct Pattern {
    pub name: &'static str,
    pub summary: &'static str,
    /// For the cycle of this number (from 0) and length in bars.
    pub(crate) script: fn(usize, f64, &mut Dice) -> Script,
}

/// All patterns, general ones first.
#[must_use]
pub fn patterns() -> &'static [Pattern] {
    &PATTERNS
}

macro_rules! table {
    ($($name:literal $summary:literal $script:expr;)*) => {
        [$(Pattern { name: $name, summary: $summary, script: $script }),*]
    };
}

static PATTERNS: [Pattern; 45] = table! {
    "trend" "trends with pullbacks, up and down in turn" |i, n, d| trending(n, d).mirrored_if(i % 2 == 1);
    "range" "swings between a floor and a ceiling" |_, n, d| ranging(n, d);
    "reversal" "a fall that turns into a rise, and a rise that turns into a fall" |i, n, _| v_bottom(n).mirrored_if(i % 2 == 1);
    "breakout" "a range that breaks, up or down, and runs" |_, n, d| breakout_clean(n, d).mirrored_if(d.sign() < 0.0);
    "squeeze" "quiet, then an expansion up or down" |_, n, d| squeeze(n, d);
    "liquidity_sweep" "stops beyond a range are run, then the price leaves on the other side" |i, n, d| hunt_lows(n, d).mirrored_if(i % 2 == 1);
    "crash" "a slow rise, a sudden fall, a partial recovery" |_, n, _| crash(n);
    "trending" "a rise with deep pullbacks" |_, n, d| trending(n, d);
    "ranging" "sideways between a floor and a ceiling" |_, n, d| ranging(n, d);
    "volatile" "large swings, and bursts of volatility" |_, n, d| volatile(n, d);
    "multi_tf_aligned" "a rise made of waves on several scales" |_, n, _| waves(n, 60.0, &[4.0, 16.0, 48.0], 1.0);
    "trend_up_clean" "a steady rise, small pullbacks" |_, n, _| clean(n);
    "trend_down_clean" "a steady fall, small pullbacks" |_, n, _| clean(n).mirrored();
    "trend_grinding" "a slow rise at low volatility" |_, n, _| Script::new(n, 0.8).to(1.0, 42.0).volatility(&[(0.0, 0.6)]);
    "trend_parabolic" "a rise that accelerates" |_, n, _| parabolic(n);
    "trend_exhaustion" "a rise that tires, tops and turns" |_, n, _| exhaustion(n);
    "trend_stairs" "rises with pauses between" |_, n, _| stairs(n);
    "range_tight" "a narrow, quiet range" |_, n, d| zigzag(Script::new(n, 0.6), 10.0, 2.5, d).volatility(&[(0.0, 0.5)]).worn_wall([0.0, 1.0], 3.0, d);
    "range_wide" "wide swings without direction" |_, n, d| zigzag(Script::new(n, 1.4), 6.0, 24.0, d).worn_wall([0.0, 1.0], 26.0, d);
    "range_ascending" "an ascending triangle: flat highs, rising lows" |_, n, _| ascending(n);
    "range_descending" "a descending triangle: flat lows, falling highs" |_, n, _| ascending(n).mirrored();
    "reversal_v_bottom" "a sharp fall and as sharp a rise" |_, n, _| v_bottom(n);
    "reversal_v_top" "a sharp rise and as sharp a fall" |_, n, _| v_bottom(n).mirrored();
    "reversal_double_bottom" "two lows at one level, then a rise" |_, n, _| double_bottom(n);
    "reversal_double_top" "two highs at one level, then a fall" |_, n, _| double_bottom(n).mirrored();
    "breakout_clean" "a range that breaks upwards and runs" |_, n, d| breakout_clean(n, d);
    "breakout_false" "a break above a range that fails and returns into it" |_, n, d| ranged(n, 0.55, d).to(0.59, 18.0).to(0.63, 15.0).to(0.70, 0.0).to(0.85, -3.0).to(1.0, 0.0);
    "breakout_retest" "a break upwards, a return to the broken level, and on" |_, n, d| ranged(n, 0.5, d).to(0.58, 24.0).to(0.68, 9.0).to(1.0, 70.0);
    "vol_squeeze_expand" "volatility narrows, then expands in one direction" |_, n, d| squeeze(n, d);
    "vol_spike_recover" "a crash that recovers" |_, n, _| spike(n).to(0.8, -2.0).to(1.0, 2.0);
    "vol_spike_continue" "a crash that goes on" |_, n, _| spike(n).to(0.52, -34.0).to(1.0, -90.0);
    "vol_decay" "volatility that dies down" |_, n, d| decay(n, d);
    "liquidity_hunt_lows" "a dip below a range's lows, then a rally" |_, n, d| hunt_lows(n, d);
    "liquidity_hunt_highs" "a spike above a range's highs, then a drop" |_, n, d| hunt_lows(n, d).mirrored();
    "choppy_whipsaw" "short swings that turn again and again" |_, n, d| whipsaw(n, d);
    "accumulation" "a quiet base, then a slow drift up" |_, n, d| accumulation(n, d);
    "distribution" "a quiet top, then a slow drift down" |_, n, d| accumulation(n, d).mirrored();
    "mtf_aligned_bull" "slow, middle and fast swings all end upwards" |_, n, _| waves(n, 90.0, &[4.0, 16.0], 0.5);
    "mtf_aligned_bear" "slow, middle and fast swings all end downwards" |_, n, _| waves(n, 90.0, &[4.0, 16.0], 0.5).mirrored();
    "mtf_pullback_bull" "a slow rise whose last fast leg is down" |_, n, _| pullback(n);
    "mtf_pullback_bear" "a slow fall whose last fast leg is up" |_, n, _| pullback(n).mirrored();
    "displacement_impulse" "single bars with large bodies in a quiet market" |_, n, d| displacement(n, d);
    "trending_with_gaps" "a rise with three-candle gaps" |_, n, d| gaps(n, d);
    "equal_highs_lows" "highs and lows that repeat to the tick" |_, n, d| equal_extremes(n, d);
    "ob_retest" "an impulse away from a candle, and a return to it" |_, n, d| order_block(n, d);
};

/// Swings between two levels about so many times, ending where they began.
fn zigzag(mut script: Script, swings: f64, reach: f64, dice: &mut Dice) -> Script {
    let step = 1.0 / swings;
    let mut side = dice.sign();
    let begin = script.last_bar() / script.bars();
    for swing in 0..swings as usize {
        let part = begin + (1.0 - begin) * step * (swing as f64 + 0.5 + dice.between(-0.15, 0.15));
        script = script.to(part, side * reach * dice.between(0.85, 1.0));
        side = -side;
    }
    script.to(1.0, 0.0)
}

/// A range of six to either side with walls, up to this part of the cycle, ending in its middle.
fn ranged(bars: f64, until: f64, dice: &mut Dice) -> Script {
    let mut script = Script::new(bars, 0.75);
    let mut side = dice.sign();
    for swing in 0..6 {
        script = script.to(until * (f64::from(swing) + 0.5) / 6.0, side * dice.between(4.5, 6.0));
        side = -side;
    }
    script.to(until, 0.0).worn_wall([0.0, until], 6.5, dice)
}

fn trending(bars: f64, dice: &mut Dice) -> Script {
    let mut script = Script::new(bars, 1.15);
    let mut level = 0.0;
    for leg in 0..6 {
        level += dice.between(16.0, 22.0);
        script = script.to((f64::from(leg) + 0.62) / 6.0, level);
        level -= dice.between(5.0, 9.0);
        script = script.to((f64::from(leg) + 1.0) / 6.0, level);
    }
    script
}

fn ranging(bars: f64, dice: &mut Dice) -> Script {
    zigzag(Script::new(bars, 1.3), 8.0, 11.0, dice).worn_wall([0.0, 1.0], 13.0, dice)
}

fn volatile(bars: f64, dice: &mut Dice) -> Script {
    let mut bursts = Vec::new();
    for burst in 0..5 {
        let at = (f64::from(burst) + dice.between(0.3, 0.6)) / 5.0;
        bursts.extend([(at - 0.03, 1.0), (at, dice.between(4.0, 6.0)), (at + 0.05, 1.0)]);
    }
    zigzag(Script::new(bars, 1.5), 9.0, 16.0, dice).volatility(&bursts)
}

/// A rise of `gain` with a wave of each number of periods on it; every wave begins low and ends high. `depth` is the
/// part of a wave's own rise that it falls back.
fn waves(bars: f64, gain: f64, periods: &[f64], depth: f64) -> Script {
    let points = 192;
    let mut script = Script::new(bars, 0.75);
    for point in 1..=points {
        let part = f64::from(point) / f64::from(points);
        let wave = |&periods: &f64| {
            // From 0 up to 1 over two thirds of a period, and down again over the last; the last wave ends on top.
            let phase = (part * (periods - 1.0 / 3.0)).fract();
            let height = if phase < 2.0 / 3.0 { phase * 1.5 } else { (1.0 - phase) * 3.0 };
            let end = part >= 1.0;
            depth * gain / (2.0 * periods) * if end { 1.0 } else { height }
        };
        script = script.to(part, gain * part + periods.iter().map(wave).sum::<f64>());
    }
    script
}

fn clean(bars: f64) -> Script {
    let mut script = Script::new(bars, 0.9);
    for leg in 0..10 {
        let leg = f64::from(leg);
        script = script.to((leg + 0.8) / 10.0, leg * 11.0 + 13.0).to((leg + 1.0) / 10.0, leg * 11.0 + 11.0);
    }
    script
}

fn parabolic(bars: f64) -> Script {
    let cube = |script: Script, i: i32| {
        let part = f64::from(i) / 24.0;
        script.to(part, 10.0 * part + 120.0 * part * part * part)
    };
    (1..=24).fold(Script::new(bars, 1.1), cube).volatility(&[(0.0, 0.7), (0.6, 1.0), (1.0, 1.8)])
}

fn exhaustion(bars: f64) -> Script {
    Script::new(bars, 0.8)
        .to(0.2, 40.0)
        .to(0.35, 60.0)
        .to(0.5, 70.0)
        .to(0.6, 74.0)
        .to(0.68, 70.0)
        .to(1.0, 22.0)
        .volatility(&[(0.0, 0.8), (0.45, 0.8), (0.6, 1.4), (1.0, 1.3)])
}

fn stairs(bars: f64) -> Script {
    let mut script = Script::new(bars, 0.5);
    for stair in 0..5 {
        let (begin, level) = (f64::from(stair) / 5.0, f64::from(stair) * 20.0);
        script = script.to(begin + 0.12, level).to(begin + 0.2, level + 20.0);
    }
    script
}

fn ascending(bars: f64) -> Script {
    let mut script = Script::new(bars, 0.7);
    let swings = 6;
    for swing in 0..swings {
        let swing = f64::from(swing);
        let low = -22.0 + 4.5 * swing;
        script = script.to((swing + 0.3) / 6.0, 11.0).to((swing + 0.8) / 6.0, low);
    }
    script.to(1.0, 8.0).wall([0.0, 1.0], [-25.0, 3.0], [10.0; 2])
}

fn v_bottom(bars: f64) -> Script {
    Script::new(bars, 1.1).to(0.2, -14.0).to(0.5, -75.0).to(0.8, -14.0).to(1.0, 2.0).volatility(&[
        (0.0, 0.8),
        (0.3, 1.0),
        (0.5, 2.0),
        (0.7, 1.0),
        (1.0, 0.8),
    ])
}

fn double_bottom(bars: f64) -> Script {
    Script::new(bars, 0.8)
        .to(0.1, 0.0)
        .to(0.32, -45.0)
        .to(0.46, -20.0)
        .to(0.6, -45.0)
        .to(0.9, 12.0)
        .to(1.0, 14.0)
        .wall([0.25, 0.68], [-46.0; 2], [60.0; 2])
}

fn breakout_clean(bars: f64, dice: &mut Dice) -> Script {
    ranged(bars, 0.5, dice).to(0.54, 16.0).to(0.75, 40.0).to(1.0, 64.0).volatility(&[
        (0.0, 0.8),
        (0.49, 0.7),
        (0.52, 1.8),
        (0.7, 1.1),
        (1.0, 1.0),
    ])
}

fn squeeze(bars: f64, dice: &mut Dice) -> Script {
    Script::new(bars, 1.3)
        .to(0.25, 4.0)
        .to(0.6, 0.0)
        .to(0.66, 14.0)
        .to(1.0, 48.0)
        .volatility(&[(0.0, 1.2), (0.25, 0.9), (0.35, 0.25), (0.6, 0.2), (0.63, 2.6), (1.0, 2.0)])
        .mirrored_if(dice.sign() < 0.0)
}

/// Calm, then forty deviations down within six bars.
fn spike(bars: f64) -> Script {
    let fall_at = (0.4 * bars).floor();
    let part = fall_at / bars;
    let calm_again = (part + 0.2).min(0.99);
    Script::new(bars, 0.9).at_bar(fall_at, 1.0).at_bar(fall_at + 6.0, -42.0).volatility(&[
        (0.0, 0.6),
        (part - 0.01, 0.6),
        (part, 3.5),
        (part + 0.04, 3.0),
        (calm_again, 0.9),
        (1.0, 0.7),
    ])
}

fn crash(bars: f64) -> Script {
    let fall_at = (0.6 * bars).floor();
    let part = fall_at / bars;
    Script::new(bars, 0.85)
        .at_bar(fall_at, 22.0)
        .at_bar(fall_at + 10.0, -42.0)
        .to(0.72, -26.0)
        .to(1.0, -12.0)
        .volatility(&[
            (0.0, 0.6),
            (part - 0.01, 0.7),
            (part, 4.0),
            (part + 0.05, 3.0),
            (0.85, 1.2),
            (1.0, 0.8),
        ])
}

fn decay(bars: f64, dice: &mut Dice) -> Script {
    zigzag(Script::new(bars, 1.2), 6.0, 3.0, dice).volatility(&[
        (0.0, 3.2),
        (0.2, 1.9),
        (0.4, 1.2),
        (0.6, 0.75),
        (0.8, 0.45),
        (1.0, 0.3),
    ])
}

fn hunt_lows(bars: f64, dice: &mut Dice) -> Script {
    let script = ranged(bars, 0.55, dice);
    let sweep_at = script.last_bar().ceil();
    script
        .at_bar(sweep_at, -4.0)
        .at_bar(sweep_at + 2.0, -15.0)
        .at_bar(sweep_at + 4.0, -3.0)
        .to(0.65, 8.0)
        .to(1.0, 52.0)
        .volatility(&[(0.0, 0.8), (0.54, 0.8), (0.555, 1.6), (0.6, 1.0), (1.0, 1.0)])
}

fn whipsaw(bars: f64, dice: &mut Dice) -> Script {
    let mut script = Script::new(bars, 0.85);
    let mut side = dice.sign();
    loop {
        let bar = script.last_bar() + dice.between(6.0, 14.0);
        if bar >= bars {
            return script.to(1.0, 0.0);
        }
        script = script.at_bar(bar, side * dice.between(4.0, 8.0));
        side = -side;
    }
}

fn accumulation(bars: f64, dice: &mut Dice) -> Script {
    let mut script = Script::new(bars, 0.9).to(0.08, -9.0);
    let mut side = 1.0;
    for swing in 1..6 {
        script = script.to(0.08 + 0.09 * f64::from(swing), -9.0 + side * dice.between(1.5, 3.0));
        side = -side;
    }
    script.to(0.62, -7.0).to(1.0, 15.0).volatility(&[(0.0, 0.8), (0.1, 0.55), (1.0, 0.6)])
}

fn pullback(bars: f64) -> Script {
    let mut script = Script::new(bars, 1.0);
    for leg in 0..3 {
        let (begin, level) = (f64::from(leg) / 3.0, f64::from(leg) * 24.0);
        script = script.to(begin + 0.23, level + 40.0).to(begin + 1.0 / 3.0, level + 24.0);
    }
    script
}

fn displacement(bars: f64, dice: &mut Dice) -> Script {
    let mut script = Script::new(bars, 0.5).volatility(&[(0.0, 0.7)]);
    loop {
        let (at, level) = ((script.last_bar() + dice.between(14.0, 24.0)).ceil(), script.last_level());
        if at + 26.0 > bars {
            return script.to(1.0, level);
        }
        // Towards the start when far from it, so that impulses of both kinds come and nothing runs away.
        let side = if level.abs() > 12.0 { -level.signum() } else { dice.sign() };
        let impulse = side * dice.between(8.0, 10.0);
        script = script
            .at_bar(at, level)
            .at_bar(at + 1.0, level + impulse)
            .at_bar(at + 25.0, level + impulse * 0.6);
    }
}

fn gaps(bars: f64, dice: &mut Dice) -> Script {
    let mut script = Script::new(bars, 0.4).volatility(&[(0.0, 0.8)]);
    loop {
        let (at, level) = ((script.last_bar() + dice.between(10.0, 18.0)).ceil(), script.last_level());
        if at + 2.0 > bars {
            return script.to(1.0, level);
        }
        script = script.at_bar(at, level - 2.5).at_bar(at + 1.0, level + 4.5);
    }
}

fn equal_extremes(bars: f64, dice: &mut Dice) -> Script {
    zigzag(Script::new(bars, 0.7), 10.0, 14.5, dice).wall([0.0, 1.0], [-10.0; 2], [10.0; 2])
}

fn order_block(bars: f64, dice: &mut Dice) -> Script {
    let mut script = Script::new(bars, 0.4).volatility(&[(0.0, 0.7)]);
    loop {
        let (at, level) = ((script.last_bar() + dice.between(8.0, 14.0)).ceil(), script.last_level());
        if at + 48.0 > bars {
            return script.to(1.0, level);
        }
        let impulse = dice.between(14.0, 17.0);
        script = script
            .at_bar(at, level)
            // The candle that the impulse leaves from: down, then away.
            .at_bar(at + 1.0, level - 2.5)
            .at_bar(at + 4.0, level - 2.5 + impulse)
            .at_bar(at + 14.0, level + impulse)
            .at_bar(at + 32.0, level - 1.5)
            .at_bar(at + 46.0, level + 10.0);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_compiler_knows_the_same_names() {
        let names: Vec<&str> = super::patterns().iter().map(|pattern| pattern.name).collect();
        assert_eq!(names, bars::SAMPLE_PATTERNS);
    }
}
