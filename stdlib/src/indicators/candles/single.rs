//! Patterns of one bar, and those that only compare its place with the bar before.

use super::bars::{Bar, all, either, score};

/// 100 when the bar is white, -100 when it is black.
#[inline(always)]
fn by_colour<const N: usize>(x: Bar, tests: [bool; N]) -> i32 {
    score(all(tests), x.sign() * 100)
}

#[inline(always)]
fn bullish<const N: usize>(tests: [bool; N]) -> i32 {
    score(all(tests), 100)
}

#[inline(always)]
fn bearish<const N: usize>(tests: [bool; N]) -> i32 {
    score(all(tests), -100)
}

pub fn belt_hold(x: Bar) -> i32 {
    by_colour(x, [x.long(), either(x.white(), x.no_lower(), x.no_upper())])
}

pub fn closing_marubozu(x: Bar) -> i32 {
    by_colour(x, [x.long(), either(x.white(), x.no_upper(), x.no_lower())])
}

pub fn doji(x: Bar) -> i32 {
    bullish([x.doji()])
}

pub fn dragonfly_doji(x: Bar) -> i32 {
    bullish([x.doji(), x.no_upper(), x.lower() > x.sliver()])
}

pub fn gravestone_doji(x: Bar) -> i32 {
    bullish([x.doji(), x.no_lower(), x.upper() > x.sliver()])
}

pub fn hammer(x: Bar) -> i32 {
    let before = x.ago(1);
    bullish([x.short(), x.long_lower(), x.no_upper(), x.bottom() <= before.low() + before.near()])
}

pub fn hanging_man(x: Bar) -> i32 {
    let before = x.ago(1);
    bearish([x.short(), x.long_lower(), x.no_upper(), x.bottom() >= before.high() - before.near()])
}

pub fn high_wave(x: Bar) -> i32 {
    let twice = 2.0 * x.body();
    by_colour(x, [x.short(), x.upper() > twice, x.lower() > twice])
}

pub fn inverted_hammer(x: Bar) -> i32 {
    bullish([x.short(), x.long_upper(), x.no_lower(), x.body_gaps_down(x.ago(1))])
}

pub fn long_legged_doji(x: Bar) -> i32 {
    bullish([x.doji(), x.long_lower() | x.long_upper()])
}

pub fn long_line(x: Bar) -> i32 {
    by_colour(x, [x.long(), x.upper() < x.short_shadow(), x.lower() < x.short_shadow()])
}

pub fn marubozu(x: Bar) -> i32 {
    by_colour(x, [x.long(), x.no_upper(), x.no_lower()])
}

pub fn rickshaw_man(x: Bar) -> i32 {
    let middle = x.low() + (x.high() - x.low()) / 2.0;
    bullish([
        x.doji(),
        x.long_lower(),
        x.long_upper(),
        x.bottom() <= middle + x.near(),
        x.top() >= middle - x.near(),
    ])
}

pub fn shooting_star(x: Bar) -> i32 {
    bearish([x.short(), x.long_upper(), x.no_lower(), x.body_gaps_up(x.ago(1))])
}

pub fn short_line(x: Bar) -> i32 {
    by_colour(x, [x.short(), x.upper() < x.short_shadow(), x.lower() < x.short_shadow()])
}

pub fn spinning_top(x: Bar) -> i32 {
    by_colour(x, [x.short(), x.upper() > x.body(), x.lower() > x.body()])
}

pub fn takuri(x: Bar) -> i32 {
    bullish([x.doji(), x.no_upper(), x.lower() > 2.0 * x.body()])
}
