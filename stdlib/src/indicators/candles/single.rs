//! Patterns of one bar, and those that only compare its place with the bar before.

use super::bars::{Bar, all, either, found, found_by};
use crate::wide::Vector;

/// 100 when the bar is white, -100 when it is black.
#[inline(always)]
fn by_colour<V: Vector>(x: Bar<V>, on: V::Mask) -> V {
    found_by(on, x.white(), 100.0)
}

#[inline(always)]
fn bullish<V: Vector>(on: V::Mask) -> V {
    found(on, 100.0)
}

#[inline(always)]
fn bearish<V: Vector>(on: V::Mask) -> V {
    found(on, -100.0)
}

#[inline(always)]
pub fn belt_hold<V: Vector>(x: Bar<V>) -> V {
    by_colour(x, all![x.long(), either(x.white(), x.no_lower(), x.no_upper())])
}

#[inline(always)]
pub fn closing_marubozu<V: Vector>(x: Bar<V>) -> V {
    by_colour(x, all![x.long(), either(x.white(), x.no_upper(), x.no_lower())])
}

#[inline(always)]
pub fn doji<V: Vector>(x: Bar<V>) -> V {
    bullish(all![x.doji()])
}

#[inline(always)]
pub fn dragonfly_doji<V: Vector>(x: Bar<V>) -> V {
    bullish(all![x.doji(), x.no_upper(), x.lower().above(x.sliver())])
}

#[inline(always)]
pub fn gravestone_doji<V: Vector>(x: Bar<V>) -> V {
    bullish(all![x.doji(), x.no_lower(), x.upper().above(x.sliver())])
}

#[inline(always)]
pub fn hammer<V: Vector>(x: Bar<V>) -> V {
    let before = x.ago(1);
    bullish(all![x.short(), x.long_lower(), x.no_upper(), x.bottom().at_most(before.low() + before.near())])
}

#[inline(always)]
pub fn hanging_man<V: Vector>(x: Bar<V>) -> V {
    let before = x.ago(1);
    bearish(all![x.short(), x.long_lower(), x.no_upper(), x.bottom().at_least(before.high() - before.near())])
}

#[inline(always)]
pub fn high_wave<V: Vector>(x: Bar<V>) -> V {
    let twice = x.body() * 2.0;
    by_colour(x, all![x.short(), x.upper().above(twice), x.lower().above(twice)])
}

#[inline(always)]
pub fn inverted_hammer<V: Vector>(x: Bar<V>) -> V {
    bullish(all![x.short(), x.long_upper(), x.no_lower(), x.body_gaps_down(x.ago(1))])
}

#[inline(always)]
pub fn long_legged_doji<V: Vector>(x: Bar<V>) -> V {
    bullish(all![x.doji(), x.long_lower() | x.long_upper()])
}

#[inline(always)]
pub fn long_line<V: Vector>(x: Bar<V>) -> V {
    by_colour(x, all![x.long(), x.upper().below(x.short_shadow()), x.lower().below(x.short_shadow())])
}

#[inline(always)]
pub fn marubozu<V: Vector>(x: Bar<V>) -> V {
    by_colour(x, all![x.long(), x.no_upper(), x.no_lower()])
}

#[inline(always)]
pub fn rickshaw_man<V: Vector>(x: Bar<V>) -> V {
    let middle = x.low() + (x.high() - x.low()) * 0.5;
    bullish(all![
        x.doji(),
        x.long_lower(),
        x.long_upper(),
        x.bottom().at_most(middle + x.near()),
        x.top().at_least(middle - x.near()),
    ])
}

#[inline(always)]
pub fn shooting_star<V: Vector>(x: Bar<V>) -> V {
    bearish(all![x.short(), x.long_upper(), x.no_lower(), x.body_gaps_up(x.ago(1))])
}

#[inline(always)]
pub fn short_line<V: Vector>(x: Bar<V>) -> V {
    by_colour(x, all![x.short(), x.upper().below(x.short_shadow()), x.lower().below(x.short_shadow())])
}

#[inline(always)]
pub fn spinning_top<V: Vector>(x: Bar<V>) -> V {
    by_colour(x, all![x.short(), x.upper().above(x.body()), x.lower().above(x.body())])
}

#[inline(always)]
pub fn takuri<V: Vector>(x: Bar<V>) -> V {
    bullish(all![x.doji(), x.no_upper(), x.lower().above(x.body() * 2.0)])
}
