//! Patterns of two bars: `a` before `x`.

use super::bars::{Bar, all, either, score};

#[inline(always)]
fn opposite(a: Bar, x: Bar) -> bool {
    a.white() != x.white()
}

pub fn counterattack(x: Bar) -> i32 {
    let a = x.ago(1);
    let on = all([opposite(a, x), a.long(), x.long(), a.equals(a.close(), x.close())]);
    score(on, x.sign() * 100)
}

pub fn dark_cloud_cover(x: Bar) -> i32 {
    let a = x.ago(1);
    let on = all([
        a.white(),
        a.long(),
        x.black(),
        x.open() > a.high(),
        x.close() > a.open(),
        x.close() < a.close() - a.body() * 0.5,
    ]);
    score(on, -100)
}

pub fn doji_star(x: Bar) -> i32 {
    let a = x.ago(1);
    let gap = either(a.white(), x.body_gaps_up(a), x.body_gaps_down(a));
    score(all([a.long(), x.doji(), gap]), -a.sign() * 100)
}

/// 80 when the bodies share an end.
pub fn engulfing(x: Bar) -> i32 {
    let a = x.ago(1);
    let (beyond_top, beyond_bottom) = (x.top() > a.top(), x.bottom() < a.bottom());
    let covers = (x.top() >= a.top()) & (x.bottom() <= a.bottom()) & (beyond_top | beyond_bottom);
    let size = if beyond_top & beyond_bottom { 100 } else { 80 };
    score(opposite(a, x) & covers, x.sign() * size)
}

/// Within the body before: 100, sharing an end of it: 80.
#[inline(always)]
fn within(x: Bar, a: Bar) -> i32 {
    let strictly = (x.top() < a.top()) & (x.bottom() > a.bottom());
    let touching = (x.top() <= a.top()) & (x.bottom() >= a.bottom());
    score(touching, -a.sign() * if strictly { 100 } else { 80 })
}

pub fn harami(x: Bar) -> i32 {
    let a = x.ago(1);
    score(a.long() & x.not_long(), within(x, a))
}

pub fn harami_cross(x: Bar) -> i32 {
    let a = x.ago(1);
    score(a.long() & x.doji(), within(x, a))
}

pub fn homing_pigeon(x: Bar) -> i32 {
    let a = x.ago(1);
    let inside = (x.open() < a.open()) & (x.close() > a.close());
    score(all([a.black(), x.black(), a.long(), x.not_long(), inside]), 100)
}

/// A long black bar, then a white one that opens below its low.
#[inline(always)]
fn falls_then_opens_below(a: Bar, x: Bar) -> bool {
    all([a.black(), x.white(), a.long(), x.open() < a.low()])
}

pub fn in_neck(x: Bar) -> i32 {
    let a = x.ago(1);
    let at_close = (x.close() <= a.close() + a.equal()) & (x.close() >= a.close());
    score(falls_then_opens_below(a, x) & at_close, -100)
}

pub fn on_neck(x: Bar) -> i32 {
    let a = x.ago(1);
    score(falls_then_opens_below(a, x) & a.equals(a.low(), x.close()), -100)
}

pub fn piercing(x: Bar) -> i32 {
    let a = x.ago(1);
    let on = all([
        falls_then_opens_below(a, x),
        x.long(),
        x.close() < a.open(),
        x.close() > a.close() + a.body() * 0.5,
    ]);
    score(on, 100)
}

pub fn thrusting(x: Bar) -> i32 {
    let a = x.ago(1);
    let on = all([
        falls_then_opens_below(a, x),
        x.close() > a.close() + a.equal(),
        x.close() <= a.close() + a.body() * 0.5,
    ]);
    score(on, -100)
}

/// Two long bars without shadows, apart by a gap in the direction of the second.
#[inline(always)]
fn kicks(a: Bar, x: Bar) -> bool {
    let bare = |bar: Bar| all([bar.long(), bar.no_upper(), bar.no_lower()]);
    all([opposite(a, x), bare(a), bare(x), either(a.black(), x.gaps_up(a), x.gaps_down(a))])
}

pub fn kicking(x: Bar) -> i32 {
    score(kicks(x.ago(1), x), x.sign() * 100)
}

pub fn kicking_by_length(x: Bar) -> i32 {
    let a = x.ago(1);
    let longer = if x.body() > a.body() { x.sign() } else { a.sign() };
    score(kicks(a, x), longer * 100)
}

pub fn matching_low(x: Bar) -> i32 {
    let a = x.ago(1);
    score(all([a.black(), x.black(), a.equals(a.close(), x.close())]), 100)
}

pub fn separating_lines(x: Bar) -> i32 {
    let a = x.ago(1);
    let bare = either(x.white(), x.no_lower(), x.no_upper());
    score(all([opposite(a, x), a.equals(a.open(), x.open()), x.long(), bare]), x.sign() * 100)
}
