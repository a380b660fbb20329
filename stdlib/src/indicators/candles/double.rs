//! Patterns of two bars: `a` before `x`.

use super::bars::Bar;

#[inline(always)]
fn opposite(a: Bar, x: Bar) -> bool {
    a.white() != x.white()
}

pub fn counterattack(x: Bar) -> i32 {
    let a = x.ago(1);
    let on = opposite(a, x) && a.long() && x.long() && a.equals(a.close(), x.close());
    if on { x.sign() * 100 } else { 0 }
}

pub fn dark_cloud_cover(x: Bar) -> i32 {
    let a = x.ago(1);
    let on = a.white()
        && a.long()
        && x.black()
        && x.open() > a.high()
        && x.close() > a.open()
        && x.close() < a.close() - a.body() * 0.5;
    if on { -100 } else { 0 }
}

pub fn doji_star(x: Bar) -> i32 {
    let a = x.ago(1);
    let gap = if a.white() { x.body_gaps_up(a) } else { x.body_gaps_down(a) };
    if a.long() && x.doji() && gap { -a.sign() * 100 } else { 0 }
}

/// 80 when the bodies share an end.
pub fn engulfing(x: Bar) -> i32 {
    let a = x.ago(1);
    let (beyond_top, beyond_bottom) = (x.top() > a.top(), x.bottom() < a.bottom());
    // Without branches but for the last: colours come at random, engulfing bars are rare.
    let covers = (x.top() >= a.top()) & (x.bottom() <= a.bottom()) & (beyond_top | beyond_bottom);
    if !(opposite(a, x) & covers) {
        return 0;
    }
    if beyond_top & beyond_bottom { x.sign() * 100 } else { x.sign() * 80 }
}

/// Within the body before: 100, sharing an end of it: 80.
#[inline(always)]
fn within(x: Bar, a: Bar) -> i32 {
    if x.top() < a.top() && x.bottom() > a.bottom() {
        -a.sign() * 100
    } else if x.top() <= a.top() && x.bottom() >= a.bottom() {
        -a.sign() * 80
    } else {
        0
    }
}

pub fn harami(x: Bar) -> i32 {
    let a = x.ago(1);
    if a.long() && x.not_long() { within(x, a) } else { 0 }
}

pub fn harami_cross(x: Bar) -> i32 {
    let a = x.ago(1);
    if a.long() && x.doji() { within(x, a) } else { 0 }
}

pub fn homing_pigeon(x: Bar) -> i32 {
    let a = x.ago(1);
    let inside = x.open() < a.open() && x.close() > a.close();
    if a.black() && x.black() && a.long() && x.not_long() && inside { 100 } else { 0 }
}

/// A long black bar, then a white one that opens below its low.
#[inline(always)]
fn falls_then_opens_below(a: Bar, x: Bar) -> bool {
    a.black() && x.white() && a.long() && x.open() < a.low()
}

pub fn in_neck(x: Bar) -> i32 {
    let a = x.ago(1);
    let on = falls_then_opens_below(a, x) && x.close() <= a.close() + a.equal() && x.close() >= a.close();
    if on { -100 } else { 0 }
}

pub fn on_neck(x: Bar) -> i32 {
    let a = x.ago(1);
    if falls_then_opens_below(a, x) && a.equals(a.low(), x.close()) { -100 } else { 0 }
}

pub fn piercing(x: Bar) -> i32 {
    let a = x.ago(1);
    let on = falls_then_opens_below(a, x)
        && x.long()
        && x.close() < a.open()
        && x.close() > a.close() + a.body() * 0.5;
    if on { 100 } else { 0 }
}

pub fn thrusting(x: Bar) -> i32 {
    let a = x.ago(1);
    let on = falls_then_opens_below(a, x)
        && x.close() > a.close() + a.equal()
        && x.close() <= a.close() + a.body() * 0.5;
    if on { -100 } else { 0 }
}

/// Two long bars without shadows, apart by a gap in the direction of the second.
#[inline(always)]
fn kicks(a: Bar, x: Bar) -> bool {
    let bare = |bar: Bar| bar.long() && bar.no_upper() && bar.no_lower();
    opposite(a, x) && bare(a) && bare(x) && if a.black() { x.gaps_up(a) } else { x.gaps_down(a) }
}

pub fn kicking(x: Bar) -> i32 {
    if kicks(x.ago(1), x) { x.sign() * 100 } else { 0 }
}

pub fn kicking_by_length(x: Bar) -> i32 {
    let a = x.ago(1);
    let longer = if x.body() > a.body() { x } else { a };
    if kicks(a, x) { longer.sign() * 100 } else { 0 }
}

pub fn matching_low(x: Bar) -> i32 {
    let a = x.ago(1);
    if a.black() && x.black() && a.equals(a.close(), x.close()) { 100 } else { 0 }
}

pub fn separating_lines(x: Bar) -> i32 {
    let a = x.ago(1);
    let bare = if x.white() { x.no_lower() } else { x.no_upper() };
    if opposite(a, x) && a.equals(a.open(), x.open()) && x.long() && bare { x.sign() * 100 } else { 0 }
}
